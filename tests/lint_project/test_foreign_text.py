# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of the cluster and of BIG-IP is never a template: playbooks run by a real ansible-playbook, on the oldest and the newest core.

A template that Ansible evaluates makes a file, whose absence each test asserts. The modules only answer (scripted.py), with the template in every
text that others can write.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from scripted import Scripted, tail

CORES = ("2.16", "2.21")
HARMLESS = "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n"


def templates(mark: Path) -> list[str]:
    """Texts that make the file if Ansible evaluates them. The second names marks of its own, and the last two are harmful only side by side."""
    call = f"lookup('ansible.builtin.pipe', 'touch {mark}')"
    return [
        f"{{{{ {call} }}}} {{% if {call} %}}{{% endif %}}",
        f"#jinja2:variable_start_string:'[[',variable_end_string:']]'\n[[ {call} ]]",
        "{",
        f"{{ {call} }}}}",
    ]


def application(mark: Path) -> dict[str, Any]:
    whole, own_marks, first, second = templates(mark)
    monitor = {"class": "Monitor", "monitorType": "http", "send": whole, "receive": own_marks, "remark": HARMLESS}
    return {
        "tenant": "Shop",
        "application": f"Shared{first}",
        "virtual_server_name": f"vs {whole}",
        "virtual_server": {"class": "Service_HTTP", "virtualAddresses": [whole], "virtualPort": 80, "iRules": [{"bigip": own_marks}]},
        "pool": {"loadBalancingMode": whole},
        "pool_name": second,
        "service": {"namespace": whole, "name": own_marks, "port": whole},
        "objects": {"monitor": monitor},
    }


@pytest.fixture(scope="module", params=CORES)
def core(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def converted(core: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Scripted, Path, dict[str, Any]]:
    """The file of cis_to_publish, in check mode and then for real, for an application with templates in each text."""
    folder = tmp_path_factory.mktemp("converted")
    mark, file = folder / "mark", folder / "applications.yml"
    given = application(mark)
    world = {"objects": {"Deployment": [{"metadata": {"managedFields": []}}]}}
    site = Scripted(folder, {"world": world, "more": {"vks.bigip.cis_info": {"applications": [given], "left_out": []}}})
    for words in (["--check", "--diff"], []):
        done = site.run(core, "cis_to_publish", "-e", f"cis_applications_file={file}", "-v", *words)
        assert done.returncode == 0, tail(done)
        assert not mark.exists()
        assert file.exists() != bool(words)
    return site, file, given


def test_the_applications_file_is_data(core: str, converted: tuple[Scripted, Path, dict[str, Any]]) -> None:
    site, file, given = converted
    assert oct(file.stat().st_mode)[-3:] == "600"
    for words in (["--check"], []):
        done = site.run(core, "publish", "-e", f"@{file}", *words)
        assert done.returncode == 0, tail(done)
        assert site.calls("vks.bigip.publish")[-1]["applications"] == [given]
    for playbook in ("teardown", "verify", "publish_to_cis"):
        site.run(core, playbook, "-e", f"@{file}", "-e", "timeout=1")  # some fail, because there is no such pool
    assert not (site.folder / "mark").exists()


def test_an_own_task_may_use_the_file(core: str, converted: tuple[Scripted, Path, dict[str, Any]]) -> None:
    """As a user's play does, which joins, converts and stores what it read."""
    site, file, _given = converted
    joined = "{{ applications[0].application[6:] ~ applications[0].pool_name }}"
    facts = {"joined": joined, "again": "{{ applications | to_json | from_json }}", "names": "{{ applications | map('dict2items') }}"}
    tasks = [
        {"ansible.builtin.set_fact": facts},
        {"ansible.builtin.debug": {"msg": "{{ joined }} {{ again }} {{ names }}"}},
        {"ansible.builtin.debug": {"msg": "{{ item }}"}, "loop": "{{ again }}"},
        {"ansible.builtin.copy": {"content": "{{ joined }}", "dest": str(site.folder / "joined")}},
    ]
    play = site.folder / "play.yml"
    play.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "connection": "local", "tasks": tasks}]))
    done = site.run(core, play, "-e", f"@{file}")
    assert done.returncode == 0, tail(done)
    assert (site.folder / "joined").read_text() == "".join(templates(site.folder / "mark")[2:])
    assert not (site.folder / "mark").exists()


