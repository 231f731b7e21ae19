# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a connection to Kubernetes; see module_utils/_kube/options.py."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  kubeconfig:
    description:
      - Path of a kubeconfig, or its content as a dictionary or as text.
      - Of a content, tokens, passwords, C(*-data), and what a program gets (C(exec), C(auth-provider)) are masked. A text that cannot be read is masked
        as a whole.
      - Not read if O(host) is given with O(api_key), O(username) or O(client_cert).
      - Without any option of the connection, a Pod uses its ServiceAccount, anything else the file that C(KUBECONFIG) names or C(~/.kube/config).
      - Default is E(K8S_AUTH_KUBECONFIG).
    type: raw
  context:
    description:
      - The context of the kubeconfig. Default is E(K8S_AUTH_CONTEXT).
    type: str
  host:
    description:
      - URL of the API server. Default is E(K8S_AUTH_HOST).
      - It has to begin with V(https://), unless O(allow_http) is true.
    type: str
  allow_http:
    description:
      - Whether the API server may be reached without encryption, as V(kubectl proxy) on this machine serves it. The credentials are then sent in clear text.
      - It counts for O(host), for the server of a kubeconfig, and for the Supervisor.
      - Default is E(K8S_AUTH_ALLOW_HTTP), and then V(false).
    type: bool
  allow_exec:
    description:
      - Whether a kubeconfig that is given as content may start a program on this machine to get credentials (C(exec) or C(auth-provider) of its user).
        Allow it only if you trust the kubeconfig's author. A kubeconfig that is given by its path may always do so.
      - It counts for the Supervisor's kubeconfig too.
      - Default is E(K8S_AUTH_ALLOW_EXEC), and then V(false).
    type: bool
  api_key:
    description:
      - Bearer token. Default is E(K8S_AUTH_API_KEY).
    type: str
  username:
    description:
      - User for Basic authentication, which only a proxy before the API server still takes. Default is E(K8S_AUTH_USERNAME).
    type: str
  password:
    description:
      - Password for O(username). Default is E(K8S_AUTH_PASSWORD).
    type: str
  validate_certs:
    description:
      - Whether the API server's certificate is verified, which is done unless this or the kubeconfig says otherwise. The task then warns.
      - Default is E(K8S_AUTH_VALIDATE_CERTS) or E(K8S_AUTH_VERIFY_SSL).
    type: bool
    aliases: [verify_ssl]
  ca_cert:
    description:
      - File of the CA that signed the API server's certificate. Default is E(K8S_AUTH_CA_CERT) or E(K8S_AUTH_SSL_CA_CERT).
      - A file without content counts as unset, here and for O(client_cert) and O(client_key).
    type: path
    aliases: [ssl_ca_cert]
  client_cert:
    description:
      - File of a client certificate. Default is E(K8S_AUTH_CLIENT_CERT) or E(K8S_AUTH_CERT_FILE).
    type: path
    aliases: [cert_file]
  client_key:
    description:
      - File of the key of O(client_cert). Default is E(K8S_AUTH_CLIENT_KEY) or E(K8S_AUTH_KEY_FILE).
    type: path
    aliases: [key_file]
  proxy:
    description:
      - URL of a proxy before the API server. Default is E(K8S_AUTH_PROXY).
    type: str
  no_proxy:
    description:
      - Comma-separated hosts, domains and networks that are reached without O(proxy). Default is E(K8S_AUTH_NO_PROXY).
    type: str
  proxy_headers:
    description:
      - Headers for the proxy.
    type: dict
    suboptions:
      proxy_basic_auth:
        description:
          - C(user:password) for the proxy. Default is E(K8S_AUTH_PROXY_HEADERS_PROXY_BASIC_AUTH).
        type: str
      basic_auth:
        description:
          - C(user:password) as a Basic authentication header. Default is E(K8S_AUTH_PROXY_HEADERS_BASIC_AUTH).
        type: str
      user_agent:
        description:
          - The user agent that the proxy sees. Default is E(K8S_AUTH_PROXY_HEADERS_USER_AGENT).
        type: str
  max_response_mb:
    description:
      - The most megabytes that an answer may have, after it was decompressed. It bounds the memory of the task.
      - A page of a list that is larger is asked for again with fewer objects, so even a large cluster needs no more than the default.
    type: int
    default: 64
  persist_config:
    description:
      - Write refreshed tokens back into the kubeconfig. Default is E(K8S_AUTH_PERSIST_CONFIG).
    type: bool
  impersonate_user:
    description:
      - Act as this user. Default is E(K8S_AUTH_IMPERSONATE_USER).
    type: str
  impersonate_groups:
    description:
      - Act as a member of these groups; needs O(impersonate_user). Default is E(K8S_AUTH_IMPERSONATE_GROUPS), comma separated.
    type: list
    elements: str
requirements:
  - kubernetes >= 24.2.0
  - urllib3 >= 2.8.0
"""
