# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that would do harm where a program takes them for more than data. The suite tests/scenarios/test_hostile.py plants the same."""

from __future__ import annotations

import json

SECRET = {"namespace": "victim", "name": "login", "key": "password"}
HUGE, DEEP, DIGITS = 100_000, 60_000, 5_000  # characters; an object may have 262,144 in its annotations


def texts(canary: str) -> dict[str, str]:
    """canary: a file that each of the commands would make."""
    touch = f"touch {canary}"
    return {
        "jinja": f"{{{{ lookup('pipe', '{touch}') }}}}",
        "block": f"{{% for x in lookup('pipe', '{touch}') %}}{{% endfor %}}{{# #}}",
        "tag": f"!!python/object/apply:os.system ['{touch}']",
        "unsafe": f"!unsafe \"{{{{ lookup('pipe', '{touch}') }}}}\"",
        "shell": f"$({touch}); `{touch}` | {touch} #",
        "escape": "\x1b]0;owned\x07\x1b[2J\x1b[31mok\x9b31m\r\x08\x7f",
        "lines": 'x\nfatal: [localhost]: FAILED! => {"msg": "forged"}\r\nok: [localhost]',
        "quotes": "'\"\\'''\"\"\" \\\\ ': [}{",
        "huge": "A" * HUGE,
        "deep": "[" * DEEP,
        "number": "9" * DIGITS,
        "bidi": "\u202eshop\u2066\u200b\ufeff\u2028",
        "look-alike": "\u0455\u04bb\u043e\u0440",  # "shop" in Cyrillic
        "surrogate": '["\\ud800", NaN, Infinity, 1e999]',
        "pointer": "/@/Shop/web/tls",
        "common": "/Common/Shared/x",
        "use": json.dumps({"use": "/Shop/web/tls", "bigip": "/Common/http"}),
        "from_secret": json.dumps({"from_secret": SECRET}),
        "format": "%s%n%(x)s{0.__class__}{}",
        "path": "../../../../etc/passwd",
        "name": "shop",  # a valid name in most fields: of another team's namespace, Service and tenant
    }