def test_a_name_that_is_a_template_is_refused(core: str, tmp_path: Path) -> None:
    """Nothing can mark a key of a dictionary as data."""
    mark, file = tmp_path / "mark", tmp_path / "applications.yml"
    given = {"tenant": "Shop", "application": "Shared", "objects": {templates(mark)[0]: {"class": "Monitor"}}}
    site = Scripted(tmp_path, {"more": {"vks.bigip.cis_info": {"applications": [given], "left_out": []}}})
    done = site.run(core, "cis_to_publish", "-e", f"cis_applications_file={file}")
    assert done.returncode != 0
    assert "applications[0].objects has a key that Ansible would take for a template" in re.sub(r"\s+", " ", done.stdout + done.stderr)
    assert not file.exists()
    assert not mark.exists()


def test_the_text_of_a_config_map_reads_no_secret(core: str, tmp_path: Path) -> None:
    """cis_info leaves such a text out; the playbook forbids it once more, and fills pools only from the namespaces that CIS looks at."""
    text = json.dumps({"class": "ADC", "rule": {"from_secret": {"namespace": "victim", "name": "bank", "key": "password"}}})
    found = {"namespace": "evil", "name": "as3", "declaration": text, "label_namespaces": ["evil"]}
    own = {"tenant": "Shop", "application": "web", "objects": {"key": {"class": "Certificate", "privateKey": {"from_secret": {"namespace": "shop"}}}}}
    world = {"controllers": [{"custom_resource_mode": False}], "objects": {"Deployment": [{"metadata": {"managedFields": []}}]}}
    site = Scripted(tmp_path, {"world": world, "more": {"vks.bigip.cis_info": {"config_maps": [found], "applications": [], "left_out": []}}})
    done = site.run(core, "cis_to_publish", "-e", json.dumps({"applications": [own], "secret_namespaces": ["shop"]}))
    assert done.returncode == 0, tail(done)
    calls = site.calls("vks.bigip.publish")
    assert len(calls) == 4  # the plan and the run, of the ConfigMap and of the applications
    for call in calls[::2]:
        assert call["secret_namespaces"] == []
        assert call["label_namespaces"] == ["evil"]
        assert call["declaration"] in (text, json.loads(text))  # before ansible-core 2.19 it is a dictionary by then
    for call in calls[1::2]:
        assert call["secret_namespaces"] == ["shop"]
        assert "label_namespaces" not in call


def test_a_message_of_the_api_server_is_shown(core: str, tmp_path: Path) -> None:
    """kubernetes.core returns it unchanged."""
    fails = {"failed": True, "msg": "refused \u202e\x9b31m"}
    world = {"controllers": [{}], "objects": {"Deployment": [{"metadata": {"managedFields": []}}], "Pod": []}}
    done = Scripted(tmp_path, {"world": world, "more": {"kubernetes.core.k8s_json_patch": fails}}).run(core, "cis_to_publish")
    ours = done.stdout.rpartition("Fail with the reason")[2]
    assert done.returncode != 0 and "It could not be started again: refused" in ours, tail(done)
    assert "\u202e" not in ours and "\x9b" not in ours


@pytest.mark.parametrize("core", CORES)
def test_keys_and_passwords_in_as3_are_not_shown(core: str, tmp_path: Path) -> None:
    """Ansible prints the whole item of a loop whose module fails, and what a task shows or writes."""
    key = {"class": "Certificate", "privateKey": "PLANTED-KEY"}
    text = json.dumps({"class": "ADC", "Shop": {"class": "Tenant", "web": {"class": "Application", "key": key}}})
    found = {"namespace": "shop", "name": "as3", "declaration": text, "label_namespaces": ["shop"]}
    own = {"tenant": "Shop", "application": "web", "objects": {"key": key}}
    world = {"controllers": [{"custom_resource_mode": False}], "objects": {"Deployment": [{"metadata": {"managedFields": []}}]}}
    more: dict[str, Any] = {"vks.bigip.cis_info": {"config_maps": [found], "applications": [], "left_out": []}}
    given = json.dumps({"applications": [own], "cis_applications_file": str(tmp_path / "file.yml")})
    for answer in ({"failed": True, "msg": "refused"}, {}):
        (tmp_path / str(len(answer))).mkdir()
        site = Scripted(tmp_path / str(len(answer)), {"world": world, "more": {**more, "vks.bigip.publish": answer}})
        done = site.run(core, "cis_to_publish", "--diff", "-e", given)
        assert bool(done.returncode) == bool(answer), tail(done)
        assert "shop/as3" in done.stdout
        assert "PLANTED" not in done.stdout + done.stderr
        assert site.calls("vks.bigip.publish")[0]["declaration"] in (text, json.loads(text))


