# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Secrets in which Helm stores a release."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import tracemalloc
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import helm

SERVICE, DEPLOYMENT = (
    "apiVersion: v1\nkind: Service\nmetadata: {name: a}",
    "# Source: x\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: b}",
)
DEFINITION = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: c}"


def secret(version: Any, status: str = "deployed", compressed: bool = True, **more: Any) -> dict[str, Any]:
    metadata = {"name": "f5-bigip-ctlr", "version": "0.0.36"}
    stored = {
        "name": "one",
        "namespace": "cis",
        "version": version,
        "info": {"status": status},
        "chart": {"metadata": metadata},
        "config": {},
        **more,
    }
    text = json.dumps(stored).encode()
    data = base64.b64encode(base64.b64encode(gzip.compress(text) if compressed else text)).decode()
    return {"metadata": {"labels": {"version": str(version)}}, "data": {"release": data}}


@pytest.mark.parametrize("compressed", [True, False])
def test_the_newest_revision(compressed: bool) -> None:
    found = helm.release(
        [
            secret(9, "superseded"),
            secret(10, config={"version": "2"}, manifest=SERVICE, compressed=compressed),
            secret(2, "superseded"),
        ]
    )
    assert found == {
        "name": "one",
        "namespace": "cis",
        "revision": "10",
        "status": "deployed",
        "chart": "f5-bigip-ctlr-0.0.36",
        "values": {"version": "2"},
        "manifest_digest": helm.manifest_digest(SERVICE),
    }


def test_a_release_without_texts() -> None:
    metadata = {
        "name": None,
        "namespace": None,
        "config": None,
        "manifest": None,
        "chart": {"metadata": {"name": "a"}},
    }
    found = helm.release([secret(1, info={"status": "failed"}, **metadata)])
    assert found == {
        **{"name": "", "namespace": "", "revision": "1", "status": "failed", "chart": "a-None", "values": {}},
        "manifest_digest": helm.manifest_digest(""),
    }
    assert helm.release([secret(1, info={"status": None})]) == {}


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize(("more", "read"), [(0, True), (1, False)])
def test_a_release_has_a_limit(compressed: bool, more: int, read: bool) -> None:
    beginning, end = b'{"info": {"status": "deployed"}, "version": 1, "name": "', b'"}'
    text = beginning + b"a" * (16 * 1024 * 1024 - len(beginning + end) + more) + end
    assert bool(helm.release([stored(gzip.compress(text, 1) if compressed else text)])) is read


@pytest.mark.parametrize(
    "secrets",
    [
        [],
        [secret(1, "uninstalled")],
        [secret(1), secret(2, "superseded")],
        [{"metadata": {}, "data": {"release": "no base64"}}],
        [{"metadata": {"labels": {"version": "x"}}}],
        [{"metadata": None, "data": None}],
        [{"metadata": {"labels": None}, "data": {"release": None}}],
        [secret("--kube-apiserver=https://evil.example")],
        [{"metadata": {}, "data": {"release": base64.b64encode(base64.b64encode(b"[]")).decode()}}],
    ],
    ids=[
        "none",
        "uninstalled",
        "superseded",
        "unreadable",
        "empty",
        "no data",
        "no text",
        "an option of Helm",
        "a list",
    ],
)
def test_no_release(secrets: list[dict[str, Any]]) -> None:
    assert helm.release(secrets) == {}


def stored(text: bytes, **labels: str) -> dict[str, Any]:
    return {
        "metadata": {"labels": labels},
        "data": {"release": base64.b64encode(base64.b64encode(text)).decode()},
    }


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 200_000,
        gzip.compress(b"[" * 200_000),
        b'{"version": ' + b"9" * 5_000 + b"}",
        b"\x1f\x8b" + b"\0" * 99,
        gzip.compress(b"{}")[:-9],
        b"\xff\xfe{",
    ],
    ids=["deep", "deep and compressed", "a number of 5,000 digits", "broken", "cut", "not UTF-8"],
)
def test_what_is_not_a_release(text: bytes) -> None:
    """Who may write Secrets in the namespace of CIS may write these."""
    assert helm.release([stored(text)]) == {}


