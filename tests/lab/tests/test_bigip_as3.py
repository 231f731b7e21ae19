# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AS3 through the whole machine: declarations by HTTPS, their effect on traffic, and failures."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme
from cryptography.hazmat.primitives import serialization

from bigip_machine import Machine, machine
from vkslab.processes import HANG

DECLARE = "/mgmt/shared/appsvcs/declare"
VIP = "http://192.0.2.10/"


@pytest.fixture
def bigip(shared: Machine) -> Iterator[Machine]:
    shared.control("reset")
    shared.control("requests", method="DELETE")
    shared.network.members = {f"10.1.0.{number}:80": "answer" for number in (1, 2, 3)}
    yield shared
    shared.control("reset")


@pytest.fixture
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with machine(tmp_path_factory.mktemp("pair"), units=2) as found:
        yield found


def adc(
    *addresses: str, tenant: str = "T", service: dict[str, Any] | None = None, **pool: Any
) -> dict[str, Any]:
    member = {"servicePort": 80, "serverAddresses": list(addresses), "shareNodes": True}
    application: dict[str, Any] = {
        "class": "Application",
        "vs": {
            "class": "Service_HTTP",
            "virtualAddresses": ["192.0.2.10"],
            "pool": "pool",
            **(service or {}),
        },
        "pool": {"class": "Pool", "members": [member] if addresses else [], **pool},
    }
    return {
        "class": "ADC",
        "schemaVersion": "3.50.0",
        "id": "x",
        tenant: {"class": "Tenant", "A": application},
    }


def post(bigip: Machine, declaration: Any, query: str = "", **options: Any) -> Any:
    answer = bigip.call("POST", DECLARE + query, declaration, **options)
    assert answer.headers["Content-Type"].startswith("application/json"), answer.text
    return answer.json()


def results(body: Any) -> list[tuple[int, str]]:
    return [(result["code"], result["message"]) for result in body["results"]]


def members(bigip: Machine, unit: int = 0) -> list[str]:
    return [
        item["name"] for item in bigip.get("/mgmt/tm/ltm/pool/~T~A~pool/members", unit=unit).get("items", [])
    ]


def finished(bigip: Machine, identity: str) -> Any:
    body: Any = {}

    def done() -> bool:
        nonlocal body
        body = bigip.get(f"/mgmt/shared/appsvcs/task/{identity}")
        return "in progress" not in [result["message"] for result in body["results"]]

    bigip.wait_for(done)
    return body


def test_a_declaration_carries_traffic_and_its_removal_ends_it(bigip: Machine) -> None:
    assert results(post(bigip, adc("10.1.0.1", "10.1.0.2", monitors=["http"]))) == [(200, "success")]
    assert members(bigip) == ["10.1.0.1:80", "10.1.0.2:80"]
    bigip.wait_for(lambda: set(bigip.availability().values()) == {"up"})
    assert {bigip.request(VIP).text for _ in range(4)} == {"10.1.0.1:80\n", "10.1.0.2:80\n"}
    assert results(post(bigip, adc("10.1.0.1", "10.1.0.2", monitors=["http"]))) == [(200, "no change")]
    assert bigip.call("DELETE", f"{DECLARE}/T").status_code == 200
    assert bigip.request(VIP).status_code == 502
    assert bigip.call("GET", DECLARE).status_code == 204


def test_an_unchanged_member_stays_up_while_another_is_added_and_a_changed_one_is_checked_anew(
    bigip: Machine,
) -> None:
    post(bigip, adc("10.1.0.1", monitors=["http"]))
    bigip.wait_for(lambda: bigip.availability() == {"10.1.0.1:80": "up"})
    bigip.network.members["10.1.0.9:80"] = "silent"
    post(bigip, adc("10.1.0.1", "10.1.0.9", monitors=["http"]))
    assert bigip.availability() == {"10.1.0.1:80": "up", "10.1.0.9:80": "checking"}
    bigip.network.members["10.1.0.1:80"] = "silent"  # the member must not come up again at once
    changed = adc("10.1.0.1", monitors=["http"])
    changed["T"]["A"]["pool"]["members"][0]["ratio"] = 7
    post(bigip, changed)
    assert bigip.availability() == {"10.1.0.1:80": "checking"}


