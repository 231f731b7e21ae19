# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of faults, each with the expected end of a job."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable

from .faulty_api import ApiFault
from .stage import Stage
from .waiting import HANGS

# Requests of a job to BIG-IP, as (method, path and query).
LOGIN, LOGOUT = ("POST", "/authn/login"), ("DELETE", "/authz/tokens/")
STORED, DEVICE, TASK = ("GET", r"/appsvcs/declare"), ("GET", "/ltm/pool"), ("GET", "/appsvcs/task/")
INFO, SYNC = ("GET", "/appsvcs/info"), ("GET", "/cm/sync-status")
WHOLE, BY_APPLICATION, ANY_POST = ("POST", r"/declare\?"), ("POST", "/applications"), ("POST", "/appsvcs/declare")

_HASH = "The hash you submitted does not match the hash on the current Tenant. This usually indicates there was a change to the Tenant"
IN_PROGRESS = {"results": [{"message": "in progress"}]}
CONFLICT = {"results": [{"code": 422, "message": _HASH, "tenant": "Shop"}]}


@dataclass
class Row:
    """before: sets the fault. options: of the job. ends: ok, or the codes of which every one that is reported must be.

    text: a text that the error must contain. timeout: of the task, on the counted clock; a hanging answer really takes its time.
    token: may stay, with a warning (no client can delete it). playbook: runs by ansible-playbook, and so on the real clock.
    """

    name: str
    ends: str = "ok"
    before: Callable[[Stage], None] = lambda stage: None
    options: Callable[[Stage], dict[str, Any]] = lambda stage: {}
    text: str = ""
    timeout: int = HANGS
    token: bool = False
    playbook: bool = False
    within: list[str] = field(default_factory=list)


def bigip(where: tuple[str, str], kind: str, *, count: int = 1, after: int = 0, **effect: Any) -> Callable[[Stage], None]:
    method, path = where
    return lambda stage: stage.site.fault({"kind": kind, **effect}, where={"method": method, "path": path}, after=after, count=count)


def answer(where: tuple[str, str], status: int, message: str, **more: Any) -> Callable[[Stage], None]:
    return bigip(where, "answer", status=status, body={"code": status, "message": message}, **more)


def control(path: str, body: dict[str, Any]) -> Callable[[Stage], None]:
    return lambda stage: stage.site.control("POST", f"/_lab/{path}", body)


def script(*failures: dict[str, Any]) -> Callable[[Stage], None]:
    """The device refuses what AS3 sends for these tenants."""
    return control("engine", {"script": [{"message": "0107003b:3: Pool member node is invalid", **failure} for failure in failures]})


def several(*faults: Callable[[Stage], None]) -> Callable[[Stage], None]:
    def before(stage: Stage) -> None:
        for fault in faults:
            fault(stage)

    return before


def gone(stage: Stage) -> None:
    """The connections are cut at the first whole POST, and BIG-IP answers no request from then on."""
    bigip(WHOLE, "refuse", down=0.1)(stage)
    bigip((".*", "/mgmt"), "lost", after=stage.requests_before_post, count=0)(stage)


def locked(posts: int) -> Callable[[Stage], None]:
    """AS3's lock stays until this POST of the job: the one before was refused."""
    return lambda stage: stage.at_request(ANY_POST, lambda: control("lock", {"ageSeconds": 1000})(stage), posts)


def crash(**crash: Any) -> Callable[[Stage], None]:
    """restnoded dies in a script. Its lock would stay for two minutes."""
    return several(control("engine", {"crash": [crash]}), locked(posts=4))


def kube(kind: str, path: str = "", **more: Any) -> Callable[[Stage], None]:
    return lambda stage: stage.api.faults.append(ApiFault(kind, path, **more))


def meanwhile(what: Callable[[Stage], None]) -> Callable[[Stage], None]:
    """After the job has read BIG-IP and before it posts: while it reads the cluster."""
    return lambda stage: stage.api.faults.append(ApiFault("call", "endpointslices", run=lambda: what(stage)))


def provider(**values: Any) -> Callable[[Stage], dict[str, Any]]:
    return lambda stage: {"provider": values}


def kubeconfig(which: str) -> Callable[[Stage], dict[str, Any]]:
    return lambda stage: {"kubeconfig": getattr(stage.api, which)}


RESTART: dict[str, Any] = {"down": 0.1, "unavailable": 0.1, "unregistered": 0.1, "lock_left": 0.3}

