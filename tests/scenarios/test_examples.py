# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example that a user may copy is run against a lab: of each module, of each role's README, and of the pages for users.

They run unchanged, except for the names of the user's machines (SUBSTITUTES), and a proxy to the lab's
addresses.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml

from runner import environments
from runner.places import LAB, ROOT
from support import node_counter, tree
from support.labs import Labs

from .site import Site
from .waiting import HANGS

MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py") if path.stem != "__init__")
ROLES = sorted(path.parent.name for path in (ROOT / "roles").glob("*/README.md"))
# Not run here: the chart of the role cis is F5's, from a repository outside; molecule runs the role with what the lab has.
ELSEWHERE = ("cis",)
# Run last, because they disable NodePortLocal, which the other examples need.
LAST = ("antrea_npl",)
# Run with Calico and a pair of units.
ON_CALICO = ("pod_bgp", "pod_network", "pod_routes")

# Each task of an example is recorded as AWX does.
EVENTS = "events.jsonl"
CALLBACKS = ROOT / "tests" / "support" / "callbacks"

# A namespace, a Service, its type, and its port.
SERVICES = [("shop", "web", "LoadBalancer", "http", 80), ("shop", "api", "LoadBalancer", "https", 443), ("billing", "pay", "NodePort", "http", 80)]