# -- results of modules

RESOURCE = {"kind": "VirtualServer", "namespace": "evil", "name": "vs", "address": "a", "partition": "p", "status": "Bad", "message": "m", "ok": False}
LEFT_OUT = {"kind": "VirtualServer", "namespace": "evil", "name": "vs", "field": "host", "message": "m"}
NAMED = {"kind": "VirtualServer", "namespace": "evil", "name": "vs", "tenant": "Other", "addresses": ["192.0.2.9"]}
PUBLISHED = {
    **{"action": "update", "code": "200", "message": "m", "applications": {"web": {"x": "y"}}, "members_added": ["a"], "members_removed": ["b"]},
    "properties": {"label": ["x"]},
}
PRESENT = {"present": True, "same": False, "labels": {"a": "b"}, "uid": "u", "resource_version": "1", "data_keys": ["username"]}
RELEASE = {
    **{"name": "f5-bigip-ctlr", "namespace": "f5-cis", "revision": "1", "status": "deployed", "chart": "f5-bigip-ctlr-0.0.35", "manifest_digest": "x"},
    "values": {"a": "b", "nameOverride": "x", "bigip_login_secret": "s", "args": {"trusted_certs_cfgmap": "a/b"}},
}
INSTALLATION = {
    **{"namespace": {"label": "x"}, "helm_release": RELEASE, "definitions": [{"name": "n", "version": "1", "digest": "d"}], "custom_resources": ["x"]},
    "secrets": [{"namespace": "f5-cis", "name": "f5-bigip-ctlr-login", **PRESENT}],
    "config_maps": [{"name": "f5-bigip-ctlr-trusted-certs", "uid": "u", "resource_version": "1", "labels": {}, "data": {"x": "y"}}],
    "ingress_class": {"meta.helm.sh/release-name": "r", "meta.helm.sh/release-namespace": "n"},
}
OWN_CIS = {"name": "f5-bigip-ctlr", "release": "f5-bigip-ctlr", "started_with": "x", "arguments": ["--x"], "partitions": ["kubernetes"]}
STORED = {"class": "Tenant", "label": "kubernetes", "Shared": {"class": "Application", "constants": {"class": "Constants", "vks_bigip": {"owner": "o"}}}}
DEPLOYED = {
    **{"cis_bigip_url": "https://192.0.2.1", "cis_bigip_partition": "kubernetes", "cis_bigip_username": "u", "cis_bigip_password": "p"},
    "cis_verify_timeout": 3,
}
KINDS = ("externaldnses", "ingresslinks", "policies", "tlsprofiles", "transportservers", "virtualservers")


def chart(text: str) -> str:
    """The output of Helm, with a text in each CRD."""
    crds = [{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": f"{kind}.cis.f5.com"},
             "spec": {"group": "cis.f5.com", "names": {"plural": kind}, "description": text}} for kind in KINDS]  # fmt: skip
    pod = {"containers": [{"args": ["--bigip-partition=kubernetes"]}]}
    meta = {"name": "f5-bigip-ctlr", "labels": {"chart": "f5-bigip-ctlr-0.0.36"}}
    objects = [{"kind": "Deployment", "metadata": meta, "spec": {"template": {"spec": pod}}}, *crds]
    return "\n---\n".join(["v3.14.0", *map(json.dumps, objects)])