NETWORK = [
    Row("no server listens at BIG-IP's port", "bigip_unreachable", options=lambda s: {"provider": {"server_port": s.closed_port}}, timeout=4),
    Row("the name of BIG-IP does not exist", "bigip_unreachable", options=provider(server=["bigip.invalid"]), timeout=4),
    Row("BIG-IP accepts and never answers", "bigip_unreachable", bigip((".*", "/mgmt"), "hang", count=0, limit=20), provider(timeout=2), timeout=3),
    Row("the sign-in is lost before", "ok", bigip(LOGIN, "lost")),
    Row("the sign-in is lost after", "ok", bigip(LOGIN, "lost", when="after"), playbook=True),
    Row("reading what is stored is lost", "ok", bigip(STORED, "lost", count=2)),
    Row("what is stored is cut", "ok", bigip(STORED, "cut")),
    Row("what is stored is half a JSON", "ok", bigip(STORED, "broken_json")),
    Row("a login page instead of what is stored", "ok", bigip(STORED, "html_page")),
    Row("always a login page", "bigip_answer", bigip(STORED, "html_page", count=0), timeout=4),
    Row("reading what is stored hangs", "ok", bigip(STORED, "hang", limit=20), provider(timeout=5)),
    Row("reading the pools is lost", "ok", bigip(DEVICE, "lost")),
    Row("the pools are cut", "ok", bigip(DEVICE, "cut")),
    Row("the pools are an HTML 503 for 2 s", "ok", bigip(DEVICE, "unavailable", count=3)),
    Row("reading the pools after a POST is lost", "ok", bigip(DEVICE, "lost", after=1)),
    Row("AS3's version is slow", "ok", bigip(INFO, "slow", ms=300)),
    Row("a whole POST is lost before", "ok", bigip(WHOLE, "lost")),
    Row("a whole POST is lost after", "ok", bigip(WHOLE, "lost", when="after")),
    Row("the answer to a whole POST is cut", "ok", bigip(WHOLE, "cut")),
    Row("a whole POST hangs", "ok", bigip(WHOLE, "hang", limit=20), provider(timeout=5)),
    Row("an application's POST is lost before", "ok", bigip(BY_APPLICATION, "lost")),
    Row("an application's POST is lost after", "ok", bigip(BY_APPLICATION, "lost", when="after")),
    Row("the second POST is lost after", "ok", bigip(ANY_POST, "lost", when="after", after=2)),
    Row("the web server restarts at a POST", "ok", bigip(WHOLE, "refuse", down=0.1)),
    Row("the REST API restarts at a POST", "ok", bigip(WHOLE, "restart", **RESTART)),
    Row("AS3 is killed in a POST", "ok", bigip(TASK, "restart", **RESTART)),
    Row("a task's answer is lost", "ok", bigip(TASK, "lost")),
    Row("a task's answer is cut", "ok", bigip(TASK, "cut"), playbook=True),
    Row("a task's answer is half a JSON", "ok", bigip(TASK, "broken_json")),
    Row("BIG-IP is gone in the middle", "bigip_unreachable outcome_unknown timeout stopped", gone, timeout=8, token=True),
]

TLS = [
    Row("an expired certificate", "bigip_tls", control("certificate", {"kind": "expired"}), text="expired"),
    Row("a certificate of another name", "bigip_tls", control("certificate", {"kind": "other_name"}), text="provider.ca_cert", playbook=True),
    Row("a certificate of an unknown authority", "bigip_tls", control("certificate", {"kind": "untrusted"}), text="provider.ca_cert"),
    Row("no ca_cert", "bigip_tls", options=provider(ca_cert=None), text="provider.ca_cert"),
    Row("a ca_cert that is not there", "bigip_options", options=provider(ca_cert="no-such-file.pem"), text="no-such-file.pem"),
    Row("BIG-IP's port speaks no TLS", "bigip_tls", options=lambda s: {"provider": {"server_port": s.plain_port}}),
]

