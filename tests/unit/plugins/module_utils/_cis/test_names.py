# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of the objects of one CIS."""

from __future__ import annotations

from ansible_collections.vks.bigip.plugins.module_utils._cis.names import Names


def test_names_of_the_defaults() -> None:
    names = Names.of({"namespace": "f5-cis", "release_name": None, "bigip_login_secret": ""})
    assert names == Names("f5-bigip-ctlr", "f5-cis", "f5-bigip-ctlr-login")
    assert Names.of({}) == Names("f5-bigip-ctlr", "", "f5-bigip-ctlr-login")
    assert (names.trusted_certs, names.extended_spec) == (
        "f5-bigip-ctlr-trusted-certs",
        "f5-bigip-ctlr-extended-spec",
    )
    assert (names.service_account, names.ipam_claim) == ("f5-bigip-ctlr-serviceaccount", "f5-bigip-ctlr-ipam")
    assert names.rights == "f5-bigip-ctlr-blockaffinities"


def test_two_releases_share_a_namespace() -> None:
    one, two = (
        Names.of({"namespace": "cis", "release_name": name, "bigip_login_secret": "mine"})
        for name in ("a", "b")
    )
    assert one.login_secret == two.login_secret == "mine"
    for name in ("trusted_certs", "service_account", "extended_spec", "ipam_claim", "rights"):
        assert getattr(one, name).startswith("a-") and getattr(two, name).startswith("b-")
    assert one.kubeconfig("east") == "a-kubeconfig-east"
    assert two.labels == {"app.kubernetes.io/managed-by": "vks.bigip", "app.kubernetes.io/instance": "b"}