# Where others write: a pattern for the path in the result of each module.
WRITTEN = {
    "vks.bigip.cis_info": r"resources\.(address|partition|status|message)|left_out\.(field|message)|tenants\.(tenant|addresses)|problems|blocking"
    r"|controllers\.(image|arguments|selector|started_with|partitions)|applications\..*(send|tenant)|config_maps\.declaration"
    r"|installation\.(namespace\..*|helm_release\.(values\..*|manifest_digest)|config_maps\.data.*|definitions\..*|ingress_class\..*|secrets\.(uid|labels.*))",
    "vks.bigip.publish": r"tenants\..*|msg|summary|warnings",
    "vks.bigip.as3_info": r"query_result.*|declaration\..*(owner|label)",
    "vks.bigip.pool_status_info": r"query_result\..*",
    "vks.bigip.preflight_info": r"report|chosen_because|checks\.message",
    "vks.bigip.antrea_npl": r"agents\.node|not_proven_because|restart.*|settings.*|services.*",
    "vks.bigip.pool_members_info": r"pools\..*",
    "vks.bigip.pod_bgp": r"imish_config|neighbors\..*|warnings",
    "vks.bigip.pod_routes": r"routes\..*|chosen_because|warnings",
    "kubernetes.core.k8s_info": r"resources\..*(image|message|uid|resourceVersion)",
    "kubernetes.core.k8s_json_patch": "msg",
    "kubernetes.core.helm": "msg",
    "kubernetes.core.helm_info": r"status.*",
}
FAILS = {"failed": True, "msg": "x"}
FAULTS = {"problems": ["p"], "blocking": ["b"]}
INFO, AS3 = "vks.bigip.cis_info", "vks.bigip.as3_info"
NOT_PROVEN = {"proven": False, "not_proven_because": ["x"]}
ABSENT = {**DEPLOYED, "cis_state": "absent", "cis_remove_resources": True, "cis_remove_tenant": True}
CHECKS = {"checks": [{"id": "P01", "status": "fail", "message": "m"}]}
OWNED = {"declaration": {"kubernetes": STORED}}
TO_CIS = {**DEPLOYED, "applications": [{"tenant": "Shop"}]}
SHOP = {"publish_applications": [{"tenant": "Shop", "application": "web"}], "publish_verify_timeout": 1}
DEPLOY = {INFO: {"installation": INSTALLATION, "tenants": []}, AS3: {"declaration": {"class": "ADC"}}}
RESULTS: dict[str, tuple[str, dict[str, Any], dict[str, Any], str]] = {
    # the playbook, its variables, what its modules answer, and the last task that it comes to
    "to publish": ("cis_to_publish", {"cis_leave_out": True}, {}, "Show the next step"),
    "to publish, left out": ("cis_to_publish", {}, {}, "Stop before any change"),
    "to publish, fails": ("cis_to_publish", {"cis_leave_out": True}, {"kubernetes.core.k8s_json_patch": FAILS}, "Fail with the reason"),
    "to publish, two": ("cis_to_publish", {}, {INFO: {"controllers": [OWN_CIS, OWN_CIS]}}, "Check that exactly one CIS was found"),
    "to CIS, lost": ("publish_to_cis", TO_CIS, {AS3: {"query_result": ["192.0.2.1"]}}, "Stop before any change"),
    "to CIS": ("publish_to_cis", {**TO_CIS, "cis_leave_out": True}, {INFO: {"controllers": [], "installation": INSTALLATION}}, "Fail with the reason"),
    "CIS": ("deploy_cis", DEPLOYED, DEPLOY, "vks.bigip.cis : Fail with what went wrong"),
    "CIS, a complaint": ("deploy_cis", DEPLOYED, {**DEPLOY, INFO: {**DEPLOY[INFO], "blocking": []}}, "vks.bigip.cis : Keep the result"),
    "CIS, Helm fails": ("deploy_cis", DEPLOYED, {**DEPLOY, "kubernetes.core.helm": FAILS}, "vks.bigip.cis : Fail with what went wrong"),
    "CIS, owned": ("deploy_cis", DEPLOYED, {**DEPLOY, AS3: OWNED}, "Refuse what is not safe, or show the decisions"),
    "CIS, absent": ("deploy_cis", ABSENT, {}, "vks.bigip.cis : Keep the result"),
    "NodePortLocal": ("antrea_npl", {"state": "enabled"}, {"vks.bigip.antrea_npl": NOT_PROVEN}, "Fail if NodePortLocal is not verified"),
    "preflight": ("preflight", {}, {"vks.bigip.preflight_info": CHECKS}, "Fail if a check failed"),
    "path by routes": ("pod_network", {"method": "routes"}, {INFO: {"controllers": [{**OWN_CIS, "replicas": 1}]}}, "Manage the routes to the Pod network"),
    "path by BGP": ("pod_network", {"method": "bgp"}, {}, "Show the commands for imish"),
    "existing path": ("pod_network", {"method": "existing"}, {"vks.bigip.preflight_info": CHECKS}, "Fail if a path is missing"),
    "site": ("site", {**SHOP, "pod_network_method": "routes"}, {}, "vks.bigip.pod_network : Manage the routes to the Pod network"),
    "teardown": ("teardown", {"applications": [{"tenant": "a"}]}, {"vks.bigip.publish": FAILS}, "Remove the applications"),
}  # fmt: skip


