# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of a CIS, for everyone who reads it: preflight, cis_info, and who owns a tenant."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import arguments
from ansible_collections.vks.bigip.plugins.module_utils._cis.controller import controller
from ansible_collections.vks.bigip.plugins.module_utils._kube import objects
from ansible_collections.vks.bigip.plugins.module_utils._ownership import claims

LONG = "a" * 128 * 1024
SHOWN: dict[str, tuple[list[str], list[str]]] = {
    "a password": (["--bigip-password=hush"], ["--bigip-password=(hidden)"]),
    "a password as its own word": (
        ["--bigip-password", "hush", "--insecure"],
        ["--bigip-password", "(hidden)", "--insecure"],
    ),
    "a password that looks like an option": (
        ["--bigip-password", "--hush", "--insecure"],
        ["--bigip-password", "(hidden)", "--insecure"],
    ),
    "a password with =": (["--bigip-password=hu=sh"], ["--bigip-password=(hidden)"]),
    "a password at the end": (["--bigip-password"], ["--bigip-password"]),
    "two passwords": (
        ["--a-password", "hush", "--b-password", "hush"],
        ["--a-password", "(hidden)", "--b-password", "(hidden)"],
    ),
    "a password that is called password": (
        ["--bigip-password", "--bigip-password", "-v"],
        ["--bigip-password", "(hidden)", "-v"],
    ),
    "a user": (["--bigip-username=hush"], ["--bigip-username=(hidden)"]),
    "of the other BIG-IP": (
        ["--gtm-bigip-username", "hush", "--gtm-bigip-password=hush"],
        ["--gtm-bigip-username", "(hidden)", "--gtm-bigip-password=(hidden)"],
    ),
    "a token": (["--token=hush", "--auth-token", "hush"], ["--token=(hidden)", "--auth-token", "(hidden)"]),
    "a secret": (["--client-secret=hush"], ["--client-secret=(hidden)"]),
    "capitals and _": (["--BIGIP_PASSWORD=hush"], ["--BIGIP_PASSWORD=(hidden)"]),
    "one dash": (["-password", "hush"], ["-password", "(hidden)"]),
    "in a URL": (["--bigip-url=https://admin:hush@192.0.2.1/"], ["--bigip-url=https://(hidden)@192.0.2.1/"]),
    "by a shell": (
        ["sh", "-c", "exec cis --bigip-password=hush --bigip-username 'hu sh' --insecure"],
        ["sh", "-c", "exec cis --bigip-password=(hidden) --bigip-username (hidden) --insecure"],
    ),
    "in a URL, with @ and /": (
        ["--bigip-url=https://admin:h@u/sh@192.0.2.1/"],
        ["--bigip-url=https://(hidden)@192.0.2.1/"],
    ),
    "by a shell, in parts": (
        ["sh", "-c", "cis --a-password=\"hu sh\"'hu sh'hu\\ sh --b-token hush; --insecure --c-secret = hush"],
        ["sh", "-c", "cis --a-password=(hidden) --b-token (hidden) --insecure --c-secret = (hidden)"],
    ),
    "by a shell, with a quote that does not end": (
        ["sh", "-c", "cis --a-password 'hush --insecure hush"],
        ["sh", "-c", "cis --a-password (hidden)"],
    ),
    "a word that is too long": (
        [f"--namespace={'a,' * 70_000}", f"--x {'a' * 140_000} hush", f"--a-password={'hush' * 40_000}"],
        ["--namespace=(hidden)", "(hidden)", "--a-password=(hidden)"],
    ),
    **{
        f"a {word}": (
            [f"--a-{word}=hush", f"--a-{word}", "hush"],
            [f"--a-{word}=(hidden)", f"--a-{word}", "(hidden)"],
        )
        for word in ("password", "passwd", "passphrase", "token", "secret", "username")
    },
    "as long as an argument can be": ([LONG], [LONG]),
    "longer": ([f"{LONG}a"], ["(hidden)"]),
    "a long name": ([f"--{'a' * 98}={LONG}", f"--{'a' * 99}={LONG}"], [f"--{'a' * 98}=(hidden)", "(hidden)"]),
    "a long name that is none": ([f"a/b={LONG}"], ["(hidden)"]),
    "a long name of a secret": (
        [f"{LONG[:-5]}token=hush", f"{LONG[:-4]}token=hush"],
        [f"{LONG[:-5]}token=(hidden)", f"{'a' * 100}...=(hidden)"],
    ),
    "a label": (words := ["--namespace-label=secret=yes", "--mail=a@b", "--USE-SECRETS=true"], words),
    "in one of several URLs": (
        ["curl a@b https://u:hush@h/ http://h x"],
        ["curl a@b https://(hidden)@h/ http://h x"],
    ),
    "by a shell, without a value": (
        ["cis --a-password= ", "cis  --a-password", "a password"],
        ["cis --a-password= ", "cis  --a-password", "a password"],
    ),
    "by a shell, with a backslash at the end": (["cis --a-password hush\\"], ["cis --a-password (hidden)"]),
    "by a shell's variable": (
        ["sh", "-c", "BIGIP_PASSWORD=hush cis"],
        ["sh", "-c", "BIGIP_PASSWORD=(hidden)"],
    ),
    "no secret": (
        words := [
            "--credentials-directory",
            "/tmp/creds",
            "--use-secrets=true",
            "--use-secrets",
            "--refresh-token-interval=10",
            "--bigip-url=https://h",
        ],
        words,
    ),
    "by env": (["env", "BIGIP_PASSWORD=hush", "cis"], ["env", "BIGIP_PASSWORD=(hidden)", "cis"]),
    "a word that is not an option": (["secret", "word"], ["secret", "word"]),
    "nothing": ([], []),
}


