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
      - In the content, results mask tokens, passwords, C(*-data), and the settings of C(exec) and
        C(auth-provider). If the text cannot be parsed, results mask all of it.
      - Not read if O(host) is given with O(api_key), O(username) or O(client_cert).
      - Without any connection option, a Pod uses its ServiceAccount. Any other host uses the file in
        C(KUBECONFIG), or C(~/.kube/config).
      - Default is E(K8S_AUTH_KUBECONFIG).
    type: raw
  context:
    description:
      - The context of the kubeconfig. Default is E(K8S_AUTH_CONTEXT).
    type: str
  host:
    description:
      - URL of the API server. Default is E(K8S_AUTH_HOST).
      - It must begin with V(https://), unless O(allow_http) is true.
    type: str
  allow_http:
    description:
      - Allow a connection to the API server without encryption, for example to V(kubectl proxy) on this host.
        The credentials are then sent in clear text.
      - It applies to O(host), to the server of a kubeconfig, and to the Supervisor.
      - Default is E(K8S_AUTH_ALLOW_HTTP), and then V(false).
    type: bool
  allow_exec:
    description:
      - Allow a kubeconfig given as content to start a program on this host to get credentials (C(exec) or
        C(auth-provider) of its user). Allow it only if you trust the kubeconfig's author. A kubeconfig given
        as a path may always start programs.
      - It applies to the Supervisor's kubeconfig too.
      - Default is E(K8S_AUTH_ALLOW_EXEC), and then V(false).
    type: bool
  api_key:
    description:
      - Bearer token. Default is E(K8S_AUTH_API_KEY).
    type: str
  username:
    description:
      - User for Basic authentication. Only a proxy in front of the API server accepts it. Default is
        E(K8S_AUTH_USERNAME).
    type: str
  password:
    description:
      - Password for O(username). Default is E(K8S_AUTH_PASSWORD).
    type: str
  validate_certs:
    description:
      - Verify the API server's certificate. It is verified unless this option or the kubeconfig disables it.
        The task then warns.
      - Default is E(K8S_AUTH_VALIDATE_CERTS) or E(K8S_AUTH_VERIFY_SSL).
    type: bool
    aliases: [verify_ssl]
  ca_cert:
    description:
      - File of the CA that signed the API server's certificate. Default is E(K8S_AUTH_CA_CERT) or
        E(K8S_AUTH_SSL_CA_CERT).
      - An empty file counts as unset, here and in O(client_cert) and O(client_key).
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
      - URL of a proxy in front of the API server. Default is E(K8S_AUTH_PROXY).
    type: str
  no_proxy:
    description:
      - Comma-separated hosts, domains and networks that do not use O(proxy). Default is E(K8S_AUTH_NO_PROXY).
    type: str
  proxy_headers:
    description:
      - Headers that are sent to the proxy.
    type: dict
    suboptions:
      proxy_basic_auth:
        description:
          - C(user:password) for the proxy. Default is E(K8S_AUTH_PROXY_HEADERS_PROXY_BASIC_AUTH).
        type: str
      basic_auth:
        description:
          - C(user:password) as a Basic authentication header. Default is
            E(K8S_AUTH_PROXY_HEADERS_BASIC_AUTH).
        type: str
      user_agent:
        description:
          - The user agent that is sent to the proxy. Default is E(K8S_AUTH_PROXY_HEADERS_USER_AGENT).
        type: str
  max_response_mb:
    description:
      - The maximum size of an answer in megabytes, after decompression. It limits the memory of the task.
      - If a page of a list is larger, the module requests it again with fewer objects. So the default is
        enough even for a large cluster.
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
      - Act as a member of these groups; needs O(impersonate_user). Default is E(K8S_AUTH_IMPERSONATE_GROUPS),
        comma separated.
    type: list
    elements: str
requirements:
  - kubernetes >= 24.2.0
  - urllib3 >= 2.8.0
"""