AUTHENTICATION = [
    Row("a wrong password", "bigip_auth", options=provider(password="not-the-password"), text="provider.password", playbook=True),
    Row("a wrong password, Basic", "bigip_auth", options=provider(password="not-the-password", auth="basic")),
    Row("a token that ended", "bigip_auth", options=provider(user=None, password=None, token="ENDEDENDEDENDEDENDEDENDEDE")),
    Row("an ended token, and a password", "ok", options=provider(token="ENDEDENDEDENDEDENDEDENDEDE")),
    Row("all tokens end before a POST", "ok", bigip(WHOLE, "unauthorized")),
    Row("all tokens end under a task", "ok", bigip(TASK, "unauthorized")),
    Row("a passing 401", "ok", bigip(STORED, "unauthorized", keep_tokens=True)),
    Row("every token is refused", "bigip_auth", bigip(STORED, "unauthorized", count=0, keep_tokens=True), timeout=8),
    Row("100 tokens for a moment", "ok", bigip(LOGIN, "token_store_full", count=2)),
    Row("100 tokens all the time", "bigip_token_limit", bigip(LOGIN, "token_store_full", count=0), timeout=4),
    Row("an account without the right to post", "bigip_forbidden stopped", answer(WHOLE, 403, "Authorization failed: user=op"), text="user=op"),
    Row("an account without the right to read", "bigip_forbidden", answer(STORED, 403, "Authorization failed")),
    Row("signing out is busy", "ok", bigip(LOGOUT, "unavailable", count=2)),
    Row("signing out is lost", "ok", bigip(LOGOUT, "lost")),
]

AS3 = [
    Row("AS3 is not installed", "as3_missing", control("system", {"as3": False}), timeout=8),
    Row("AS3 starts while it is asked", "ok", bigip(STORED, "not_registered", count=3)),
    Row("AS3 starts again before a POST", "ok", bigip(WHOLE, "not_registered", count=2)),
    Row("HTML 503 before a POST", "ok", bigip(WHOLE, "unavailable", count=2)),
    Row("503 as JSON before a POST", "ok", answer(WHOLE, 503, "Service Unavailable", count=2)),
    Row("HTML 503 all the time", "bigip_busy", bigip(STORED, "unavailable", count=0), timeout=4),
    Row("429 with Retry-After", "ok", bigip(WHOLE, "too_many_requests", retry_after=1)),
    Row("another writer holds the lock for 2 s", "ok", several(control("lock", {"ageSeconds": 0}), locked(posts=2))),
    Row("another writer holds the lock all the time", "bigip_busy stopped", control("lock", {"ageSeconds": 0}), timeout=5),
    Row("AsyncContext timeout, not carried out", "ok", bigip(WHOLE, "async_context_timeout")),
    Row("AsyncContext timeout, carried out", "ok", bigip(WHOLE, "async_context_timeout", when="after")),
    Row("AsyncContext timeout under a task", "ok", bigip(TASK, "async_context_timeout")),
    Row("an application's POST times out, carried out", "ok", bigip(BY_APPLICATION, "async_context_timeout", when="after")),
    Row("500 of AS3 itself", "ok", answer(WHOLE, 500, "An unexpected error occurred. See logs for details.")),
    Row(
        "500 of AS3 at each POST",
        "outcome_unknown",
        answer(ANY_POST, 500, "An unexpected error occurred.", count=0),
        text="An unexpected error occurred.",
    ),
    Row("408, the request came without a body", "408", answer(WHOLE, 408, "Request exceeded iControl LX timeout"), text="iControl LX timeout"),
    Row("400 of the framework", "400", answer(WHOLE, 400, "Per-application deployment has been disabled"), text="has been disabled"),
    Row("422 for the schema", "422", answer(BY_APPLICATION, 422, "declaration is invalid"), text="declaration is invalid"),
    Row("500 when what is stored is read", "as3_refused", answer(STORED, 500, "An unexpected error occurred", count=0), text="An unexpected error", timeout=4),
    Row("500 when the pools are read", "bigip_refused", answer(DEVICE, 500, "MCP is not running", count=0), text="MCP is not running", timeout=4),
    Row(
        "a script fails after its member deletes",
        "422",
        control("fail", {"message": "01070734:3: Configuration error", "tenant": "Shop"}),
        text="01070734:3",
        playbook=True,
    ),
    Row("the same in a shared tenant", "422", control("fail", {"message": "01070734:3: Configuration error", "tenant": "Mixed"}), text="01070734:3"),
    Row("a script fails in both", "422", script({"tenant": "Shop"}, {"tenant": "Mixed"}), text="0107003b:3"),
    Row("a script fails before it began", "422", script({"tenant": "Shop", "deletes": False}), text="0107003b:3"),
    Row("AS3 hands on a library's word", "ENOTFOUND", script({"tenant": "Shop", "code": "ENOTFOUND"}), text="0107003b:3"),
    Row("restnoded dies before the script", "ok", crash(tenant="Shop")),
    Row("restnoded dies after the script", "ok", crash(tenant="Shop", when="after")),
    Row("the declaration cannot be stored", "500", control("engine", {"store": 1}), text="cannot store declaration"),
    Row("a task is forgotten", "ok", control("engine", {"lost_tasks": 1})),
    Row("every task is forgotten", "outcome_unknown ok", control("engine", {"lost_tasks": 40})),
    Row(
        "the timeout comes before the end of the task",
        "outcome_unknown bigip_busy timeout stopped",
        bigip(TASK, "answer", status=200, body=IN_PROGRESS, count=0),
        timeout=6,
    ),
    Row("another user adds to the tenant meanwhile", "ok", meanwhile(lambda s: s.add_application("Shop")), within=["Shop/late"]),
    Row("another user adds to the shared tenant meanwhile", "ok", meanwhile(lambda s: s.add_application("Mixed")), within=["Mixed/late"], playbook=True),
    Row("a conflict that does not end", "422", bigip(WHOLE, "answer", status=422, count=0, body=CONFLICT), text="does not match"),
    Row("the sync status cannot be read", "ok", answer(SYNC, 500, "sod is not running", count=0)),
    Row("new members do not come up", "members_not_up", lambda s: s.silence_new(), options=lambda s: {"wait_up": 1}),
]

