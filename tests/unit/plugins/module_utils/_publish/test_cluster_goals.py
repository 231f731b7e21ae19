# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Goals from a cluster: members, secrets, the owner, and the CIS that may own a tenant."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._members.model import LeftOut, Service, ServicePort
from ansible_collections.vks.bigip.plugins.module_utils._ownership import claims, mark, owners
from ansible_collections.vks.bigip.tests.unit.support.publishing import OWNER, WEB, World, app, pool


@pytest.mark.parametrize(
    ("stored_owner", "options", "code"),
    [
        ("them", {}, "not_ours"),
        ("them", {"adopt": "unmarked"}, "not_ours"),
        (None, {}, "unmarked"),
        (None, {"adopt": "unmarked"}, None),
    ],
)
def test_ownership(stored_owner: str | None, options: dict[str, Any], code: str | None) -> None:
    world = World(WEB)
    world.publish(applications=[app()], owner=stored_owner or "x")
    if stored_owner is None:
        world.publish(state="released", tenants={"T1": {}}, owner="x")
    done = world.publish(applications=[app()], **options)
    assert (done["failure"]["tenants"][0]["code"] if "failure" in done else None) == code
    if code is None:
        assert (
            done["tenants"]["T1"]["action"] == "update"
            and mark.owner(world.bigip.stored["T1"]["A1"]) == OWNER
        )
        assert not world.publish(applications=[app()])["changed"]


@pytest.mark.parametrize(
    ("mode", "network", "word", "refused"),
    [
        ("cluster", "nsx_vpc", False, True),
        ("cluster", "nsx_t1", False, True),
        ("cluster", "nsx_vpc", True, False),
        ("cluster", "vsphere", False, False),
        ("nodeport", "nsx_vpc", False, False),
    ],
)
def test_what_f5_has_not_validated_needs_a_word(mode: str, network: str, word: bool, refused: bool) -> None:
    world = World(WEB)
    options = {
        "applications": [app()],
        "pool_member_type": mode,
        "network_provider": network,
        "allow_unvalidated": word,
    }
    if not refused:
        assert world.publish(**options)["changed"]
        return
    with pytest.raises(Failure, match="allow_unvalidated") as caught:
        world.publish(**options)
    assert caught.value.code == "not_validated" and caught.value.details["path"] == "applications[0]"
    assert not world.bigip.reads and not world.cluster.entered


def test_what_f5_has_not_validated_needs_a_word_for_labelled_services_too() -> None:
    labels = {"cis.f5.com/as3-tenant": "T1", "cis.f5.com/as3-app": "A1", "cis.f5.com/as3-pool": "web_pool"}
    world = World(
        WEB,
        services=[
            Service("default", "web", ports=(ServicePort("http", 80, "TCP", 8080, None),), labels=labels)
        ],
    )
    declaration = {
        "class": "ADC",
        "T1": {"class": "Tenant", "A1": {"class": "Application", "web_pool": {"class": "Pool"}}},
    }
    with pytest.raises(Failure, match="Service default/web: .*allow_unvalidated"):
        world.publish(
            declaration=declaration,
            label_namespaces=["default"],
            pool_member_type="cluster",
            network_provider="nsx_vpc",
        )
    assert not world.bigip.posts


def test_published_mode_is_given_to_the_collector() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.publish(applications=[app()])
    assert world.cluster.published == {"applications[0]": "nodeportlocal"}


def test_a_key_pair_from_a_secret_is_published_renewed_and_never_shown() -> None:
    key = "-----BEGIN PRIVATE KEY-----\nabcdef\n-----END PRIVATE KEY-----\n"
    world = World(WEB, secrets={("default", "web-tls"): {"tls.crt": b"CERT", "tls.key": key.encode()}})

    def reference(name: str) -> dict[str, Any]:
        return {"from_secret": {"namespace": "default", "name": "web-tls", "key": name}}

    item = app(
        virtual_server={"class": "Service_HTTPS", "virtualAddresses": ["192.0.2.10"], "serverTLS": "webtls"},
        objects={
            "webtls": {"class": "TLS_Server", "certificates": [{"certificate": "webcert"}]},
            "webcert": {
                "class": "Certificate",
                "certificate": reference("tls.crt"),
                "privateKey": reference("tls.key"),
            },
        },
    )
    first = world.publish(applications=[item])
    assert world.bigip.stored["T1"]["A1"]["webcert"]["privateKey"] == key
    assert "abcdef" not in str(first) and key in world.hidden
    assert not world.publish(applications=[item])["changed"]
    world.cluster.secrets[("default", "web-tls")]["tls.key"] = b"RENEWED-KEY"
    done = world.publish(applications=[item])
    assert done["changed"] and "RENEWED" not in str(done) and "(changed)" in done["diff"][0]["after"]


