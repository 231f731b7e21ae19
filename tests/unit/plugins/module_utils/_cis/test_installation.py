# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects beside the release of a CIS."""

from __future__ import annotations

import hashlib

from ansible_collections.vks.bigip.plugins.module_utils._cis import installation

RAW = {
    "metadata": {"uid": "1", "resourceVersion": "2", "labels": {"a": "b"}},
    "data": {"username": "dQ==", "password": "cA=="},
}
DIGEST = hashlib.sha256(b"password=cA==\nusername=dQ==").hexdigest()


def test_a_secret_without_its_values() -> None:
    assert installation.secret("cis/login", RAW, DIGEST) == {
        "namespace": "cis",
        "name": "login",
        "present": True,
        "uid": "1",
        "resource_version": "2",
        "labels": {"a": "b"},
        "data_keys": ["password", "username"],
        "same": True,
    }


def test_another_secret() -> None:
    assert not installation.secret("cis/login", RAW, "other")["same"]
    assert not installation.secret("cis/login", RAW, None)["same"]
    missing = {
        **{"namespace": "cis", "name": "login", "present": False, "uid": "", "resource_version": ""},
        **{"labels": {}, "data_keys": [], "same": False},
    }
    digest = installation.data_digest({})
    assert installation.secret("cis/login", {}, digest) == missing
    bare = installation.secret("cis/login", {"metadata": {"labels": None}, "data": None}, digest)
    assert bare == {**missing, "present": True, "same": True}


def test_a_config_map() -> None:
    raw = {"metadata": {"name": "a", "uid": "1", "resourceVersion": "2"}, "data": {"ca.crt": "text"}}
    assert installation.config_map(raw) == {
        "name": "a",
        "uid": "1",
        "resource_version": "2",
        "labels": {},
        "data": {"ca.crt": "text"},
    }
    bare = {
        "metadata": {"name": "a", "labels": {"x": "y"}, "uid": None, "resourceVersion": None},
        "data": None,
    }
    assert installation.config_map(bare) == {
        **{"name": "a", "uid": "", "resource_version": "", "labels": {"x": "y"}, "data": {}}
    }
