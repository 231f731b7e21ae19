# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts for people are plain technical English: none of these words, and short sentences in descriptions."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from runner.places import ROOT
from test_words import files

HISTORY = ("changelogs/changelog.yaml",)
INTERFACE = ("assume_cis_at_rest",)
"""Names that users write. They do not change."""

WORDS = {
    r"tells?|told|telling": "report, describe",
    r"(?:says?|said|saying) of|says|(?:is|are|was|were|be) said": "report, describe, show",
    r"fore(?:tells?|told|telling|sees?|saw|seen)": "predict (check mode), check mode shows",
    r"mend(?:s|ed|ing)?|heal(?:s|ed|ing)?": "fix, repair",
    r"(?:stands?|stood|standing|lies?|lay|lying) in": "is in, exists",
    r"(?:is|are|was|were) there(?! (?:a|an|any|no|one|more)\b)(?!\?)": "exists",
    r"com(?:es?|ing) to rest|came to rest|at rest": "scale to 0, scaled to 0",
    r"look(?:s|ed|ing)? after": "handle, manage",
    r"(?<!there\s)(?:is|are|was|were) no (?!(?:longer|more|less|different)\b)": "is not a valid",
    r"no name for": "not a valid name of",
    r"(?:ends?|ended) by itself": "expires",
    r"time (?:is|was) over": "timed out after N s",
    r"(?:takes?|taking|taken|took) (?:\w+ )?away|(?:go|goes|went|gone) away": "remove",
    r"somebody|someone|nobody|no one|whoever|anybody|anyone": "the actor: another user, another controller",
    r"(?:bring|brings|brought) [^.]{1,40} to the state": "apply",
    r"(?:is|are|be) of (?:no )?account|of (?:no )?account (?:in|for)": "used in",
    r"(?:has|have|had) it otherwise|says? otherwise": "sets it differently",
    r"the (?:outside|edge)(?! of\b)": "the interfaces, the boundary",
    r", so that": ", so",
    r"g(?:ives?|ave|iven|iving) back": "return, restore",
    r"(?<!look-)alike": "both, the same",
    r"chang(?:e|es|ed|ing) hands": "transfer",
}
"""The words that no text may contain, and their replacement."""



def pattern(words: str) -> re.Pattern[str]:
    """The words in any case, also across a line break."""
    start = "" if words.startswith(",") else r"\b"
    return re.compile(start + f"(?:{words})".replace(" ", r"[\s#]+") + r"\b", re.IGNORECASE)


PATTERNS = {pattern(words): instead for words, instead in WORDS.items()}
SUBJECT = re.compile(r"\b(?:What|Whether)\b(?:[^.?!\n]|\n(?!\s*(?:\n|- |#|\w+:))|[.?!](?=\S))*(\??)")
"""A sentence that begins with a clause as its subject. The group is its question mark, or empty."""

MOST_WORDS = 30
"""In a sentence of a description. The goal is 20."""


def texts(name: str, content: str) -> Iterator[tuple[int, str]]:
    """The texts of a file that people read, each with the line where it begins."""
    if not name.endswith(".py"):
        yield 1, content
        return
    for token in tokenize.generate_tokens(io.StringIO(content).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(content)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def findings(name: str, content: str) -> list[str]:
    """Each word of the table, and each subject that is a clause, as a line for a person."""
    found = []
    for line, text in texts(name, content):
        for word in INTERFACE:
            text = text.replace(word, "_" * len(word))
        hits = [(hit, instead) for one, instead in PATTERNS.items() for hit in one.finditer(text)]
        hits += [(hit, "a noun as the subject") for hit in SUBJECT.finditer(text) if not hit[1]]
        for hit, instead in hits:
            number = line + text.count("\n", 0, hit.start())
            found.append(f"{name}:{number}: {' '.join(hit[0].split())[:60]!r}. Use: {instead}")
    return found


@cache
def all_findings() -> dict[str, list[str]]:
    """The findings of each file of the project that people read."""
    names = [name for name in files() if name.endswith((".md", ".yml", ".yaml", ".py"))]
    skipped = (*HISTORY, str(Path(__file__).relative_to(ROOT)))
    paths = {name: ROOT / name for name in names if name not in skipped}
    return {name: findings(name, path.read_text()) for name, path in paths.items() if path.is_file()}


def test_no_text_has_these_words() -> None:
    found = [line for lines in all_findings().values() for line in lines]
    assert not found, "\n".join(found)


def descriptions(document: Any) -> Iterator[str]:
    """The texts under the keys of Ansible's documentation that are sentences."""
    if isinstance(document, dict):
        for key, value in document.items():
            if key in ("description", "short_description", "details") and isinstance(value, (str, list)):
                yield from [value] if isinstance(value, str) else value
            else:
                yield from descriptions(value)
    elif isinstance(document, list):
        for value in document:
            yield from descriptions(value)


def documents() -> Iterator[tuple[str, Any]]:
    """The documentation of the plugins and roles: a file's name, and what it documents."""
    for path in sorted(ROOT.glob("roles/*/meta/argument_specs.yml")):
        yield str(path.relative_to(ROOT)), yaml.safe_load(path.read_text())
    folders = [ROOT / "plugins" / name for name in ("modules", "doc_fragments", "filter")]
    for path in sorted(path for folder in folders for path in folder.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Assign([ast.Name("DOCUMENTATION" | "RETURN")], ast.Constant(str(text))):
                    yield str(path.relative_to(ROOT)), yaml.safe_load(text)


def long_sentences(text: str) -> list[str]:
    return [sentence for sentence in re.split(r"(?<=[.!?])\s+", text) if len(sentence.split()) > MOST_WORDS]


def test_sentences_of_descriptions_are_short() -> None:
    documented = [(name, text) for name, document in documents() for text in descriptions(document)]
    found = [f"{name}: {sentence}" for name, text in documented for sentence in long_sentences(text)]
    assert len(documented) > 500 and not found, "\n".join(found)


@pytest.mark.parametrize(
    "text",
    [
        "The role tells why.",
        "What was foretold happens.",
        "CIS is at\n# rest.",
        "It looks after Ingresses.",
        "A name that is no\n  name of AS3",
        "It is deleted, so that nothing remains.",
        "Whether it is ready.",
        "- What to do now.",
        "Nobody answers.",
        "the token ends by itself",
        "BIG-IP has it otherwise.",
        "Bring it to the state.",
    ],
)
def test_the_check_finds(text: str) -> None:
    assert findings("x.md", text)
    assert findings("x.py", f'A = """{text}"""')


@pytest.mark.parametrize(
    "text",
    [
        "assume_cis_at_rest",
        "There is no Service.",
        "It is no longer ready.",
        "What does it cost?",
        "How is it, and what\n\nWhat changed in 1.0?",
        "The health of CIS",
        "a stand-in for BIG-IP, a look-alike",
        "Set it so that the next run continues.",
        "outside of the range",
        "Is there a route?",
    ],
)
def test_the_check_leaves(text: str) -> None:
    assert not findings("x.md", text)


def test_the_check_reads_comments_and_counts_words() -> None:
    (line,) = findings("x.py", "A = 1  # somebody")
    assert line == "x.py:1: 'somebody'. Use: the actor: another user, another controller"
    assert not findings("x.py", "somebody = 1")
    assert findings("x.py", 'A = """a\nb\nhealed"""')[0].startswith("x.py:3: ")
    assert long_sentences("word " * 31) and not long_sentences("One two. " * 20)
