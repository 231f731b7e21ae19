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
      - Optional if the environment variables below are set.
      - The account needs the role Administrator, which AS3 requires.
    type: dict
    suboptions:
      server:
        description:
          - The management address or name of BIG-IP. For a pair, list both units. The module finds the active
            unit before the first request and after each retry.
          - If a port differs from O(provider.server_port), append it to the name, as in
            V(bigip1.example.com:8443).
          - Default is E(F5_SERVER), with commas between several units.
        type: list
        elements: str
      server_port:
        description:
          - The port of the management interface.
          - Default is E(F5_SERVER_PORT), and then V(443).
        type: int
        default: 443
      user:
        description:
          - The name to sign in with.
          - Default is E(F5_USER).
        type: str
      password:
        description:
          - The password of O(provider.user).
          - Default is E(F5_PASSWORD).
        type: str
        aliases: [pass, pwd]
      token:
        description:
          - A token to use instead of signing in. It is never deleted.
          - If it expires during the task and O(provider.user) and O(provider.password) are set, the task
            signs in with them.
        type: str
      auth:
        description:
          - With V(token), the task signs in once. It deletes its token at the end, also after an error.
          - With V(basic), each request contains O(provider.user) and O(provider.password).
        type: str
        choices: [token, basic]
        default: token
      auth_provider:
        description:
          - The login provider of BIG-IP for this user, for example a remote authentication provider.
          - Default is E(F5_PROVIDER), and then V(tmos).
        type: str
        default: tmos
      validate_certs:
        description:
          - Verify the certificate of BIG-IP. Disable this only in a lab.
          - Default is E(F5_VALIDATE_CERTS), and then V(true).
        type: bool
        default: true
      ca_cert:
        description:
          - The PEM certificates to trust for BIG-IP, instead of all others. Set the path of a file, or their
            text.
          - Default is E(F5_CA_CERT), and then the authorities of the system and of Python's certifi.
            E(REQUESTS_CA_BUNDLE) has no effect.
          - An empty file counts as unset.
        type: path
      proxy:
        description:
          - The URL of an HTTP proxy for requests to BIG-IP.
          - Default is E(HTTPS_PROXY) with the exceptions in E(NO_PROXY). A loopback address never uses a
            proxy from the environment. V(none) disables both variables.
        type: str
      timeout:
        description:
          - The time limit of a single request, in seconds. The whole answer must arrive within it.
          - The time limit of the whole task is O(timeout).
        type: int
        default: 60
      max_response_mb:
        description:
          - The maximum size of an answer in megabytes, after decompression. A larger answer fails the task
            with the code C(bigip_answer).
          - It limits the memory of the task. BIG-IP's own REST services send less than the default.
        type: int
        default: 64
      transport:
        description: An option of C(f5networks.f5_modules), accepted and ignored.
        type: str
      no_f5_teem:
        description: An option of C(f5networks.f5_modules), accepted and ignored. This collection sends no
          telemetry.
        type: bool
      ssh_keyfile:
        description: An option of C(f5networks.f5_modules), accepted and ignored.
        type: path
requirements:
  - requests >= 2.33.0
  - urllib3 >= 2.8.0
"""
