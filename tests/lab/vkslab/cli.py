# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's command line."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from . import build, lab
from .antrea.version import DEFAULT as ANTREA
from .calico.api import APIS
from .errors import LabError
from .paths import COMMAND
from .pod_addresses import POOL
from .restart import PROGRAMS
from .state import Lab, Options, all_labs
from .supervisor.era import ERAS
from .supervisor.network import SPELLED

DEFAULT_NAME = "lab"
#: Options that need another option with a value, from the first to the last that is to be reported.
_NEEDS = {
    "antrea_version": "cni antrea",
    "npl": "cni antrea",
    "npl_port_range": "cni antrea",
    "update_strategy": "cni antrea",
    "encap_mode": "cni antrea",
    "antrea_ipam": "encap_mode noEncap",
    "calico_api": "cni calico",
}


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    try:
        return int(given.run(given) or 0)
    except LabError as error:
        print(f"{COMMAND}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"{COMMAND}: interrupted; what it had started is ended.", file=sys.stderr)
        return 130


class _Defaults(argparse.ArgumentDefaultsHelpFormatter):
    """Shows the defaults, except empty ones: their help describes the effect in words."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return action.help if action.default == "" else super()._get_help_string(action)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description="A VKS-like Kubernetes cluster and a BIG-IP, as a few processes on loopback.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("build", help="build the programs, once (up builds them, too)")
    caches = "keep the sources and compiled packages (5 GB) for the next version"
    command.add_argument("--keep-go-caches", action="store_true", help=caches)
    command.set_defaults(run=_build)

    command = commands.add_parser("up", help="start a lab", formatter_class=_Defaults)
    _named(command)
    for title, options in _UP.items():
        group = command.add_argument_group(title)
        for option, settings in options.items():
            default = getattr(Options, option.removeprefix("--").replace("-", "_"))
            group.add_argument(option, default=default, **settings)
    command.set_defaults(run=_up)

    command = commands.add_parser("reset", help="restore the state after up, without a new start")
    _named(command)
    command.set_defaults(run=_reset)

    command = commands.add_parser("restart", help="kill a program of the control plane, and start it again")
    _named(command)
    command.add_argument("program", choices=PROGRAMS)
    command.set_defaults(run=_restart)

    command = commands.add_parser("compact", help="make etcd forget all former revisions")
    _named(command)
    command.set_defaults(run=_compact)

    command = commands.add_parser("pod-routes", help="route the nodes' Pod ranges on the BIG-IP")
    _named(command)
    command.add_argument("--remove", action="store_true", help="remove these routes")
    command.set_defaults(run=_pod_routes)

    command = commands.add_parser("down", help="end a lab and remove its files")
    which = command.add_mutually_exclusive_group()
    _named(which)
    which.add_argument("--all", action="store_true", help="every lab")
    command.set_defaults(run=_down)

    command = commands.add_parser("status", help="list the labs, their processes and addresses")
    command.add_argument("--name", help="this lab only")
    command.set_defaults(run=_status)

    command = commands.add_parser("env", help=f'print the variables for a shell: eval "$({COMMAND} env)"')
    _named(command)
    command.add_argument("--format", choices=("shell", "json"), default="shell", help="json: for a program")
    command.set_defaults(run=_env)
    return parser


def _build(given: argparse.Namespace) -> None:
    print(build.ensure(keep_go_caches=given.keep_go_caches))


def _up(given: argparse.Namespace) -> None:
    options = Options(**{field.name: getattr(given, field.name) for field in fields(Options)})
    for name, needs in _NEEDS.items():
        option, value = needs.split()
        given_otherwise = getattr(options, name) != getattr(Options, name)
        if given_otherwise and getattr(options, option) != value:
            raise LabError(f"--{name.replace('_', '-')} requires --{option.replace('_', '-')} {value}.")
    for name in ("network_provider", "vks_sync"):
        if options.vks == "none" and getattr(options, name) != getattr(Options, name):
            raise LabError(f"--{name.replace('_', '-')} requires --vks.")
    if options.antrea_ipam == "on" and options.vks != "none":
        raise LabError("--antrea-ipam and --vks exclude each other.")
    if options.sync != Options.sync and options.bigip_units == 1:
        raise LabError("--sync requires --bigip-units 2.")
    lab.up(Lab(given.name), options)


def _reset(given: argparse.Namespace) -> None:
    lab.reset(Lab(given.name))


def _restart(given: argparse.Namespace) -> None:
    lab.restart(Lab(given.name), given.program)


def _compact(given: argparse.Namespace) -> None:
    lab.compact(Lab(given.name))


def _pod_routes(given: argparse.Namespace) -> None:
    # Here, as the other commands do not need its client.
    from . import pod_routes

    if given.remove:
        pod_routes.remove(Lab(given.name))
    else:
        print(f"BIG-IP has {pod_routes.create(Lab(given.name))} routes to Pods.", file=sys.stderr)


def _down(given: argparse.Namespace) -> None:
    for one in all_labs() if given.all else [Lab(given.name)]:
        lab.down(one)


def _status(given: argparse.Namespace) -> int:
    labs = [Lab(given.name)] if given.name else all_labs()
    shown = [lab.status(one) for one in labs if one.exists()]
    print(
        "\n".join(text for _, text in shown) or "There is no lab."
        if not given.name or shown
        else f"There is no lab {given.name}."
    )
    return 0 if all(good for good, _ in shown) and (shown or not given.name) else 1


def _env(given: argparse.Namespace) -> None:
    chosen = Lab(given.name)
    print(
        json.dumps(lab.variables(chosen), indent=1) + "\n" if given.format == "json" else lab.exports(chosen),
        end="",
    )


def _named(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--name", default=DEFAULT_NAME, help="the lab's name; several labs may run at the same time"
    )


def _seconds(text: str) -> float:
    number = float(text)
    if not 0.1 <= number <= 60:
        raise argparse.ArgumentTypeError(f"{text} is not between 0.1 and 60")
    return number


def _count(least: int, most: int) -> type[int]:
    def count(text: str) -> int:
        number = int(text)
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"{text} is not between {least} and {most}")
        return number

    return count  # type: ignore[return-value]


#: The options of `up`, by the heading in its help. Their defaults are those of ``state.Options``.
_UP: dict[str, dict[str, dict[str, Any]]] = {
    "cluster": {
        "--cni": {"choices": ("antrea", "calico"), "help": "the cluster's network"},
        "--nodes": {"type": _count(1, 500), "metavar": "N", "help": "number of nodes"},
        "--ip-family": {
            "choices": ("ipv4", "ipv6", "dual"),
            "help": "addresses of Pods, Services and nodes",
        },
    },
    "Antrea": {
        "--antrea-version": {
            "metavar": "V",
            "help": f"the simulated release; by default {ANTREA}, with --vks that of the VKS release",
        },
        "--npl": {"choices": ("on", "off"), "help": "NodePortLocal in Antrea's first ConfigMap"},
        "--npl-port-range": {
            "metavar": "FROM-TO",
            "help": "NodePortLocal's ports; by default those of the release",
        },
        "--update-strategy": {"choices": ("OnDelete", "RollingUpdate"), "help": "of Antrea's DaemonSet"},
        "--encap-mode": {
            "choices": ("encap", "noEncap", "hybrid"),
            "help": "trafficEncapMode in Antrea's first ConfigMap",
        },
        "--antrea-ipam": {
            "choices": ("on", "off"),
            "help": f"Pods with the annotation {POOL} get addresses of these IPPools",
        },
    },
    "Calico": {
        "--calico-api": {
            "choices": sorted(APIS),
            "help": "the group of Calico's objects: crd.projectcalico.org/v1 or projectcalico.org/v3",
        },
    },
    "BIG-IP": {
        "--bigip-units": {"type": int, "choices": (1, 2), "help": "2: an active and a standby unit"},
        "--sync": {"choices": ("manual", "automatic"), "help": "config-sync of two units"},
        "--monitor-interval": {
            "type": _seconds,
            "metavar": "SECONDS",
            "help": "the time of a monitor's interval of 5 s; the same factor applies to all",
        },
    },
    "Supervisor": {
        "--vks": {
            "choices": ("none", *sorted(ERAS)),
            "help": (
                "the VKS release, whose Supervisor owns Antrea's settings; with -no-schema, its schema has "
                "no NodePortLocal"
            ),
        },
        "--network-provider": {"choices": tuple(SPELLED), "help": "the network of the Supervisor"},
        "--vks-sync": {
            "type": _seconds,
            "metavar": "SECONDS",
            "help": "the interval in which the package restores its objects; in VKS 10 minutes",
        },
    },
}