@pytest.mark.parametrize("part", ["info", "chart", "config", "name", "manifest"])
@pytest.mark.parametrize("value", [[], [1], "x", 1, None, {"metadata": []}, {"metadata": {"name": []}}])
def test_a_release_of_any_type(part: str, value: Any) -> None:
    assert isinstance(helm.release([secret(1, **{part: value})]), dict)


def test_a_revision_that_int_does_not_take() -> None:
    assert (
        helm.release(
            [stored(b"{}", version="\u00b2"), {**secret(1), "metadata": {"labels": {"version": "1"}}}]
        )["revision"]
        == "1"
    )


def test_a_release_takes_no_more_memory_than_it_may_be_large() -> None:
    """256 MB in 256 KB."""
    bomb = stored(gzip.compress(b"\0" * 1024 * 1024) * 256)
    tracemalloc.start()
    try:
        assert helm.release([bomb]) == {}
        assert tracemalloc.get_traced_memory()[1] < 100 * 1024 * 1024
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "status", ["failed", "pending-install", "pending-upgrade", "pending-rollback", "uninstalling"]
)
def test_a_release_that_is_not_finished_counts(status: str) -> None:
    assert helm.release([secret(1), secret(2, status)])["status"] == status


def test_passwords_in_the_values_are_masked() -> None:
    config = {
        "bigip_secret": {"create": True, "password": "hush"},
        "list": [{"BIGIP_PASSWORD": "hush"}],
        "passwords": 3,
        "version": "2",
    }
    found = helm.release([secret(1, config=config)])["values"]
    assert found == {
        "bigip_secret": {"create": True, "password": "********"},
        "list": [{"BIGIP_PASSWORD": "********"}],
        "passwords": 3,
        "version": "2",
    }


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (f"---\n{SERVICE}\n---\n{DEPLOYMENT}\n", f"---\n{DEPLOYMENT}\n\n---\n{SERVICE}", True),
        (
            f"---\n{SERVICE}\n",
            f"v3.18.3\n---\n{DEFINITION}\n---\n# Source: nothing\n\n---\n{SERVICE}\n",
            True,
        ),
        (f"---\n{SERVICE}\n", f"---\n{SERVICE}\n---\nkind: Secret\ndata: {{password: aHVzaA==}}\n", True),
        (f"---\n{SERVICE}\n", f"---\n{SERVICE}\nspec: {{}}\n", False),
        (f"---\n{SERVICE}\n", f"---\n{SERVICE}\n---\n{DEPLOYMENT}\n", False),
    ],
    ids=[
        "another order",
        "definitions and values that are not objects",
        "a Secret",
        "another object",
        "one more object",
    ],
)
def test_manifest_digest(one: str, other: str, same: bool) -> None:
    assert (helm.manifest_digest(one) == helm.manifest_digest(other)) == same


def test_a_manifest_digest_is_that_of_the_sorted_objects() -> None:
    text = f"---\n{DEPLOYMENT}\n---  \n{SERVICE}\n---\nkind: 'Secret'\n"
    assert helm.manifest_digest(text) == hashlib.sha256(f"{DEPLOYMENT}\n---\n{SERVICE}".encode()).hexdigest()
    assert helm.manifest_digest("") == hashlib.sha256(b"").hexdigest()


STRANGE: dict[str, Any] = {
    "a bomb": gzip.compress(b'{"info": {"status": "deployed"}, "x": "' + b" " * 100_000_000 + b'"}'),
    "levels": gzip.compress(b'{"info":' * 50_000),
    "a list": gzip.compress(b"[]"),
    "half of it": gzip.compress(b'{"info": {"status": "deployed"}}')[:20],
    "no gzip": b"\x1f\x8bhello",
    "info is a list": gzip.compress(b'{"info": ["deployed"]}'),
}


@pytest.mark.parametrize("stored", STRANGE.values(), ids=STRANGE.keys())
def test_what_an_editor_of_the_namespace_stores(stored: bytes) -> None:
    data = base64.b64encode(base64.b64encode(stored)).decode()
    tracemalloc.start()
    try:
        assert (
            helm.release([{"metadata": {"labels": {"version": "9" * 5_000}}, "data": {"release": data}}])
            == {}
        )
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()


def test_a_chart_of_another_form() -> None:
    assert helm.release([secret(1, chart=["x"], info={"status": "deployed"})])["chart"] == "None-None"
