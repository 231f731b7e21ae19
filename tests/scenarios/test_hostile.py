# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hostile namespace gets nothing: adversarial texts in every field that its editor can write, and every module, role and playbook over them.

There are three tables. FIELDS (hostile_fields.py) lists the texts that the API server accepts. ATTACKS
(hostile_attacks.py) lists the planted objects and the conditions. RUNS and PLAYS below list the runs. Each run
must end, have the same result as before the attack, print no secret, and print readable text.

All attacks are planted at once. `HOSTILE="gzip,labels"` plants only those with one of these words in their names, to see the effect of one of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from runner.places import LAB
from support import tree
from support.labs import Labs

from .hostile import Ran, Stage
from .hostile_attacks import ALL_OF_BANK, ATTACKS, AUTO, FIRST, Attack, application
from .hostile_fields import FIELDS, NAMESPACE, Field
from .site import Site

PUBLISHED = ("changed", "tenants", "declaration", "pools")
NPL = {"pool_member_type": "nodeportlocal"}
OF_TEAMS = [{"service": {"namespace": "shop", "name": "web", "port": "80"}}, {"service": {"namespace": "bank", "name": "pay", "port": "80"}}]
ANNOTATED = (("shop", "web"), (NAMESPACE, "own"))
OWN = {"pools": [{"service": {"namespace": NAMESPACE, "name": "own"}}], **NPL}
CLAIMED = {"class": "ADC", "schemaVersion": "3.50.0", "Own": {"class": "Tenant", "app": {"class": "Application", "pool": {"class": "Pool"}}}}


class Run(NamedTuple):
    """A module. shows: the parts of its result that must be as they were before anything was planted; none: it only has to succeed."""

    name: str
    options: Callable[[Stage], dict[str, Any]]
    shows: tuple[str, ...] = ()
    check: bool = False

    @property
    def module(self) -> str:
        return self.name.split()[0]


RUNS = [
    Run("cluster_info", lambda s: {}, ("cni", "npl", "agents", "nodes", "kubernetes", "network")),
    Run("preflight_info", lambda s: {**NPL, "namespaces": ["shop", "bank"]}, ("checks", "passed", "pool_member_type")),
    Run("preflight_info of all", lambda s: {"provider": s.site.provider()}, ("pool_member_type",)),
    Run("preflight_info nodeport", lambda s: {"pool_member_type": "nodeport", "namespaces": ["shop"]}, ("checks",)),
    Run("pool_members_info", lambda s: {**NPL, "pools": OF_TEAMS}, ("pools",)),
    Run(AUTO, lambda s: {"pools": [*OF_TEAMS, {"service": {"namespace": "idle", "name": "idle"}}]}, ("pools",)),
    Run("pool_members_info of all", lambda s: {"pool_member_type": "auto"}),
    Run("pool_members_info evil", lambda s: OWN),
    Run("pool_members_info without nodes", lambda s: {**OWN, "impersonate_user": "reader"}),
    Run("publish", lambda s: {**NPL, "applications": [s.shop()], "details": "all"}, PUBLISHED),
    Run("publish auto", lambda s: {"applications": [s.shop()]}, ("changed", "tenants")),
    Run(FIRST, lambda s: {**NPL, "applications": [s.shop("Fresh", "192.0.2.82")]}, ("changed", "tenants"), check=True),
    Run(ALL_OF_BANK, lambda s: {**NPL, "declaration": s.bank(), "label_namespaces": ["bank"], "details": "all"}, PUBLISHED),
    Run("publish with prune", lambda s: {**NPL, "applications": [s.shop()], "prune": "owner"}, ("changed", "tenants"), check=True),
    Run("publish absent", lambda s: {"applications": [{"tenant": "Shop"}], "state": "absent"}, ("changed", "tenants"), check=True),
    Run("publish released", lambda s: {"applications": [{"tenant": "Bank"}], "state": "released"}, ("changed", "tenants"), check=True),
    Run("as3_declaration", lambda s: {"content": CLAIMED}, ("changed", "tenants"), check=True),
    Run("as3_info", lambda s: {"gather": ["declaration", "version", "tasks", "settings"]}, ("declaration", "version", "settings")),
    Run("pool_status_info", lambda s: {"tenant": ["Shop", "Bank"]}, ("pools",)),
    Run("pool_status_info of all", lambda s: {}),
    Run("antrea_npl", lambda s: {"state": "enabled"}, ("changed", "owner", "npl", "proven"), check=True),
    Run("antrea_npl for Services", lambda s: {"services": [{"namespace": team, "name": name} for team, name in ANNOTATED]}, check=True),
    Run("partition", lambda s: {"name": "kubernetes"}, ("changed",), check=True),
]