@pytest.mark.parametrize(("given", "expected"), SHOWN.values(), ids=SHOWN.keys())
def test_what_is_shown(given: list[str], expected: list[str]) -> None:
    assert list(arguments.shown(given)) == expected
    assert "hush" not in str(expected)


LISTED: dict[str, tuple[list[str], list[str]]] = {
    "=": (["--namespace=a"], ["a"]),
    "a word of its own": (["--namespace", "a"], ["a"]),
    "more than once": (["--namespace=a", "--namespace", "b"], ["a", "b"]),
    "commas": (["--namespace=a, b,", "--namespace", "c,d"], ["a", "b", "c", "d"]),
    "another option": (["--namespace-label=a", "--namespaces=b"], []),
    "at the end": (["--namespace"], []),
    "empty": (["--namespace="], []),
}


@pytest.mark.parametrize(("given", "expected"), LISTED.values(), ids=LISTED.keys())
def test_names_that_are_listed(given: list[str], expected: list[str]) -> None:
    assert arguments.names(given, "--namespace") == expected


def deployment(*words: str) -> dict[str, Any]:
    container = {
        "image": "f5networks/k8s-bigip-ctlr:2.20.3",
        "command": ["/app/bin/k8s-bigip-ctlr"],
        "args": list(words),
    }
    return {
        "metadata": {"namespace": "cis", "name": "one"},
        "spec": {"template": {"spec": {"containers": [container]}}},
    }


def test_all_who_read_it_hide_the_same_and_see_the_same_partitions() -> None:
    raw = deployment(
        "--bigip-partition=a,b",
        "--bigip-partition",
        "c",
        "--bigip-username",
        "hush",
        "--auth-token=hush",
        "--namespace=x,y",
    )
    seen, workload, (claim,) = controller(raw), objects.cis(raw), claims.claims([raw], [])
    assert seen and workload
    assert seen.arguments == workload.arguments[1:]
    assert "hush" not in str((seen, workload))
    assert seen.as_dict()["partitions"] == ["a", "b", "c"]
    assert set("abc") < set(claim.partitions)
    assert (seen.watches("x"), seen.watches("y"), seen.watches("z")) == (True, True, False)


IMAGES = {
    "f5networks/k8s-bigip-ctlr:2.20.3": "2.20.3",
    "registry.example.com:5000/f5/k8s-bigip-ctlr": None,
    "registry.example.com:5000/f5/k8s-bigip-ctlr:2.20.3": "2.20.3",
    "f5networks/k8s-bigip-ctlr@sha256:" + "0a" * 32: None,
    "registry.example.com:5000/f5/k8s-bigip-ctlr:2.20.3@sha256:" + "0a" * 32: "2.20.3",
    "k8s-bigip-ctlr:latest": "latest",
}


@pytest.mark.parametrize(("image", "version"), IMAGES.items())
def test_the_version_of_an_image(image: str, version: str | None) -> None:
    raw = deployment()
    raw["spec"]["template"]["spec"]["containers"][0]["image"] = image
    seen = controller(raw)
    assert seen and seen.as_dict()["version"] == version