def test_a_service_https_ends_tls_and_redirects(bigip: Machine, tmp_path: Path) -> None:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))

    def publish() -> list[tuple[int, str]]:
        leaf = ca.issue_cert("192.0.2.10")
        declaration = adc("10.1.0.1", service={"class": "Service_HTTPS", "serverTLS": "tls"})
        pem = {
            "certificate": leaf.cert_chain_pems[0].bytes().decode(),
            "privateKey": leaf.private_key_pem.bytes().decode(),
        }
        declaration["T"]["A"] |= {
            "tls": {"class": "TLS_Server", "certificates": [{"certificate": "cert"}]},
            "cert": {"class": "Certificate", **pem},
        }
        return results(post(bigip, declaration))

    for _ in range(2):  # the second time with another certificate
        assert publish() == [(200, "success")]
        assert bigip.request("https://192.0.2.10/", verify=str(tmp_path / "ca.pem")).text == "10.1.0.1:80\n"
    redirect = bigip.request(VIP, allow_redirects=False)
    assert (redirect.status_code, redirect.headers["Location"]) == (302, "https://192.0.2.10/")


@pytest.mark.parametrize("passphrase", ["over the hills", "wrong"])
def test_an_encrypted_key_is_opened_with_its_passphrase(
    bigip: Machine, tmp_path: Path, passphrase: str
) -> None:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    leaf = ca.issue_cert("192.0.2.10")
    opened = serialization.load_pem_private_key(leaf.private_key_pem.bytes(), None)
    key = opened.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"over the hills"),
    ).decode()
    sealed = {
        "ciphertext": base64.urlsafe_b64encode(passphrase.encode()).decode(),
        "protected": base64.urlsafe_b64encode(b'{"alg":"dir","enc":"none"}').decode(),
    }
    pem = {"certificate": leaf.cert_chain_pems[0].bytes().decode(), "privateKey": key, "passphrase": sealed}
    declaration = adc("10.1.0.1", service={"class": "Service_HTTPS", "serverTLS": "tls"})
    declaration["T"]["A"] |= {
        "tls": {"class": "TLS_Server", "certificates": [{"certificate": "cert"}]},
        "cert": {"class": "Certificate", **pem},
    }
    assert results(post(bigip, declaration)) == [(200, "success")]
    if passphrase == "wrong":
        with pytest.raises(requests.exceptions.SSLError):
            bigip.request("https://192.0.2.10/", verify=str(tmp_path / "ca.pem"))
    else:
        assert bigip.request("https://192.0.2.10/", verify=str(tmp_path / "ca.pem")).text == "10.1.0.1:80\n"


def test_a_script_that_fails_after_its_member_deletes_leaves_the_pool_empty(bigip: Machine) -> None:
    post(bigip, adc("10.1.0.1"))
    bigip.control("fail", {"message": "01070000:3: no."})
    body = post(bigip, adc("10.1.0.2"))
    assert body["results"][0]["response"] == "01070000:3: no."
    assert members(bigip) == []
    assert bigip.get(DECLARE)["T"]["A"]["pool"]["members"][0]["serverAddresses"] == ["10.1.0.1"]
    with pytest.raises(requests.ConnectionError, match="reset"):
        bigip.request(VIP)


@pytest.mark.parametrize(("age", "status"), [(1, 503), (121, 200)])
def test_the_lock_of_somebody_else(bigip: Machine, age: int, status: int) -> None:
    bigip.control("lock", {"ageSeconds": age})
    assert bigip.call("POST", DECLARE, adc("10.1.0.1")).status_code == status


@pytest.mark.parametrize(("when", "stored"), [("before", 204), ("after", 200)])
def test_a_post_whose_answer_is_lost(bigip: Machine, when: str, stored: int) -> None:
    bigip.fault("lost", {"method": "POST", "path": DECLARE}, when=when)
    with pytest.raises(requests.ConnectionError):
        bigip.call("POST", DECLARE, adc("10.1.0.1"))
    assert bigip.call("GET", DECLARE).status_code == stored


def test_a_restart_in_the_middle_of_a_task_kills_it_and_leaves_its_lock(bigip: Machine) -> None:
    bigip.control("delay", {"ms": 1000 * HANG})
    identity = post(bigip, adc("10.1.0.1"), "?async=true")["id"]
    bigip.wait_for(lambda: bigip.call("POST", DECLARE, adc("10.1.0.1")).status_code == 503)
    bigip.control("restart", {"lock_left": 60})
    bigip.control("delay", {"ms": 0})
    bigip.http = bigip.session("admin")
    assert finished(bigip, identity)["results"][0]["message"] == "task cancelled"
    assert bigip.call("POST", DECLARE, adc("10.1.0.1")).status_code == 503
    bigip.control("lock", {"ageSeconds": 120})
    assert bigip.call("POST", DECLARE, adc("10.1.0.1")).status_code == 200


def is_open(bigip: Machine) -> bool:
    try:
        return bigip.call("GET", DECLARE).ok
    except requests.ConnectionError:
        return False