@pytest.mark.parametrize(("playbook", "given", "more", "last"), RESULTS.values(), ids=RESULTS)
def test_results_of_modules_are_data(playbook: str, given: dict[str, Any], more: dict[str, Any], last: str, tmp_path: Path) -> None:
    """On the oldest core: from 2.19 on, Ansible evaluates nothing that is not in a file of the user."""
    mark = tmp_path / "mark"
    text = f" {templates(mark)[0]}"
    answers = {
        INFO: {"left_out": [LEFT_OUT], "resources": [RESOURCE], "tenants": [NAMED], "applications": [application(mark)], **FAULTS},
        "vks.bigip.publish": {"tenants": {"Shop": PUBLISHED}, "summary": ["s"], "warnings": ["w"]},
        AS3: {"query_result": [], "declaration": {"class": "ADC", "Shop": {**STORED, "Shared": {"class": "Application"}}}},
    }
    script = {
        "world": {"objects": {"Deployment": [{"metadata": {"managedFields": []}}], "Secret": [], "ConfigMap": [], "Pod": []}},
        "more": {name: {**answers.get(name, {}), **more.get(name, {})} for name in {**answers, **more}},
        "texts": {name: {pattern: text} for name, pattern in WRITTEN.items()},
    }
    site = Scripted(tmp_path, script, chart(text))
    done = site.run("2.16", playbook, "-e", json.dumps({**given, "cis_helm_binary": str(site.helm)}))
    assert not mark.exists(), tail(done)
    assert re.findall(r"^TASK \[(.*?)\] \*", done.stdout, re.MULTILINE)[-1].endswith(last), tail(done)


DOWN = {"vks.bigip.pool_status_info": {"query_result": {"names": ["Shop/web/pool"], "up": [], "not_up": [{"message": "m", "few": False}]}}}
SAID: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    # the playbook, its variables, and what its modules answer: what a program may want as it is
    "an owner": ("deploy_cis", DEPLOYED, {**DEPLOY, AS3: OWNED}),
    "an address": ("publish_to_cis", TO_CIS, {AS3: {"query_result": ["192.0.2.1"]}, "vks.bigip.publish": {"tenants": {"Shop": {}}}}),
    "a member": ("verify", {"applications": [{"tenant": "Shop", "application": "web"}], "timeout": 0}, DOWN),
}


@pytest.mark.parametrize(("playbook", "given", "more"), SAID.values(), ids=SAID)
def test_what_a_query_gives_is_shown_without_what_a_terminal_obeys(playbook: str, given: dict[str, Any], more: dict[str, Any], tmp_path: Path) -> None:
    """From ansible-core 2.19 on, the message of a task that fails goes to the terminal as it is."""
    text = "\x1b[31m\n[ERROR]: forged\u202e"
    texts = {AS3: {r"query_result|declaration\..*owner": text}, "vks.bigip.pool_status_info": {r"query_result\..*message": text}}
    site = Scripted(tmp_path, {"more": more, "texts": texts}, chart("x"))
    done = site.run("2.21", playbook, "-e", json.dumps({**given, "cis_helm_binary": str(site.helm)}))
    said = done.stdout + done.stderr
    assert done.returncode != 0 and "forged" in said, tail(done)
    assert "\x1b" not in said and "\n[ERROR]: forged" not in said and "\u202e" not in said