def test_plain_text_that_as3_encrypts_is_no_change_either() -> None:
    world = World(WEB)

    def item(key: str) -> dict[str, Any]:
        discovered = {
            "servicePort": 80,
            "addressDiscovery": "aws",
            "accessKeyId": "id",
            "secretAccessKey": key,
            "tagKey": "k",
            "tagValue": "v",
            "region": "r",
        }
        return app(objects={"elsewhere": {"class": "Pool", "members": [discovered]}})

    world.publish(applications=[item("word-one")])
    entry = world.bigip.stored["T1"]["A1"]["elsewhere"]["members"][0]
    entry["secretAccessKey"] = {
        "ciphertext": "JE1J",
        "protected": "eyJhbGciOiJkaXIiLCJlbmMiOiJmNXN2In0=",
        "miniJWE": True,
    }
    assert not world.publish(applications=[item("word-one")])["changed"]
    assert world.publish(applications=[item("word-two")])["changed"]


def test_a_rotated_passphrase_is_a_change_and_an_equal_one_is_not() -> None:
    world = World(WEB)

    def item(passphrase: str) -> dict[str, Any]:
        secret = {"ciphertext": passphrase, "protected": "eyJhbGciOiJkaXIiLCJlbmMiOiJub25lIn0"}
        return app(
            objects={
                "mon": {"class": "Monitor", "monitorType": "http", "username": "u", "passphrase": secret}
            }
        )

    world.publish(applications=[item("b25l")])
    # AS3 returns a cipher that only BIG-IP can read
    world.bigip.stored["T1"]["A1"]["mon"]["passphrase"] = {
        "ciphertext": "JE1J",
        "protected": "eyJhbGciOiJkaXIiLCJlbmMiOiJmNXN2In0=",
        "miniJWE": True,
    }
    assert not world.publish(applications=[item("b25l")])["changed"]
    assert world.publish(applications=[item("dHdv")])["changed"]


def claims_of(replicas: int) -> list[Any]:
    """Those of the CIS kube-system/f5-cis with the partition kubernetes."""
    container = {
        "name": "cis",
        "image": "f5networks/k8s-bigip-ctlr:2.20.3",
        "args": ["--bigip-partition=kubernetes", "--pool-member-type", "nodeportlocal"],
    }
    deployment = {
        "metadata": {"namespace": "kube-system", "name": "f5-cis"},
        "spec": {"replicas": replicas, "template": {"spec": {"containers": [container]}}},
        "status": {"replicas": replicas},
    }
    return claims.claims(
        [deployment, {"spec": {"template": {"spec": {"containers": [{"image": "nginx"}]}}}}], []
    )


@pytest.mark.parametrize(
    ("replicas", "adopt", "code"),
    [
        (1, "none", "cis_running"),
        (1, "unmarked", "cis_running"),
        (1, "cis", "cis_running"),
        (0, "none", "cis_tenant"),
        (0, "unmarked", "cis_tenant"),
        (0, "cis", None),
    ],
)
def test_a_tenant_of_a_cis(replicas: int, adopt: str, code: str | None) -> None:
    world = World(WEB)
    world.cluster.claims = claims_of(replicas)
    world.bigip.stored["T1"] = {
        "class": "Tenant",
        "label": "kubernetes",
        "Shared": {"class": "Application", "template": "shared"},
    }
    done = world.publish(applications=[app()], adopt=adopt)
    assert (done["failure"]["tenants"][0]["code"] if "failure" in done else None) == code
    if code:
        assert "kube-system/f5-cis" in done["failure"]["message"] and world.bigip.posts == []


DENIED = Failure(
    "kubernetes_forbidden",
    "listing ConfigMaps",
    said="configmaps is forbidden",
    remedy="Bind a Role with this rule.",
)


