# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Services are annotated, and when."""

from __future__ import annotations

from ansible_collections.vks.bigip.tests.unit.support.answers import found, listing, missing
from ansible_collections.vks.bigip.tests.unit.support.antrea import (
    MARKED,
    N1,
    NEW1,
    ON,
    WEB,
    agents,
    annotated,
    config,
    failed,
    log,
    restarted,
    run,
    service,
    start,
    write,
)


def test_services_by_name_and_by_label_are_annotated_last() -> None:
    by_label = listing(
        "/api/v1/namespaces/default/services", service("api"), service(**MARKED), labels="tier=web"
    )
    script = [
        found(WEB, service(**MARKED)),
        by_label,
        *start(ON),
        log(N1),
        annotated("api", "true", "antrea_npl"),
    ]
    result = run(script, services=[{"name": "web"}, {"label_selector": "tier=web"}])
    assert result["changed"] and [(item["name"], item["action"]) for item in result["services"]] == [
        ("api", "annotate"),
        ("web", "none"),
    ]


def test_only_our_own_annotation_is_taken_away() -> None:
    theirs = service("api", **{"nodeportlocal.antrea.io_enabled": "true"})
    gone = missing("/api/v1/namespaces/default/services/old")
    script = [
        found(WEB, service(**MARKED)),
        found("/api/v1/namespaces/default/services/api", theirs),
        gone,
        *start(ON),
        log(N1),
        annotated("web", None, None),
    ]
    result = run(
        script, services=[{"name": "web"}, {"name": "api"}, {"name": "old"}], services_state="absent"
    )
    assert [(item["name"], item["action"]) for item in result["services"]] == [
        ("api", "none"),
        ("web", "unannotate"),
    ]


def test_off_takes_the_annotation_away_first() -> None:
    off = ON.replace("enable: true", "enable: false")
    script = [
        found(WEB, service(**MARKED)),
        *start(ON),
        annotated("web", None, None),
        write(off),
        config(off),
        config(off),
        agents(N1),
    ]
    assert (
        run([*script, *restarted(N1, NEW1)[:3]], state="disabled", services=[{"name": "web"}])["services"][0][
            "action"
        ]
        == "unannotate"
    )


def test_services_that_antrea_would_not_map_are_refused() -> None:
    wrong = service()
    wrong["spec"] = {"type": "NodePort", "selector": {"app": "web"}}
    failed(
        run([found(WEB, wrong)], services=[{"name": "web"}]),
        "npl_services",
        "Service default/web is of type NodePort",
        "Nothing was written",
    )
    failed(
        run([missing(WEB)], services=[{"name": "web"}]), "service_not_found", "Reading Service default/web"
    )