def test_a_restart_in_the_middle_of_a_synchronous_post(bigip: Machine) -> None:
    post(bigip, adc("10.1.0.1"))
    bigip.control("delay", {"ms": 1000 * HANG})
    bigip.fault("restart", {"method": "POST", "path": DECLARE}, ms=100, down=0.2, lock_left=0)
    with pytest.raises(requests.ConnectionError):
        bigip.call("POST", DECLARE, adc("10.1.0.2"))
    bigip.wait_for(lambda: is_open(bigip))
    assert members(bigip) == [], "its member deletes had taken effect; nothing was added"


def test_as3_dies_while_it_works(bigip: Machine) -> None:
    bigip.control("engine", {"crash": [{"tenant": "T", "when": "after"}]})
    assert bigip.control("engine", method="GET")["crash"] == [{"tenant": "T", "when": "after"}]
    with pytest.raises(requests.ConnectionError):
        bigip.call("POST", DECLARE, adc("10.1.0.1"))
    assert (members(bigip), bigip.call("GET", DECLARE).status_code) == (["10.1.0.1:80"], 204)


def test_the_calls_that_as3_makes_are_counted(bigip: Machine) -> None:
    before = bigip.control("calls", method="GET")["calls"]
    for _ in range(2):
        post(bigip, adc("10.1.0.1"))
    after = bigip.control("calls", method="GET")["calls"]
    assert after - before > 114, "a tenant that exists is read back whole"


def test_event_discovery_fills_a_pool(bigip: Machine) -> None:
    declaration = adc()
    declaration["T"]["A"]["pool"]["members"] = [{"servicePort": 80, "addressDiscovery": "event"}]
    post(bigip, declaration)
    nodes = [{"id": "one", "ip": "10.1.0.3", "port": 80}]
    assert bigip.call("POST", "/mgmt/shared/service-discovery/task/~T~A~pool/nodes", nodes).status_code == 200
    bigip.wait_for(lambda: len(members(bigip)) == 1)
    assert bigip.request(VIP).text == "10.1.0.3:80\n"


def test_a_pair_keeps_its_units_apart_until_they_are_synced(pair: Machine) -> None:
    pair.network.members = {"10.1.0.1:80": "answer"}
    post(pair, adc("10.1.0.1"))
    assert pair.call("GET", DECLARE, unit=1).status_code == 204
    post(pair, {"class": "AS3", "syncToGroup": "/Common/lab-group", "declaration": adc("10.1.0.1")})
    pair.wait_for(lambda: pair.call("GET", DECLARE, unit=1).status_code == 200)
    pair.control("failover")
    assert pair.request(VIP).text == "10.1.0.1:80\n"
    assert results(post(pair, adc("10.1.0.1"), unit=1)) == [(200, "no change")]


def test_an_asynchronous_post_with_sync_to_group(pair: Machine) -> None:
    post(
        pair,
        {"class": "AS3", "syncToGroup": "/Common/lab-group", "declaration": adc("10.1.0.1")},
        "?async=true",
    )
    pair.wait_for(lambda: pair.call("GET", DECLARE, unit=1).status_code == 200)
    assert members(pair, unit=1) == ["10.1.0.1:80"]


def test_a_post_to_the_standby_unit_is_taken_and_puts_the_pair_out_of_sync(pair: Machine) -> None:
    """As on a BIG-IP: nothing keeps a client from the wrong unit, and traffic does not change."""
    pair.network.members = {"10.1.0.1:80": "answer", "10.1.0.2:80": "answer"}
    post(pair, {"class": "AS3", "syncToGroup": "/Common/lab-group", "declaration": adc("10.1.0.1")})
    pair.wait_for(lambda: pair.call("GET", DECLARE, unit=1).status_code == 200)
    assert results(post(pair, adc("10.1.0.2"), unit=1)) == [(200, "success")]
    assert (members(pair, 0), members(pair, 1)) == (["10.1.0.1:80"], ["10.1.0.2:80"])
    assert "Changes Pending" in pair.call("GET", "/mgmt/tm/cm/sync-status").text
    assert pair.request(VIP).text == "10.1.0.1:80\n"


def test_a_restart_while_a_task_is_polled(bigip: Machine) -> None:
    """How a restart comes into the middle of an asynchronous POST: it is put on the poll of its task."""
    bigip.control("delay", {"ms": 1000 * HANG})
    bigip.fault("restart", {"path": "/task/"}, lock_left=0, unavailable=HANG)
    identity = post(bigip, adc("10.1.0.1"), "?async=true")["id"]
    with pytest.raises(requests.ConnectionError):
        bigip.get(f"/mgmt/shared/appsvcs/task/{identity}")
    bigip.http.close()  # a restart ends its connections, and the next request must not meet that end
    assert bigip.call("GET", f"/mgmt/shared/appsvcs/task/{identity}").status_code == 503
    bigip.control("restart", {})
    bigip.http.close()
    assert finished(bigip, identity)["results"][0]["message"] == "task cancelled"
