# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the Services of a failed run are sent again, and which faults are not repeated."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.vks.bigip.plugins.module_utils._codes import CODES
from ansible_collections.vks.bigip.plugins.module_utils._watch.journal import Run
from ansible_collections.vks.bigip.plugins.module_utils._watch.retries import NO_RETRY, Retries, Retry

RUN = Run(1764400003.5, "prod", "changed", 1, ("shop/web",), True, False, False, "timeout", (), 2.1, 3.9)
WEB, CART, ALL = ("shop/web",), ("shop/cart",), None


def run(sequence: int | None, services: tuple[str, ...] | None = WEB, failed: bool = True, **more: object) -> Run:
    return replace(RUN, sequence=sequence, services=services, failed=failed, **more)  # type: ignore[arg-type]


def retry(*services: str) -> frozenset[str]:
    return frozenset(services)


def taken(retries: Retries, now: float) -> frozenset[str] | str | None:
    """The Services of the retry that is due, or "all"; None if there is none."""
    due = retries.take(now)
    return due and ("all" if due.services is None else due.services)


@pytest.fixture
def retries() -> Retries:
    """With the longest delays."""
    return Retries(lambda: 1.0)


def test_no_run_failed(retries: Retries) -> None:
    retries.ended(run(1, failed=False), 0.0)
    assert retries.due is None and retries.take(1e9) is None


def test_the_services_of_a_failed_run_are_sent_once_more(retries: Retries) -> None:
    retries.ended(run(1), 100.0)
    assert retries.due == 102.0 and retries.take(101.9) is None
    assert taken(retries, 102.0) == retry(*WEB)
    assert retries.due is None and retries.take(1e9) is None


def test_a_retry_knows_the_first_change(retries: Retries) -> None:
    retries.ended(run(1, WEB, from_change=4.0), 100.0)
    retries.ended(run(2, CART, from_change=10.0), 101.0)
    assert retries.take(102.0) == Retry(frozenset({*WEB, *CART}), 91.0)
    retries.ended(run(3, (*WEB, *CART), from_change=2.0), 110.0)
    assert retries.take(114.0) == Retry(frozenset({*WEB, *CART}), 91.0)
    retries.ended(run(4, (*WEB, *CART), failed=False), 120.0)
    retries.ended(run(5, WEB, from_change=None), 130.0)
    assert retries.take(132.0) == Retry(frozenset(WEB), 130.0)


def test_delays_double_up_to_a_minute(retries: Retries) -> None:
    delays = []
    for sequence in range(20):
        retries.ended(run(sequence), 0.0)
        delays.append(retries.due)
        assert taken(retries, 60.0) == retry(*WEB)
    assert delays == [2, 4, 8, 16, 32] + [60] * 15


@given(st.floats(0, 1), st.integers(0, 9))
def test_a_part_of_the_delay_is_random(part: float, attempts: int) -> None:
    retries = Retries(lambda: part)
    for sequence in range(attempts):
        retries.ended(run(sequence), 0.0)
        retries.take(60.0)
    retries.ended(run(attempts), 0.0)
    whole = min(60.0, 2.0 ** (attempts + 1))
    assert retries.due is not None and whole / 2 <= retries.due <= whole


def test_a_run_that_did_not_fail_begins_with_the_first_delay_again(retries: Retries) -> None:
    for sequence in range(5):
        retries.ended(run(sequence), 0.0)
        retries.take(60.0)
    retries.ended(run(5, failed=False), 0.0)
    retries.ended(run(6), 0.0)
    assert retries.due == 2.0


