# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a connection to BIG-IP: the twin of module_utils/_bigip/options.py."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  provider:
    description:
      - The connection to BIG-IP.
      - A playbook may leave it out and live on the environment variables alone.
      - The account needs the role Administrator, as everything that uses AS3.
    type: dict
    suboptions:
      server:
        description:
          - The management address or name of BIG-IP. For a pair give both units; the active one is found before the first request
            and again after each retry.
          - A port that differs from O(provider.server_port) may stand behind the name, as in V(bigip1.example.com:8443).
          - Without it, E(F5_SERVER) is used, where several units are separated by commas.
        type: list
        elements: str
      server_port:
        description:
          - The port of the management interface.
          - Without it, E(F5_SERVER_PORT) is used, and then V(443).
        type: int
        default: 443
      user:
        description:
          - The name to sign in with.
          - Without it, E(F5_USER) is used.
        type: str
      password:
        description:
          - The password of O(provider.user).
          - Without it, E(F5_PASSWORD) is used.
        type: str
        aliases: [pass, pwd]
      token:
        description:
          - A token to use instead of signing in. It is never deleted.
          - If it expires during the task and O(provider.user) and O(provider.password) are set, the task signs in with them.
        type: str
      auth:
        description:
          - With V(token) the task signs in once, and deletes its token in the end, whatever happened.
          - With V(basic) each request carries O(provider.user) and O(provider.password).
        type: str
        choices: [token, basic]
        default: token
      auth_provider:
        description:
          - The login provider of BIG-IP that knows the user, for example a remote authentication provider.
          - Without it, E(F5_PROVIDER) is used, and then V(tmos).
        type: str
        default: tmos
      validate_certs:
        description:
          - Whether the certificate of BIG-IP must be valid. Turn it off in a lab only.
          - Without it, E(F5_VALIDATE_CERTS) is used, and then V(true).
        type: bool
        default: true
      ca_cert:
        description:
          - The PEM certificates that are trusted for BIG-IP, and no others. Set the path of a file, or their text.
          - Without it, E(F5_CA_CERT) is used; without either, the authorities that the system and Python's certifi trust.
            E(REQUESTS_CA_BUNDLE) has no effect.
          - A file without content counts as unset.
        type: path
      proxy:
        description:
          - The URL of an HTTP proxy between here and BIG-IP.
          - Without it, E(HTTPS_PROXY) and E(NO_PROXY) of the environment count, but never for a loopback address.
            V(none) turns them off.
        type: str
      timeout:
        description:
          - Seconds within which the whole answer to a single request must arrive.
          - How long the whole task may take is O(timeout).
        type: int
        default: 60
      max_response_mb:
        description:
          - The most megabytes that an answer may have, after it was decompressed. A larger one ends the task with the error C(bigip_answer).
          - It bounds the memory of the task. BIG-IP's own REST services send less than the default.
        type: int
        default: 64
      transport:
        description: An option of C(f5networks.f5_modules), accepted and ignored.
        type: str
      no_f5_teem:
        description: An option of C(f5networks.f5_modules), accepted and ignored. This collection sends no telemetry.
        type: bool
      ssh_keyfile:
        description: An option of C(f5networks.f5_modules), accepted and ignored.
        type: path
requirements:
  - requests >= 2.33.0
  - urllib3 >= 2.8.0
"""
