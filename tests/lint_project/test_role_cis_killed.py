# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role cis is killed while it waits for the API server: no kubeconfig, token or client key stays in the temporary folder."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import trustme

from runner.places import BUILD

TOKEN = "a-token-of-the-test"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda number: str(number.name))
@pytest.mark.parametrize("form", ["content", "path"])
@pytest.mark.parametrize("entry", ["rest", "main", "helm"])
def test_nothing_secret_stays_in_the_temporary_folder(entry: str, form: str, number: signal.Signals, tmp_path: Path) -> None:
    """entry: the role's entry point; or a module of kubernetes.core that waits for Helm, and gets what the role gives it."""
    temporary, home = tmp_path / "tmp", tmp_path / "home"
    temporary.mkdir()
    home.mkdir()
    server = socket.create_server(("127.0.0.1", 0))
    certificate = trustme.CA().issue_cert("user@example.com")
    key, chain = certificate.private_key_pem.bytes(), certificate.cert_chain_pems[0].bytes()
    user = {"token": TOKEN, "client-key-data": base64.b64encode(key).decode(), "client-certificate-data": base64.b64encode(chain).decode()}
    kubeconfig = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "main",
        "contexts": [{"name": "main", "context": {"cluster": "main", "user": "main"}}],
        "clusters": [{"name": "main", "cluster": {"server": f"http://127.0.0.1:{server.getsockname()[1]}"}}],
        "users": [{"name": "main", "user": user}],
    }
    helm = tmp_path / "helm"
    port = server.getsockname()[1]
    works = f"exec 3<>/dev/tcp/127.0.0.1/{port}; read -r <&3" if entry == "helm" else "true"
    helm.write_text(f"#!/bin/bash\ncase $1 in version) echo v3.14.0;; *) {works};; esac\n")
    helm.chmod(0o755)
    path = tmp_path / "kubeconfig"
    path.write_text(json.dumps(kubeconfig))
    variables = {"cis_kubeconfig": kubeconfig if form == "content" else str(path), "cis_state": "absent", "cis_helm_binary": str(helm), "cis_allow_http": True}
    role: dict[str, object] = {"ansible.builtin.include_role": {"name": "vks.bigip.cis", "tasks_from": entry}}
    if entry == "helm":
        options = {"kubeconfig": "{{ cis_kubeconfig | vks.bigip.secrets_in_memory }}", "binary_path": str(helm), "name": "x", "namespace": "x"}
        role = {"kubernetes.core.helm_info": options}
    (tmp_path / "play.yml").write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": [role]}]))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "K8S_AUTH_", "KUBECONFIG"))}
    environment |= {"TMPDIR": str(temporary), "HOME": str(home), "ANSIBLE_HOME": str(home / ".ansible"), "ANSIBLE_COLLECTIONS_PATH": str(BUILD / "dev")}
    environment |= {"ANSIBLE_REMOTE_TMP": str(home / ".ansible" / "tmp"), "ANSIBLE_PYTHON_INTERPRETER": sys.executable, "ANSIBLE_LOCALHOST_WARNING": "False"}
    command = [shutil.which("ansible-playbook") or "ansible-playbook", "play.yml"]
    with (tmp_path / "output").open("w") as output:
        play = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            server.settimeout(1)
            connection = None
            while connection is None:
                assert play.poll() is None, (tmp_path / "output").read_text()
                with contextlib.suppress(TimeoutError):
                    connection, _address = server.accept()  # the role is in the middle of its work
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(play.pid, number)
            play.wait()
    connection.close()
    server.close()
    secrets = [TOKEN.encode(), key.splitlines()[1], user["client-key-data"].encode()[:60]]
    left = [path for path in temporary.rglob("*") if any(secret in content(path) for secret in secrets)]
    assert not left, (tmp_path / "output").read_text()


def content(path: Path) -> bytes:
    """A worker has a session of its own, ends when the connection does, and may remove a file at this moment."""
    with contextlib.suppress(FileNotFoundError, IsADirectoryError):
        return path.read_bytes()
    return b""