def test_at_most_one_retry_is_pending_with_all_that_failed(retries: Retries) -> None:
    retries.ended(run(1, WEB), 0.0)
    retries.ended(run(2, CART), 1.0)
    assert retries.due == 2.0 and taken(retries, 2.0) == retry(*WEB, *CART)


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (run(2, WEB, failed=False), None),
        (run(2, (*CART, *WEB), failed=False), None),
        (run(2, ALL, failed=False), None),
        (run(2, CART, failed=False), retry(*WEB)),
        (run(2, (), failed=False), retry(*WEB)),
        # Which ones it published is unknown.
        (run(2, WEB, failed=False, more=1), retry(*WEB)),
        # Another task of the same play, and a later task of an earlier play.
        (run(1, WEB, failed=False), retry(*WEB)),
        (run(1, ALL, failed=False), retry(*WEB)),
        (run(0, WEB, failed=False), retry(*WEB)),
        (run(None, ALL, failed=False), retry(*WEB)),
        (run(2, WEB, failed=False, check_mode=True), retry(*WEB)),
        # The newer fault of these Services decides.
        (run(2, WEB, code="invalid_options"), None),
        (run(2, CART, code="invalid_options"), retry(*WEB)),
    ],
)
def test_a_later_run_of_the_same_services_decides(retries: Retries, later: Run, expected: frozenset[str] | str | None) -> None:
    retries.ended(run(1, WEB), 0.0)
    retries.ended(later, 1.0)
    assert taken(retries, 60.0) == expected


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (run(2, ALL, failed=False), None),
        (run(1, ALL, failed=False), "all"),
        (run(2, WEB, failed=False), "all"),
        (run(2, WEB), "all"),
    ],
)
def test_a_failed_run_of_all_applications_is_repeated_for_all(retries: Retries, later: Run, expected: frozenset[str] | str | None) -> None:
    retries.ended(run(1, ALL), 0.0)
    retries.ended(later, 1.0)
    assert taken(retries, 60.0) == expected


def test_a_run_of_more_services_than_its_line_names_is_repeated_for_all(retries: Retries) -> None:
    retries.ended(run(1, WEB, more=1), 0.0)
    assert taken(retries, 2.0) == "all"


@pytest.mark.parametrize("other", [run(None), run(1, check_mode=True)], ids=["by hand", "check mode"])
def test_a_run_that_is_never_repeated(retries: Retries, other: Run) -> None:
    retries.ended(other, 0.0)
    assert retries.due is None


@pytest.mark.parametrize(
    ("code", "codes", "repeated"),
    [
        (None, (), True),
        ("invalid_options", (), False),
        ("bigip_auth", (), False),
        ("bigip_unavailable", (), True),
        ("of_a_later_release", (), True),
        ("tenants_failed", (), True),
        ("tenants_failed", ("422",), True),
        ("tenants_failed", ("members_not_up",), True),
        ("tenants_failed", ("service_not_found", "unmarked"), False),
        ("tenants_failed", ("service_not_found", "stopped"), False),
        ("tenants_failed", ("conflict", "service_not_found"), True),
    ],
)
def test_the_codes_decide(retries: Retries, code: str | None, codes: tuple[str, ...], repeated: bool) -> None:
    retries.ended(run(1, code=code, codes=codes), 0.0)
    assert (retries.due is not None) is repeated


CURED = {
    "as3_missing", "as3_refused", "as3_unreadable", "auto_undecided", "bigip_answer", "bigip_busy", "bigip_no_active_unit",
    "bigip_not_found", "bigip_refused", "bigip_tls", "bigip_token_limit", "bigip_unavailable", "bigip_unreachable", "cis_unknown",
    "conflict", "dry_run_ignored", "endless", "kubernetes_credential_plugin", "kubernetes_error", "kubernetes_expired",
    "kubernetes_forbidden", "kubernetes_not_found", "kubernetes_not_json", "kubernetes_timeout", "kubernetes_tls",
    "kubernetes_unauthorized", "kubernetes_unreachable", "members_not_up", "outcome_unknown",
    "owner_required", "pod_network_unreachable", "put_back", "removed", "secret_key_not_found", "secret_not_found", "secret_not_text", "tenants_failed",
    "timeout", "unexpected",
}  # fmt: skip


def test_each_code_of_publish_is_repeated_or_not() -> None:
    """A new code needs this decision. An API server that starts answers 401 and 403 for a while."""
    of_publish = {code for code, meaning in CODES.items() if "publish" in meaning.modules}
    assert set(NO_RETRY) <= of_publish and of_publish - NO_RETRY == CURED