def installation(release: str) -> dict[str, Any]:
    """The objects that the role cis reads if an administrator installs CIS in the namespace of another team."""
    return {"installation": {"namespace": NAMESPACE, "release": release, "labels": {"as3": "true"}}, "gather": []}


EVERYTHING = ["health", "resources", "config_maps", "applications", "tenants"]
CIS_RUNS = [
    Run("cis_info", lambda s: {"namespace": "f5-cis", "gather": EVERYTHING}),
    Run("cis_info of all", lambda s: {"gather": EVERYTHING}),
    Run("cis_info of the namespace", lambda s: {"namespace": NAMESPACE, "gather": EVERYTHING}),
    Run("cis_info of a release", lambda s: installation("bomb")),
    Run("cis_info of a deep release", lambda s: installation("deep")),
    Run("cis_info of a number", lambda s: installation("number")),
    Run("cis_info of a text", lambda s: installation("jinja")),
    Run("cis_info of half a release", lambda s: installation("broken")),
]


class Play(NamedTuple):
    """A playbook, which runs the role of its name. good: whether it has to succeed; None: what was planted may stop it, with a reason."""

    name: str
    variables: Callable[[Stage], dict[str, Any]]
    words: tuple[str, ...] = ()
    good: bool | None = True

    @property
    def playbook(self) -> str:
        return self.name.split()[0]


def cis_variables(stage: Stage) -> dict[str, Any]:
    given = stage.site.variables()
    return {
        "cis_namespace": "f5-new",
        "cis_helm_binary": given["LAB_HELM"],
        "cis_chart_ref": str(LAB.parent / "charts" / "f5-bigip-ctlr"),
        "cis_bigip_url": f"https://{given['F5_SERVER'].split(',')[0]}:{given['F5_SERVER_PORT']}",
        "cis_bigip_partition": "kubernetes",
        "cis_bigip_username": given["F5_USER"],
        "cis_bigip_password": given["F5_PASSWORD"],
        "cis_bigip_ca_cert": Path(given["F5_CA_CERT"]).read_text(),
        "cis_pool_member_type": "nodeportlocal",
        "cis_manage_crds": False,
    }


def take_over(namespace: str) -> Callable[[Stage], dict[str, Any]]:
    return lambda stage: {"cis_namespace": namespace, "cis_leave_out": True, "cis_applications_file": str(stage.files / f"{namespace}.yml")}


SITE = {"publish_pool_member_type": "nodeportlocal", "antrea_npl_state": "enabled"}
PLAYS = [
    Play("publish", lambda s: {**NPL, "applications": [s.shop()]}),
    Play("verify", lambda s: {**NPL, "applications": [s.shop()]}),
    Play("preflight", lambda s: {**NPL, "namespaces": ["shop", "bank"]}),
    Play("antrea_npl", lambda s: {"state": "enabled", "services": [{"namespace": "shop", "name": "web"}]}, ("--check",)),
    Play("pod_network", lambda s: {}, ("--check",)),
    Play("site", lambda s: {**SITE, "publish_applications": [s.shop()]}, ("--check",)),
    Play("teardown", lambda s: {"applications": [{"tenant": "Shop"}]}, ("--check",)),
    Play("deploy_cis", lambda s: {**cis_variables(s), "cis_namespaces": ["shop", "bank"]}, ("--check",)),
    # A CIS that handles evil's resources would write the tenants that they name: the role refuses.
    Play("deploy_cis of all namespaces", cis_variables, ("--check",), good=None),
    Play("publish_to_cis", lambda s: {**cis_variables(s), "applications": [{"tenant": "Shop"}], "cis_leave_out": True}, ("--check",)),
]
CIS_PLAYS = [
    Play("cis_to_publish of VirtualServers", take_over("f5-quiet")),
    Play("cis_to_publish of all VirtualServers", take_over("f5-cis"), ("--check",), good=None),
    Play("cis_to_publish of what others have", take_over("f5-taken"), good=None),
    Play("cis_to_publish of ConfigMaps", take_over("f5-as3"), good=None),
]


@pytest.fixture(scope="module")
def site(labs: Labs) -> Iterator[Site]:
    with Site(labs.give("--cni", "antrea"), tree.link()) as made:
        yield made


@pytest.fixture(autouse=True)
def clean() -> None:
    """In place of the scenarios' own: what is planted stays."""