@pytest.mark.parametrize(
    ("claim", "adopt", "code"),
    [
        (
            owners.CisClaim("kube-system/f5-cis", frozenset({"other"}), True, DENIED),
            "unmarked",
            "cis_unknown",
        ),
        (owners.CisClaim("kube-system/f5-cis", frozenset({"other"}), True, DENIED), "cis", "cis_unknown"),
        (owners.CisClaim("kube-system/f5-cis", frozenset({"T1"}), True, DENIED), "unmarked", "cis_running"),
        (
            owners.CisClaim("kube-system/f5-cis", frozenset({"other"}), False, DENIED),
            "unmarked",
            "cis_unknown",
        ),
        (owners.CisClaim("kube-system/f5-cis", frozenset({"other"}), False, DENIED), "cis", None),
        (owners.CisClaim("kube-system/f5-cis", frozenset({"other"}), True), "unmarked", None),
        (owners.CisClaim("", frozenset(), True, DENIED), "unmarked", "cis_unknown"),
        (owners.CisClaim("", frozenset(), True, DENIED), "none", "unmarked"),
    ],
)
def test_nothing_is_adopted_while_it_is_unknown_what_a_cis_owns(
    claim: owners.CisClaim, adopt: str, code: str | None
) -> None:
    world = World(WEB)
    world.cluster.claims = [claim]
    world.bigip.stored["T1"] = {"class": "Tenant", "A1": {"class": "Application"}}
    done = world.publish(applications=[app(), app("T2", virtual_server=None)], adopt=adopt)
    assert [failure["code"] for failure in done.get("failure", {}).get("tenants", [])] == [code] * bool(code)
    assert "T2" in world.bigip.stored and (mark.owner(world.bigip.stored["T1"]["A1"]) is None) == bool(
        code
    ), "a new tenant is published"
    if code == "cis_unknown":
        assert (
            done["failure"]["tenants"][0]["said"] == "configmaps is forbidden"
            and "Bind a Role with this rule." in done["failure"]["message"]
        )
    else:
        assert not world.publish(applications=[app("T2", virtual_server=None)])["changed"], (
            "what is ours needs no claims"
        )


@pytest.mark.parametrize(
    ("tenant", "replicas", "refused"), [("kubernetes", 1, True), ("kubernetes", 0, False), ("T1", 1, False)]
)
def test_a_tenant_that_a_cis_is_about_to_make(tenant: str, replicas: int, refused: bool) -> None:
    world = World(WEB)
    world.cluster.claims = claims_of(replicas)
    done = world.publish(applications=[app(tenant)])
    assert [failure["code"] for failure in done.get("failure", {}).get("tenants", [])] == [
        "cis_running"
    ] * refused
    assert bool(world.bigip.posts) != refused


def test_a_cis_that_is_about_to_be_scaled_to_0_is_predicted_and_nothing_is_done() -> None:
    def world() -> World:
        made = World(WEB)
        made.bigip.stored["T1"] = {
            "class": "Tenant",
            "label": "kubernetes",
            "Shared": {"class": "Application", "template": "shared"},
        }
        return made

    def shown(run: dict[str, Any]) -> dict[str, Any]:
        return {
            part: run["tenants"]["T1"][part]
            for part in ("action", "applications", "members_added", "members_removed")
        }

    before, after = world(), world()
    before.cluster.claims, after.cluster.claims = claims_of(1), claims_of(0)
    items = [app(virtual_server=None)]
    predicted = before.publish(
        applications=items, adopt="cis", assume_cis_at_rest=["kube-system/f5-cis"], check_mode=True
    )
    done = after.publish(applications=items, adopt="cis")
    assert shown(predicted) == shown(done)
    assert predicted["changed"] and done["changed"] and not before.bigip.posts
    other = before.publish(
        applications=items, adopt="cis", assume_cis_at_rest=["kube-system/another"], check_mode=True
    )
    assert other["failure"]["tenants"][0]["code"] == "cis_running"
    with pytest.raises(Failure, match="assume_cis_at_rest.*check mode only"):
        before.publish(applications=items, adopt="cis", assume_cis_at_rest=["kube-system/f5-cis"])


@pytest.mark.parametrize(
    ("name", "key", "code"),
    [("nope", "tls.key", "secret_not_found"), ("web-tls", "nope", "secret_key_not_found")],
)
def test_a_missing_secret_holds_its_tenant_only(name: str, key: str, code: str) -> None:
    world = World(WEB, secrets={("default", "web-tls"): {"tls.key": b"KEY-MATERIAL"}})
    reference = {"from_secret": {"namespace": "default", "name": name, "key": key}}
    broken = app(
        "T2", virtual_server=None, objects={"cert": {"class": "Certificate", "privateKey": reference}}
    )
    done = world.publish(applications=[app(), broken])
    assert [(failure["tenant"], failure["code"]) for failure in done["failure"]["tenants"]] == [
        ("T2", code)
    ] and list(world.bigip.stored) == ["T1"]


def test_an_application_without_a_mark_beside_ours_is_a_reason_to_look_for_a_cis() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.cluster.claims = [owners.CisClaim("kube-system/f5-cis", frozenset({"T1"}), True)]
    assert not world.publish(applications=[app()])["changed"], "all in the tenant is ours: no claim matters"
    world.bigip.stored["T1"]["Theirs"] = {"class": "Application"}
    (failure,) = world.publish(applications=[app()])["failure"]["tenants"]
    assert failure["code"] == "cis_running"


