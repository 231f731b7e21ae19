# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation and wiring; the work is in module_utils/_kube/memory.py."""

from __future__ import annotations

DOCUMENTATION = r"""
name: secrets_in_memory
short_description: Move the keys and tokens of a kubeconfig to memory
version_added: 1.0.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Writes the token and the client key of each user of a kubeconfig to a file in memory, and replaces them by
    the path of that file.
  - Modules of C(kubernetes.core) and Helm copy a kubeconfig to a temporary file, and remove it when they end.
    If the play is killed, the copy remains. The result of this filter contains no token and no client key,
    and the files in memory are removed at the end of the task. A password remains in it.
  - Use it only with a local connection, because the module must run on the control node.
  - A path is returned as it is if the file cannot be read or has a user with a plugin (exec, auth-provider).
    On a system without files in memory, such as macOS, the filter returns its input.
positional: _input
options:
  _input:
    description:
      - The kubeconfig, as a dictionary or as the path of a file.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: List the Pods of a namespace
  kubernetes.core.k8s_info:
    kubeconfig: "{{ shop_kubeconfig | vks.bigip.secrets_in_memory }}"
    kind: Pod
    namespace: shop
"""

RETURN = r"""
_value:
  description:
    - The kubeconfig without its secrets, or the path that was given.
  type: raw
"""

import os
from typing import Any, Mapping

import yaml
from ansible.errors import AnsibleFilterError

from ..module_utils._kube import memory

_PLUGINS = ("exec", "auth-provider")


def secrets_in_memory(kubeconfig: Any) -> Any:
    """The kubeconfig or the path, without secrets if possible."""
    try:
        if isinstance(kubeconfig, Mapping):
            return memory.without_secrets(kubeconfig)
        path = os.path.abspath(os.path.expanduser(str(kubeconfig or "")))
        content = _loaded(path)
        if content is None or any(name in (item.get("user") or {}) for item in content.get("users") or [] for name in _PLUGINS):
            return kubeconfig
        return memory.without_secrets(content, os.path.dirname(path))
    except (ValueError, TypeError, AttributeError):
        raise AnsibleFilterError("The kubeconfig does not have the structure of a kubeconfig. Check its users and clusters.") from None


def _loaded(path: str) -> dict[str, Any] | None:
    try:
        with open(path, encoding="utf-8") as file:
            content = yaml.safe_load(file)
    except (OSError, ValueError, yaml.YAMLError):
        return None
    return content if isinstance(content, dict) else None


class FilterModule:
    """For Ansible."""

    def filters(self) -> dict[str, Any]:
        return {"secrets_in_memory": secrets_in_memory}
