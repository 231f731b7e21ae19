# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The warning of a connection to Kubernetes whose certificate is not verified."""

from __future__ import annotations

from typing import Any, Mapping

from ansible.module_utils.parsing.convert_bool import BOOLEANS_FALSE

from .options import KUBERNETES_OPTIONS

UNVERIFIED = (
    "The certificate of the Kubernetes API is not verified (validate_certs: false, or "
    "insecure-skip-tls-verify in the kubeconfig): any machine on the way to it can read and change "
    "everything. Set ca_cert instead."
)
BY_VARIABLE = (
    "The certificate of the Kubernetes API is not verified, because {variable}={value} is in the environment. "
    "Any machine on the way to it can read and change everything. AWX's Kubernetes credential sets this "
    "variable unless Verify SSL is on and it has Certificate Authority data. Set both. "
    "If a public authority signed the certificate, set validate_certs: true."
)


def warning(options: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    """The text for these options (options.KUBERNETES_OPTIONS). It names the variable that disables verification.

    A task that sets validate_certs to false beside such a variable gets the same text.
    """
    if options.get("validate_certs") is False:
        for variable in KUBERNETES_OPTIONS["validate_certs"]["fallback"][1]:
            value = environment.get(variable)
            if value:  # the first that is set counts
                if value.strip().lower() in BOOLEANS_FALSE:
                    return BY_VARIABLE.format(variable=variable, value=value.strip())
                break
    return UNVERIFIED