def chosen(name: str) -> bool:
    """True if an attack is planted: all of them, or those with one of these words in their names (`fields` for all texts in all fields)."""
    return any(part in name for part in os.environ.get("HOSTILE", "").split(","))


@pytest.fixture(scope="module")
def honest(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The honest teams have published, and each module has run once."""
    stage = Stage(site, tmp_path_factory.mktemp("hostile"))
    stage.publish()
    for run in RUNS:
        if run.shows:
            ran = stage.module(run.module, run.options(stage), run.check)
            assert ran.good, (run.name, ran.output)
            stage.keep(run.name, run.shows, ran)
    return stage


@pytest.fixture(scope="module")
def stage(honest: Stage) -> Stage:
    """The same, and everything is planted."""
    if chosen("fields"):
        honest.taken = honest.plant([(field.kind, field.path) for field in FIELDS])
    for kind, body in application():
        honest.editor.create(kind, body)
    for attack in ATTACKS:
        for kind, body in attack.plants(honest) if chosen(attack.name) else ():
            if honest.editor.create(kind, body, manager=attack.manager) != 201:
                honest.refused.setdefault(attack.name, []).append(body["metadata"]["name"])
    honest.wait_for_pods()
    return honest


@pytest.fixture(scope="module")
def with_cis(stage: Stage) -> Stage:
    """The same, and the cluster has CIS, of the honest administrators, which watch all namespaces."""
    stage.add_controllers()
    return stage


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: f"{field.kind}: {field.path}")
def test_the_api_server_takes(stage: Stage, field: Field) -> None:
    taken = stage.taken[field.kind, field.path]
    refused = [name for name in stage.texts if name not in taken]
    known = {"all": [*stage.texts], "none": []}.get(field.takes)
    if known is None:
        names = field.takes.removeprefix("all but ").split()
        known = [name for name in stage.texts if (name in names) != field.takes.startswith("all but ")]
    assert taken == known, f"refused: {refused}"


def sound(stage: Stage, ran: Ran) -> None:
    assert not ran.hung, ran.output[-2000:]
    assert not ran.faults(stage.secrets())


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.name)
def test_module(stage: Stage, run: Run) -> None:
    ran = stage.ran[run.name] = stage.module(run.module, run.options(stage), run.check)
    sound(stage, ran)
    assert ran.good, ran.output[-4000:]
    if run.shows:
        assert stage.keep(run.name, run.shows, ran) == stage.shown_before[run.name]


@pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.name)
def test_playbook(stage: Stage, play: Play) -> None:
    _play(stage, play)


def _play(stage: Stage, play: Play) -> None:
    ran = stage.ran[f"playbook {play.name}"] = stage.playbook(play.playbook, play.variables(stage), *play.words)
    sound(stage, ran)
    assert play.good in (None, ran.good), ran.output[-4000:]


def test_bigip_was_asked_to_change_nothing(stage: Stage) -> None:
    """The runs above changed nothing before the attack either."""
    assert stage.writes() == [] and stage.state() == stage.before


@pytest.mark.parametrize("run", CIS_RUNS, ids=lambda run: run.name)
def test_cis_info(with_cis: Stage, run: Run) -> None:
    test_module(with_cis, run)


@pytest.mark.parametrize("play", CIS_PLAYS, ids=lambda play: play.name)
def test_take_over(with_cis: Stage, play: Play) -> None:
    _play(with_cis, play)


def test_the_file_of_a_take_over_is_data(with_cis: Stage) -> None:
    """The next command that the documentation recommends."""
    file = with_cis.files / "f5-quiet.yml"
    ran = with_cis.ran["publish -e @file"] = with_cis.playbook("publish", {}, "-e", f"@{file}", "--check")
    sound(with_cis, ran)
    assert ran.good, ran.output
    assert not with_cis.canary.exists()
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_attack(with_cis: Stage, attack: Attack) -> None:
    """When everything has run."""
    assert not (attack.all_taken and with_cis.refused.get(attack.name)), "the API server does not take it, so this attack proves nothing"
    assert attack.holds(with_cis), attack.must


def test_an_honest_team_still_removes_what_is_its_own(with_cis: Stage) -> None:
    ran = with_cis.ran["playbook teardown"] = with_cis.playbook("teardown", {"applications": [{"tenant": "Shop"}]})
    sound(with_cis, ran)
    assert ran.good, ran.output
    left = with_cis.site.control("GET", "/mgmt/shared/appsvcs/declare")
    assert "Shop" not in left and left["Bank"] == with_cis.before["stored"]["Bank"]
    assert not with_cis.canary.exists()
