# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder examples/ publishes to a lab: by the commands of its README, and by both pipelines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runner.places import ROOT
from support import tree
from support.comments import Comments
from support.galaxy import Galaxy, build_own, pack

from .example import CLUSTERS, PASSWORD, Example, changed
from .site import Site
from .waiting import HANGS

PLACES = ("gitlab", "github")
APPLICATIONS = {"/Staging/hello_world/pool", "/Production/hello_world/pool", "/Production/shop/pool", "/Production/shop/api_pool"}


@pytest.fixture(autouse=True)
def clean() -> None:
    """The state of BIG-IP stays for the next test."""


def shop() -> list[dict[str, Any]]:
    """The namespace and the Services of applications/production/shop.yml."""
    objects: list[dict[str, Any]] = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}]
    for name, port, number in (("web", "http", 80), ("api", "https", 443)):
        labels = {"app": name}
        meta = {"name": name, "namespace": "shop", "annotations": {"nodeportlocal.antrea.io/enabled": "true"}}
        spec: dict[str, Any] = {"selector": labels, "ports": [{"name": port, "port": number, "targetPort": 8080}]}
        objects.append({"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": spec})
        pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": name, "image": "example:1", "ports": [{"containerPort": 8080}]}]}}
        spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": pod}
        objects.append({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": "shop"}, "spec": spec})
    return objects


@pytest.fixture(scope="module")
def example(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    """The folder in an empty place, set up by its README. The lab has the applications."""
    site.kubectl("apply", "-f", str(ROOT / "tests" / "demo" / "hello-world.yml"))
    site.kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": shop()}))
    for namespace, name in (("default", "f5-hello-world"), ("shop", "web"), ("shop", "api")):
        site.kubectl("-n", namespace, "rollout", "status", f"deployment/{name}", f"--timeout={HANGS}s")
    place = tmp_path_factory.mktemp("example")
    beside = pack(tree.others() / "ansible_collections" / "kubernetes" / "core", place)
    with Galaxy([build_own("example_folder"), beside]) as galaxy:
        made = Example(site, place, galaxy.url)
        made.set_up()
        yield made


@pytest.fixture
def warm(example: Example) -> Example:
    example.warm()
    return example


def pools(site: Site) -> set[str]:
    return {pool["fullPath"] for pool in site.control("GET", "/mgmt/tm/ltm/pool").get("items", [])}


def test_readme(site: Site, example: Example) -> None:
    """The check changes nothing, the first run publishes, and the second one changes nothing."""
    assert (Path(example.folder.parent) / "home/.ansible/collections/ansible_collections/vks/bigip/MANIFEST.json").is_file()
    check, publish = example.commands()[3].splitlines()
    shown = example.shell(check)
    assert changed(shown) == dict.fromkeys(CLUSTERS, 1) and not pools(site), shown
    assert "+" in shown and "f5-hello-world-" in shown, shown
    assert "CIS might own" not in shown
    first = example.shell(publish)
    assert changed(first) == dict.fromkeys(CLUSTERS, 1) and pools(site) == APPLICATIONS, first
    second = example.shell(publish)
    assert changed(second) == dict.fromkeys(CLUSTERS, 0), second
    for secret in (site.provider()["password"], PASSWORD):
        assert secret not in shown + first + second


def test_a_limit_publishes_one_cluster(warm: Example) -> None:
    assert changed(warm.shell("ansible-playbook site.yml --limit staging")) == {"staging": 0}


def test_a_removed_file_removes_the_application(site: Site, warm: Example) -> None:
    file = warm.folder / "applications" / "production" / "shop.yml"
    kept = file.read_text()
    file.unlink()
    output = warm.shell("ansible-playbook site.yml")
    assert changed(output) == {"staging": 0, "production": 1} and pools(site) == {pool for pool in APPLICATIONS if "shop" not in pool}, output
    (warm.folder / "applications" / "production" / "hello-world.yml").rename(warm.folder / "hello-world.yml")
    refused = warm.shell("ansible-playbook site.yml --limit production", fails=True)
    assert "applications/production has no file" in refused
    (warm.folder / "hello-world.yml").rename(warm.folder / "applications" / "production" / "hello-world.yml")
    file.write_text(kept)
    assert changed(warm.shell("ansible-playbook site.yml"))["production"] == 1 and pools(site) == APPLICATIONS


@pytest.mark.parametrize("place", PLACES)
def test_pipeline(site: Site, warm: Example, place: str) -> None:
    """A merge request gets one comment, which each check updates. The main branch publishes."""
    warm.hide_password()
    warm.folder.chmod(0o777)  # as GitLab creates it
    site.control("POST", "/_lab/reset", {})
    with Comments(place) as comments:
        comments.add("a person", "<!-- vks.bigip check --> quoted")
        status, output = warm.job(comments, "check")
        (first,) = comments.own()
        assert status == 0 and not pools(site), output
        assert "* `production`: would change\n* `staging`: would change\n" in first and "f5-hello-world-" in first, first
        status, output = warm.job(comments, "publish")
        assert status == 0 and changed(output) == dict.fromkeys(CLUSTERS, 1) and pools(site) == APPLICATIONS, output
        status, output = warm.job(comments, "check")
        (second,) = comments.own()
        assert status == 0 and "* `production`: no change\n* `staging`: no change\n" in second, output + second
        assert comments.comments[0]["body"].endswith("quoted")
        assert not [text for text in (output, first, second) for secret in (PASSWORD, site.provider()["password"]) if secret in text]


@pytest.mark.parametrize("place", PLACES)
def test_pipeline_of_a_faulty_change(site: Site, warm: Example, place: str) -> None:
    """The job fails, and the comment has the error."""
    file = warm.folder / "applications" / "staging" / "faulty.yml"
    file.write_text("{tenant: Staging, application: faulty, virtual_server: {class: Service_HTTP}, service: {name: no-such-service}}\n")
    try:
        with Comments(place) as comments:
            status, output = warm.job(comments, "check")
            (comment,) = comments.own()
    finally:
        file.unlink()
    assert status != 0 and "* `production`: no change\n* `staging`: **failed**\n" in comment and "no-such-service" in comment, output + comment


@pytest.mark.parametrize("job", ["check", "publish"])
@pytest.mark.parametrize("place", PLACES)
def test_pipeline_of_a_secret_in_plain_text(warm: Example, place: str, job: str) -> None:
    """The job stops before it uses or shows anything."""
    file = warm.folder / "inventory" / "host_vars" / "staging" / "vault.yml"
    kept = file.read_text()
    file.write_text("vault_api_key: in-plain-text\n")
    try:
        with Comments(place) as comments:
            status, output = warm.job(comments, job)
    finally:
        file.write_text(kept)
    assert status != 0 and str(file.relative_to(warm.folder)) in output and not comments.requests
    assert "in-plain-text" not in output


@pytest.mark.parametrize("place", PLACES)
def test_pipeline_without_the_right_to_comment(warm: Example, place: str) -> None:
    with Comments(place) as comments:
        status, output = warm.job(comments, "check", token="wrong")
    assert status != 0 and "The comment was not written" in output and "COMMENT_TOKEN" in output and not comments.own()