UNAUTHORIZED = kube("status", status=401, message="Unauthorized", count=0)
KUBERNETES = [
    Row("no server listens at the API's port", "kubernetes_unreachable", options=kubeconfig("nobody_listens"), timeout=10),
    Row("an API of another authority", "kubernetes_tls", options=kubeconfig("of_another_authority")),
    Row("401", "kubernetes_unauthorized", UNAUTHORIZED),
    Row("an expired token", "kubernetes_unauthorized", UNAUTHORIZED, kubeconfig("with_token"), text="expired at 2020-01-01"),
    Row("no right to list Services", "kubernetes_forbidden", kube("status", "/services", status=403, count=0), text='resources: ["services"]', playbook=True),
    Row("no right to list EndpointSlices", "kubernetes_forbidden", kube("status", "/endpointslices", status=403, count=0), text="endpointslices"),
    Row("no right to read the Secret", "kubernetes_forbidden", kube("status", "/secrets/", status=403, count=0), text="secrets"),
    Row("no right to read kube-system", "owner_required", kube("status", "/namespaces/kube-system$", status=403, count=0)),
    Row("no right to look for a CIS", "ok", kube("status", "/(deployments|configmaps)", status=403, count=0)),
    Row("410 on continue", "ok", kube("status", "pods.*continue=", status=410, message="The provided continue parameter is too old")),
    Row("410 on every continue", "kubernetes_expired", kube("status", "continue=", status=410, message="too old", count=0), text="too old"),
    Row("429 with Retry-After", "ok", kube("status", "/services", status=429, headers={"Retry-After": "1"})),
    Row("429 all the time", "kubernetes_timeout", kube("status", status=429, headers={"Retry-After": "1"}, count=0), timeout=4),
    Row("500 once", "ok", kube("status", "/endpointslices", status=500, message="etcdserver: leader changed"), playbook=True),
    Row(
        "503 all the time",
        "kubernetes_timeout",
        kube("status", status=503, message="apiserver is shutting down", count=0),
        text="shutting down",
        timeout=4,
    ),
    Row("a reset", "ok", kube("reset", "/pods", count=2)),
    Row("resets all the time", "kubernetes_timeout", kube("reset", count=0), timeout=4),
    Row("the API hangs", "kubernetes_timeout", kube("hang", "/pods", count=0), timeout=2),
    Row("an answer that ends early", "ok", kube("short", "/endpointslices")),
    Row("half a JSON", "kubernetes_not_json", kube("half", "/endpointslices")),
    Row("a proxy's login page", "kubernetes_not_json", kube("page", "/services", status=200, count=0), text="Sign in to the portal"),
    Row("an HTML 502", "ok", kube("page", "/nodes", status=502)),
    Row("the list of EndpointSlices is empty", "empty_pool", kube("empty", "/endpointslices", count=0), text="would have none"),
    Row("the Service is not there", "service_not_found", kube("empty", "/services", count=0)),
    Row("the Secret is not there", "secret_not_found", kube("status", "/secrets/", status=404, count=0), text="shop-tls"),
]
TABLE = {"network": NETWORK, "TLS": TLS, "authentication": AUTHENTICATION, "AS3": AS3, "Kubernetes": KUBERNETES}