def manifest() -> list[dict[str, Any]]:
    """The objects that the examples need in the cluster, in addition to the hello-world application."""
    objects: list[dict[str, Any]] = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in ("shop", "billing", "certificates")]
    for namespace, name, kind, port, number in SERVICES:
        labels = {"app": name}
        meta: dict[str, Any] = {"name": name, "namespace": namespace}
        if kind != "NodePort":
            meta["annotations"] = {"nodeportlocal.antrea.io/enabled": "true"}
        ports = [{"name": port, "port": number, "targetPort": 8080}]
        objects.append({"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": {"type": kind, "selector": labels, "ports": ports}})
        pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": name, "image": "example:1", "ports": [{"containerPort": 8080}]}]}}
        spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": pod}
        objects.append({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": namespace}, "spec": spec})
    pair = trustme.CA().issue_cert("shop.example")
    data = {"tls.crt": pair.cert_chain_pems[0].bytes().decode(), "tls.key": pair.private_key_pem.bytes().decode()}
    for namespace, name in (("shop", "web-tls"), ("certificates", "wildcard")):
        meta = {"name": name, "namespace": namespace}
        objects.append({"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls", "metadata": meta, "stringData": data})
    return objects


@pytest.fixture(scope="module")
def site(labs: Labs) -> Iterator[Site]:
    """A lab with a Supervisor, which some examples ask."""
    with Site(labs.give("--vks", "3.6", "--nodes", "2"), tree.link()) as made:
        yield made


@pytest.fixture(scope="module")
def calico(labs: Labs) -> Iterator[Site]:
    """The hello-world runs there, and each application has the mode that its example sets."""
    with Site(labs.give("--cni", "calico", "--nodes", "2", "--bigip-units", "2"), tree.link()) as made:
        made.kubectl("apply", "-f", str(ROOT / "tests" / "demo" / "hello-world.yml"))
        made.kubectl("rollout", "status", "deployment/f5-hello-world", f"--timeout={HANGS}s")
        yield made


@pytest.fixture(autouse=True)
def clean() -> None:
    """The state of BIG-IP stays for the next example."""


@pytest.fixture(scope="module")
def ready(site: Site) -> Site:
    items = [*yaml.safe_load_all((ROOT / "tests" / "demo" / "hello-world.yml").read_text()), *manifest()]
    site.kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    labels = {"cis.f5.com/as3-tenant": "AS3", "cis.f5.com/as3-app": "A1", "cis.f5.com/as3-pool": "web_pool"}  # as in as3.json
    site.kubectl("label", "--overwrite", "service", "f5-hello-world", *(f"{name}={value}" for name, value in labels.items()))
    for namespace, name in (("default", "f5-hello-world"), *((namespace, name) for namespace, name, *_more in SERVICES)):
        site.kubectl("-n", namespace, "rollout", "status", f"deployment/{name}", f"--timeout={HANGS}s")
    return site


@pytest.fixture
def published(ready: Site) -> Site:
    """The hello-world is on BIG-IP, as most examples have it, and another owner has published something too."""
    stored = ready.control("GET", "/mgmt/shared/appsvcs/declare") or {}
    if "AS3" not in stored:
        ready.publish(hello_world(), checked=False)
    if "Team" not in stored:
        team = ready.application(tenant="Team", pool_member_type="nodeport", service={"namespace": "billing", "name": "pay"})
        ready.publish(team, owner="team-web", checked=False)
    return ready


def hello_world(npl: bool = True) -> dict[str, Any]:
    """npl: by NodePortLocal. Otherwise it has no mode of its own."""
    (application,) = yaml.safe_load((ROOT / "tests" / "demo" / "applications.yml").read_text())["applications"]
    return {**application, **({"pool_member_type": "nodeportlocal", "wait_for_mappings": HANGS} if npl else {})}


def substitutes(site: Site) -> dict[str, str]:
    """Placeholders for values of the user."""
    own = site.variables()
    first, *others = own["F5_SERVER"].split(",")
    found = {"bigip.example.com": first, "bigip1.example.com": first, "shop.kubeconfig": own["K8S_AUTH_KUBECONFIG"]}
    if others:
        found |= {"bigip2.example.com": others[0], "/Common/failover-group": "/Common/lab-group"}
    if "VKS_SUPERVISOR_KUBECONFIG" in own:
        found["supervisor.kubeconfig"] = own["VKS_SUPERVISOR_KUBECONFIG"]
        found["cluster_name: shop"] = f"cluster_name: {own['VKS_SUPERVISOR_CLUSTER_NAME']}"
    return found


def play(site: Site, text: str, folder: Path, npl: bool = True) -> None:
    """Run a playbook, or a list of tasks. npl: the cluster has NodePortLocal."""
    for word, ours in substitutes(site).items():
        text = text.replace(word, ours)
    document = yaml.safe_load(text)
    if "hosts" not in document[0]:
        document = [{"name": "The examples of a module", "hosts": "localhost", "gather_facts": False, "tasks": document}]
    (folder / "example.yml").write_text(yaml.safe_dump(document, sort_keys=False))
    proxy = site.proxy()
    variables = {
        "ansible_python_interpreter": str(site.warm()),
        "applications": [hello_world(npl)],
        "bgp_password": "between-friends",
        "bigip_password": site.provider()["password"],
        "publish_requests_proxy": proxy,
        "verify_requests_proxy": proxy,
    }
    if "publish_applications" not in text:
        variables["publish_applications"] = [hello_world(npl)]
    _files(folder)
    recorded = [f"ANSIBLE_CALLBACK_PLUGINS={CALLBACKS}", "ANSIBLE_CALLBACKS_ENABLED=job_events", f"JOB_EVENTS={folder / EVENTS}"]
    done = site.ansible("env", *recorded, "ansible-playbook", "example.yml", "-e", json.dumps(variables), cwd=folder)
    assert done.returncode == 0, done.stdout


def _files(folder: Path) -> None:
    """Files that examples read."""
    server = {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"], "pool": "web_pool"}
    pool = {"class": "Pool", "monitors": ["http"], "members": [{"servicePort": 8080}]}
    application = {"class": "Application", "vs": server, "web_pool": pool}
    for name, tenant in (("as3.json", "AS3"), ("declaration.json", "Own")):
        adc = {"class": "ADC", "schemaVersion": "3.50.0", tenant: {"class": "Tenant", "A1": application}}
        (folder / name).write_text(json.dumps({"class": "AS3", "declaration": adc}))
        server, pool = {**server, "virtualAddresses": ["192.0.2.30"]}, {**pool, "members": [{"servicePort": 80, "serverAddresses": ["198.51.100.1"]}]}
        application = {"class": "Application", "vs": server, "web_pool": pool}


def blocks(file: Path, *languages: str) -> list[str]:
    return [match[2] for match in re.finditer(r"^```(\w+)\n(.*?)^```$", file.read_text(), re.MULTILINE | re.DOTALL) if match[1] in languages]


@pytest.mark.parametrize("module", [name for name in MODULES if name not in (*LAST, *ON_CALICO)])
def test_module(published: Site, module: str, tmp_path: Path) -> None:
    play_examples(published, module, tmp_path)


@pytest.mark.parametrize("module", [name for name in MODULES if name in ON_CALICO])
def test_module_on_calico(calico: Site, module: str, tmp_path: Path) -> None:
    play_examples(calico, module, tmp_path, npl=False)


def play_examples(site: Site, module: str, folder: Path, npl: bool = True) -> None:
    code = (ROOT / "plugins" / "modules" / f"{module}.py").read_text()
    found = re.search(r'^EXAMPLES = r"""\n(.*?)^"""', code, re.MULTILINE | re.DOTALL)
    assert found
    play(site, found[1], folder, npl)
    if not module.endswith("_info"):
        check_nodes(site, f"vks.bigip.{module}", folder / EVENTS)


def check_nodes(site: Site, module: str, file: Path) -> None:
    """AAP counts each system of the lab that the module managed: a name, and canonical facts without a null, from real results."""
    events = [json.loads(line) for line in file.read_text().splitlines()]
    assert [event for event in events if event["resolved_action"] == module]
    nodes = node_counter.count(environments.make("certification") / "bin" / "python", (ROOT / node_counter.AUDIT).read_text(), events)
    own = site.variables()
    servers = {f"{server}:{own['F5_SERVER_PORT']}" for server in own["F5_SERVER"].split(",")}
    found = {node["name"] for node in nodes if module in node["events"] and node["facts"]["device_type"] == "BIG-IP"}
    assert bool(found) is (module != "vks.bigip.antrea_npl") and found <= servers, nodes
    clusters = [node for node in nodes if module in node["events"] and node["canonical_facts"]["kind"] == "kubernetes"]
    assert bool(clusters) is (module in ("vks.bigip.antrea_npl", "vks.bigip.pod_bgp")), nodes


@pytest.mark.parametrize("role", [name for name in ROLES if name not in (*ELSEWHERE, *LAST, *ON_CALICO)])
def test_role(published: Site, role: str, tmp_path: Path) -> None:
    play_readme(published, role, tmp_path)


@pytest.mark.parametrize("role", [name for name in ROLES if name in ON_CALICO])
def test_role_on_calico(calico: Site, role: str, tmp_path: Path) -> None:
    play_readme(calico, role, tmp_path, npl=False)


def play_readme(site: Site, role: str, folder: Path, npl: bool = True) -> None:
    readme = ROOT / "roles" / role / "README.md"
    found = [text for text in blocks(readme, "yaml") if "hosts:" in text]
    assert found
    # Task files that a playbook includes come after it, in the order of their names.
    names = dict.fromkeys(re.findall(r"^`(\w+\.yml)`|(?<=, )`(\w+\.yml)`", readme.read_text(), re.MULTILINE))
    tasks = [text for text in blocks(readme, "text") if text.startswith("- name:")]
    for (first, second), text in zip(names, tasks, strict=True):
        (folder / (first or second)).write_text(text)
    for text in found:
        play(site, text, folder, npl)


def test_first_application(ready: Site, tmp_path: Path) -> None:
    """applications.yml and the commands with it, then the smallest playbook of the README."""
    ready.control("POST", "/_lab/reset", {})
    page = ROOT / "docs" / "first-application.md"
    (applications,) = blocks(page, "yaml")
    (tmp_path / "applications.yml").write_text(applications)
    with_it = _commands(page, "@applications.yml")
    own = ready.variables()
    exports = {name: own[name] for name in ("K8S_AUTH_KUBECONFIG", "F5_SERVER", "F5_USER", "F5_PASSWORD", "F5_CA_CERT")}
    assert set(re.findall(r"^export (\w+)=", with_it, re.MULTILINE)) == set(exports), "the page exports what this test knows"
    with_it = re.sub(r"^export (\w+)=.*$", lambda match: f"export {match[1]}='{exports[match[1]]}'", with_it, flags=re.MULTILINE)
    done = ready.ansible("bash", "-ec", with_it, cwd=tmp_path)
    assert done.returncode == 0 and re.search(r"changed=1\b", done.stdout), done.stdout
    (playbook,) = [text for text in blocks(ROOT / "README.md", "yaml") if "hosts:" in text]
    play(ready, playbook, tmp_path)


def test_contributing_lab(tmp_path: Path) -> None:
    """The commands for the lab exactly as they are on the page, without an edit: they end with the answer of a Pod.

    The lab of that name is in a folder of this test, so a lab of the user with this name does not change.
    """
    environ = {**environments.variables("main"), "VKS_LAB_STATE": str(tmp_path)}
    environ.pop("PYTHONPATH", None)
    pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    try:
        done = subprocess.run(["bash", "-ec", _commands(ROOT / "CONTRIBUTING.md", "make lab NAME=mine")], cwd=ROOT, env=environ, check=False, **pipes)
    finally:
        subprocess.run([str(LAB), "down", "--all"], env=environ, check=True, **pipes)
    assert done.returncode == 0, done.stdout
    assert re.search(r"^f5-hello-world-[0-9a-z]+-[0-9a-z]+$", done.stdout, re.MULTILINE), done.stdout


def _commands(page: Path, mark: str) -> str:
    """The one block of commands of the page with this in it."""
    (found,) = [text for text in blocks(page, "sh") if re.search(rf"{mark}$|{mark}\s", text, re.MULTILINE)]
    return found


@pytest.mark.parametrize("module", LAST)
def test_module_that_changes_the_cluster(published: Site, module: str, tmp_path: Path) -> None:
    play_examples(published, module, tmp_path)


@pytest.mark.parametrize("role", [name for name in ROLES if name in LAST])
def test_role_that_changes_the_cluster(published: Site, role: str, tmp_path: Path) -> None:
    play_readme(published, role, tmp_path)


def test_playbook_site(ready: Site, tmp_path: Path) -> None:
    """From NodePortLocal switched off to answers through BIG-IP, and a second run without a change."""
    ready.control("POST", "/_lab/reset", {})
    variables = {
        "ansible_python_interpreter": str(ready.warm()),
        "antrea_npl_services": [{"namespace": "default", "name": "f5-hello-world"}],
        "publish_applications": [hello_world()],
        "publish_requests": [{"url": "http://192.0.2.10/", "contains": "f5-hello-world"}],
        "publish_requests_proxy": ready.proxy(),
    }
    for changed in (True, False):
        done = ready.ansible("ansible-playbook", "vks.bigip.site", "-e", json.dumps(variables), cwd=tmp_path)
        assert done.returncode == 0, done.stdout
        assert bool(re.search(r"changed=0\b", done.stdout)) is not changed, done.stdout
