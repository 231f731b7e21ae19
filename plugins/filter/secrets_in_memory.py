# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation and wiring; the work is in module_utils/_kube/memory.py."""

from __future__ import annotations

DOCUMENTATION = r"""
name: secrets_in_memory
short_description: A kubeconfig whose keys and tokens are in memory
version_added: 1.0.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Puts the token and the client key of each user of a kubeconfig into a file in memory, and names that file in their place.
  - Modules of C(kubernetes.core) and Helm copy a kubeconfig into a temporary file, and remove it when they end. When the play is killed, the copy
    stays. What this filter returns holds no token and no client key, and the files in memory end with the task. A password stays in it.
  - Use it on a local connection only. The module must run on the machine on which Ansible runs.
  - A path is returned as it is if the file cannot be read or has a user with a plugin (exec, auth-provider). On a system without files
    in memory, such as macOS, everything is returned as it is.
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
    """The kubeconfig, or the path, without secrets where that is possible."""
    try:
        if isinstance(kubeconfig, Mapping):
            return memory.without_secrets(kubeconfig)
        path = os.path.abspath(os.path.expanduser(str(kubeconfig or "")))
        content = _loaded(path)
        if content is None or any(name in (item.get("user") or {}) for item in content.get("users") or [] for name in _PLUGINS):
            return kubeconfig
        return memory.without_secrets(content, os.path.dirname(path))
    except (ValueError, TypeError, AttributeError):
        raise AnsibleFilterError("The kubeconfig is not built as a kubeconfig is. Check its users and clusters.") from None


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
