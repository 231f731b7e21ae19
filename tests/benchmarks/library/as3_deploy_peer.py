# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The requests of f5networks.f5_bigip's bigip_as3_deploy, for comparison. It replaces that module, which needs F5's collection.

Sign in, GET the settings, POST the whole declaration as a dry run and synchronously; unless every result is "no change", GET
the settings again, POST the declaration once more, asynchronously, and ask for its task every hundredth of the timeout; sign out.
"""

from __future__ import annotations

import json
import os
import ssl
import time
import urllib.request

from ansible.module_utils.basic import AnsibleModule


class Device:
    def __init__(self) -> None:
        self.url = f"https://{os.environ['F5_SERVER'].split(',')[0]}:{os.environ['F5_SERVER_PORT']}"
        tls = ssl.create_default_context(cafile=os.environ["F5_CA_CERT"])
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=tls))
        self._headers = {"Content-Type": "application/json"}
        body = {"username": os.environ["F5_USER"], "password": os.environ["F5_PASSWORD"], "loginProviderName": "tmos"}
        self.token = self.send("POST", "/mgmt/shared/authn/login", body)["token"]["token"]
        self._headers["X-F5-Auth-Token"] = self.token

    def send(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=self._headers)
        with self._opener.open(request, timeout=1800) as answer:
            return json.loads(answer.read() or b"{}")

    def task(self, identity, timeout):
        while True:
            found = self.send("GET", f"/mgmt/shared/appsvcs/task/{identity}")
            if found["results"][0].get("message") != "in progress":
                return found
            time.sleep(timeout / 100)


def main():
    module = AnsibleModule(argument_spec={"content": {"type": "raw", "required": True}, "timeout": {"type": "int", "default": 300}})
    content = module.params["content"]
    declaration = json.loads(content) if isinstance(content, str) else content
    device = Device()
    try:
        device.send("GET", "/mgmt/shared/appsvcs/settings")
        dry = device.send("POST", "/mgmt/shared/appsvcs/declare?controls.dryRun=true", declaration)
        if "results" not in dry:  # after 45 s AS3 answers 202 and goes on
            dry = device.task(dry["id"], module.params["timeout"])
        changed = any(result.get("message") != "no change" for result in dry["results"])
        if changed:
            device.send("GET", "/mgmt/shared/appsvcs/settings")
            task = device.send("POST", "/mgmt/shared/appsvcs/declare?async=true", declaration)
            done = device.task(task["id"], module.params["timeout"])
            wrong = [result for result in done["results"] if result.get("code") != 200]
            if wrong:
                module.fail_json(msg=str(wrong[:3]))
    finally:
        device.send("DELETE", f"/mgmt/shared/authz/tokens/{device.token}")
    module.exit_json(changed=changed)


if __name__ == "__main__":
    main()