@pytest.mark.parametrize(
    ("stored", "read"),
    [([], 1), (["T1"], 1), (["T1", "T2"], 0)],
    ids=["none is stored", "one is stored", "both are"],
)
def test_cis_are_looked_for_only_where_one_may_own_a_tenant(stored: list[str], read: int) -> None:
    class Claims(list[Any]):
        reads = 0

        def __iter__(self) -> Any:
            Claims.reads += 1
            return super().__iter__()

    world = World(WEB)
    items = [app(), app("T2", virtual_server=None)]
    if stored:
        world.publish(applications=[item for item in items if item["tenant"] in stored])
    world.cluster.claims = Claims()
    world.publish(applications=items)
    assert Claims.reads == read


KUBE_SYSTEM = Failure(
    "owner_required", "finding the default owner (the UID of namespace kube-system)", said="forbidden"
)


def test_without_the_right_to_read_kube_system_an_owner_is_needed() -> None:
    world = World(WEB, uid_failure=KUBE_SYSTEM)
    with pytest.raises(Failure) as raised:
        world.publish(applications=[app()])
    assert (
        raised.value.code == "owner_required" and raised.value.said == "forbidden" and not world.bigip.posts
    )
    assert raised.value.remedy == "Set owner: the cluster does not show who publishes."
    assert world.publish(applications=[app()], owner="me")["changed"]
    own = mark.of(world.bigip.stored["T1"]["A1"]) or {}
    assert own["owner"] == "me" and "cluster" not in own


def test_another_failure_of_that_read_stops_the_run_with_an_owner_too() -> None:
    world = World(WEB, uid_failure=Failure("kubernetes_unreachable", "Reading the namespace kube-system"))
    with pytest.raises(Failure) as raised:
        world.publish(applications=[app()], owner="me")
    assert raised.value.code == "kubernetes_unreachable"


def test_an_owner_is_beside_the_clusters_uid_in_the_mark() -> None:
    world = World(WEB)
    world.publish(applications=[app()], owner="me")
    own = mark.of(world.bigip.stored["T1"]["A1"]) or {}
    assert (own["owner"], own["cluster"]) == ("me", OWNER)


def test_a_secret_that_cannot_be_read_stops_everything() -> None:
    world = World(WEB)

    def secret(namespace: str, name: str) -> Any:
        raise Failure("kubernetes_forbidden", f"reading Secret {namespace}/{name}")

    world.cluster.secret = secret  # type: ignore[method-assign]
    reference = {"from_secret": {"namespace": "default", "name": "web-tls", "key": "tls.key"}}
    item = app(objects={"cert": {"class": "Certificate", "privateKey": reference}})
    with pytest.raises(Failure) as raised:
        world.publish(applications=[item])
    assert raised.value.code == "kubernetes_forbidden" and not world.bigip.posts


def test_only_the_values_that_are_used_of_a_secret_are_hidden() -> None:
    world = World(
        WEB, secrets={("default", "web-tls"): {"tls.key": b"KEY-MATERIAL", "other": b"NOT-USED-HERE"}}
    )
    reference = {"from_secret": {"namespace": "default", "name": "web-tls", "key": "tls.key"}}
    world.publish(applications=[app(objects={"cert": {"class": "Certificate", "privateKey": reference}})])
    assert "KEY-MATERIAL" in world.hidden and "NOT-USED-HERE" not in world.hidden


def test_warnings_of_a_pool_name_it() -> None:
    world = World(
        {"web": dataclasses.replace(pool("10.0.0.1:61001", "10.0.0.2:61002"), warnings=("Something.",))}
    )
    assert "/T1/A1/pool: Something." in world.publish(applications=[app()])["warnings"]


def test_pods_that_are_left_out_may_still_answer() -> None:
    """So the members that leave are removed in slices; a node that is left out does not cause that."""
    for kind, posts in (("Pod", 2), ("Node", 1)):
        world = World({"web": pool(*(f"10.0.0.{number}:61000" for number in range(1, 5)))})
        world.publish(applications=[app()])
        world.bigip.posts.clear()
        out = (LeftOut(kind, "a", "not_ready", "It is not ready."),)
        world.cluster.by_service["web"] = dataclasses.replace(pool("10.0.0.1:61000"), left_out=out)
        world.publish(applications=[app()])
        assert len(world.bigip.posts) == posts


def test_a_mode_of_an_older_mark_counts_for_each_pool_unless_it_is_mixed() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    own = mark.of(world.bigip.stored["T1"]["A1"]) or {}
    for mode, published in (("nodeport", {"applications[0]": "nodeport"}), ("mixed", {})):
        older = {key: value for key, value in own.items() if key != "pools"}
        world.bigip.stored["T1"]["A1"] = mark.put(
            world.bigip.stored["T1"]["A1"], {**older, "pool_member_type": mode}
        )
        world.publish(applications=[app()], check_mode=True)
        assert world.cluster.published == published
