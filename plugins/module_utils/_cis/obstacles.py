# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Why a deployment does not fit the cluster, the chart or BIG-IP. Each function yields sentences."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .. import _foreign
from .seen import Seen
from .wanted import repository, secrets_of_clusters

_VERSION = re.compile(r"[0-9]{1,9}(?:[.][0-9]{1,9}){1,4}(?=$|@)")


def by_cluster(seen: Seen, login: Mapping[str, Any]) -> Iterator[str]:
    """login: the Secret that the user names, or nothing."""
    yield from stray(seen.mine, seen.names.release, seen.names.namespace)
    yield from _interrupted(seen)
    yield from _login(seen, login)
    yield from _kubeconfigs(seen)
    yield from _ingress_class(seen)


def stray(mine: Sequence[Mapping[str, Any]], release: str, namespace: str) -> Iterator[str]:
    """Refuse a release whose --namespace (for Helm) and value `namespace` (for the chart) differ."""
    for one in mine:
        there = one["release_namespace"]
        if there not in ("", namespace):
            yield (
                f"Deployment {one['namespace']}/{one['name']} belongs to the Helm release {release} of the "
                f"namespace {there}, and Helm does not find it in {namespace}: its chart and Helm got "
                f"different namespaces. Nothing was changed. Remove it by: helm uninstall {release} -n "
                f"{there}. BIG-IP keeps what it serves meanwhile."
            )
            return


def _interrupted(seen: Seen) -> Iterator[str]:
    release, namespace = seen.names.release, seen.names.namespace
    if seen.status not in ("", "deployed", "failed"):
        yield (
            f"Helm release {namespace}/{release} is {seen.status}: a Helm run was interrupted, or is "
            f"still active. When none is active, repair it by 'helm rollback {release} -n {namespace}'. Use "
            "'helm uninstall' if it was never deployed. Then run again."
        )


def _login(seen: Seen, login: Mapping[str, Any]) -> Iterator[str]:
    if not seen.options["bigip_login_secret"]:
        return
    path = f"{seen.names.namespace}/{seen.names.login_secret}"
    if not {"username", "password"} <= set(seen.login["data_keys"]):
        fault = "lacks username or password" if seen.login["present"] else "is not there"
        yield (
            f"cis_bigip_login_secret: Secret {path} {fault}. "
            "Make it with the keys username and password, or set cis_bigip_username and cis_bigip_password."
        )
    url = decoded(login, "url")
    if url and _with_scheme(url).rstrip("/") != url_of(seen.options).rstrip("/"):
        yield (
            f"cis_bigip_login_secret: Secret {path} has the key url, which CIS takes instead of "
            "cis_bigip_url, and the two differ. Remove the key, or set both to the same URL."
        )


def decoded(secret: Mapping[str, Any], key: str) -> str:
    """A value of a Secret, without blanks around it; empty if the Secret does not have it."""
    try:
        text = base64.b64decode((secret.get("data") or {}).get(key) or "")
    except binascii.Error:
        return ""
    return text.decode(errors="replace").strip()


def url_of(options: Mapping[str, Any]) -> str:
    url = str(options["bigip_url"])
    return url if "//" in url else f"https://{url}"


def _with_scheme(url: str) -> str:
    return url if re.match("https?://", url) else f"https://{url}"


def _kubeconfigs(seen: Seen) -> Iterator[str]:
    secrets = seen.installation["secrets"]
    complete = [f"{one['namespace']}/{one['name']}" for one in secrets if "kubeconfig" in one["data_keys"]]
    lacking = [path for path in dict.fromkeys(secrets_of_clusters(seen.options)) if path not in complete]
    if lacking:
        yield (
            f"cis_multi_cluster.clusters: Secret {', '.join(lacking)} is not there or has no kubeconfig. "
            "Make it with the key kubeconfig, or give the kubeconfig itself."
        )


def _ingress_class(seen: Seen) -> Iterator[str]:
    """The IngressClass f5 exists once in a cluster, so Helm cannot install it for a second release."""
    stored = seen.installation.get("ingress_class")
    if not seen.options["ingress_class_create"] or stored is None:
        return
    namespace = stored.get("meta.helm.sh/release-namespace")
    release = stored.get("meta.helm.sh/release-name")
    if (namespace, release) != (seen.names.namespace, seen.names.release):
        owner = f"{namespace}/{release}" if namespace and release else "no Helm release"
        yield (
            f"IngressClass f5 exists already and belongs to {owner}, and the chart can make no other. "
            "Leave cis_ingress_class_create false: two CIS may serve one class in different namespaces."
        )


# The chart


def by_chart(
    seen: Seen, rendered: Mapping[str, Any], chart: Mapping[str, Any], version: str
) -> Iterator[str]:
    """rendered: the result of `helm template`; chart: chart.facts() of it; version: that CIS would have."""
    options = seen.options
    answered = answers(rendered)
    complete = answered and rendered.get("rc") == 0
    if not answered:
        yield _no_helm(options["helm_binary"], rendered)
    elif not complete:
        yield _not_rendered(options, rendered)
    if complete and not chart["deployment"]:
        yield (
            f"The chart {options['chart_ref']} is not f5-bigip-ctlr for CIS 2.x: it makes no Deployment with "
            f"--bigip-partition={options['bigip_partition']}."
        )
    if complete:
        yield from _definitions(seen, chart)
    if complete and not options["allow_downgrade"]:
        yield from _downgrade(seen, chart["version"], version)
    yield from _rivals(seen)
    if complete:
        yield from _namesakes(seen, chart["deployment"])


def answers(rendered: Mapping[str, Any]) -> bool:
    """True if the program is Helm: its answer about itself is the first line."""
    return bool(re.match("v[34][.]", str(rendered.get("stdout") or "")))


def _no_helm(program: str, rendered: Mapping[str, Any]) -> str:
    said = rendered.get("stderr") or rendered.get("stdout") or rendered.get("msg") or "it did not answer"
    return (
        f"{program or 'helm'} is not Helm 3 or 4: {said} "
        "Install Helm where the role runs, or name it as cis_helm_binary."
    )


def _not_rendered(options: Mapping[str, Any], rendered: Mapping[str, Any]) -> str:
    url = repository(options["chart_ref"], options["chart_repo_url"])
    said = str(rendered.get("stderr") or rendered.get("msg") or "it gave no reason").strip()
    return (
        f"Helm cannot get or render the chart {options['chart_ref']} "
        f"{options['chart_version']}{f' of {url}' if url else ''}: {said} cis_chart_ref, cis_chart_repo_url "
        "and cis_chart_version say where the chart is: in a repository, in an OCI registry or on this "
        "machine."
    )


def _definitions(seen: Seen, chart: Mapping[str, Any]) -> Iterator[str]:
    options, managed = seen.options, seen.options["manage_crds"]
    file, version = options["crds_path"], options["version"]
    if file and managed and not chart["definitions"]:
        yield (
            f"cis_crds_path: there is no CustomResourceDefinition in {file}. "
            f"Take those of CIS {version}, or leave it empty for the chart's."
        )
    elif chart["deployment"] and chart["lacking"]:
        source = file or f"the chart {options['chart_ref']}"
        reason = (
            f"Neither {source} has them, nor does the cluster"
            if managed
            else "cis_manage_crds is false, and the cluster does not have them"
        )
        yield (
            f"cis_custom_resource_mode: CIS does not start without the CRDs {', '.join(chart['lacking'])}. "
            f"{reason}. Nothing was changed. Set cis_crds_path to a file with the CRDs of CIS "
            f"{version}{'' if managed else ' and cis_manage_crds: true'}."
        )


def _downgrade(seen: Seen, chart: str, cis: str) -> Iterator[str]:
    stored = (str(seen.release.get("chart") or ""), str(seen.values.get("version") or ""))
    pairs = zip(("Chart", "CIS"), (chart, _version(cis)), map(_version, stored))
    downgrades = [
        f"{name} {new} is older than {old}, which is deployed."
        for name, new, old in pairs
        if new and old and _numbers(new) < _numbers(old)
    ]
    if downgrades:
        yield (
            f"{' '.join(downgrades)} Set cis_allow_downgrade: true to allow it. "
            "The CRDs stay at the newer version."
        )


def _version(text: str) -> str:
    match = _VERSION.search(text)
    return match.group() if match else ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _rivals(seen: Seen) -> Iterator[str]:
    partition = seen.options["bigip_partition"]
    for one in seen.others:
        if partition in one["partitions"]:
            yield (
                f"cis_bigip_partition {partition} belongs to CIS {one['namespace']}/{one['name']} already, "
                "and the two would undo each other's work. Give each a partition of its own."
            )
            return


def _namesakes(seen: Seen, deployment: str) -> Iterator[str]:
    for one in seen.others:
        if one["release"] and one["name"] == deployment:
            yield (
                f"cis_release_name {seen.names.release} is the name of CIS {one['namespace']}/{one['name']} "
                "already. The chart names ClusterRole and ClusterRoleBinding by it, so Helm would not "
                "install a second one. Give each release a name of its own."
            )
            return


# BIG-IP


def by_bigip(seen: Seen, stored: Mapping[str, Any]) -> Iterator[str]:
    """stored: the result of as3_info for the tenants that CIS would write."""
    if is_login_refused(stored):
        yield _login_refused(seen, stored)
    declaration = stored.get("declaration") or {}
    assumed = list(seen.options["assume_released"]) if seen.check else []
    for name in seen.tenants:
        if name in declaration and name not in assumed:
            yield from _owned(seen, name, declaration[name], assumed)


def is_login_refused(stored: Mapping[str, Any]) -> bool:
    return (stored.get("failure") or {}).get("code") in ("bigip_auth", "bigip_forbidden")


def _login_refused(seen: Seen, stored: Mapping[str, Any]) -> str:
    secret = seen.options["bigip_login_secret"]
    login = (
        f"Secret {seen.names.namespace}/{secret}" if secret else "cis_bigip_username and cis_bigip_password"
    )
    said = str(stored["failure"].get("response") or stored.get("msg")).removesuffix(".")
    return (
        f"BIG-IP rejects the login of CIS with {login}: {said}. "
        "CIS needs a user with the role Administrator. Nothing was changed."
    )


def _owned(seen: Seen, name: str, tenant: Mapping[str, Any], assumed: Sequence[str]) -> Iterator[str]:
    """Applications of the tenant that vks.bigip.publish marked, and that are not assumed to be released."""
    released = [one.partition("/")[2] for one in assumed if one.startswith(f"{name}/")]
    marks = {key: mark_of(part) for key, part in tenant.items()}
    left = {key: mark for key, mark in marks.items() if mark is not None and key not in released}
    if not left:
        return
    owners = dict.fromkeys(_foreign.line(str(mark.get("owner", "unknown"))) for mark in left.values())
    if name == seen.options["bigip_partition"]:
        reason, way = "", "cis_bigip_partition"
    else:
        by = [one for one in seen.named if one["tenant"] == name][0]
        reason = f", since {by['kind']} {by['namespace']}/{by['name']} names it"
        way = "tenant there, delete it, or name other cis_namespaces"
    yield (
        f"Tenant {name} on BIG-IP belongs to vks.bigip.publish (owner {', '.join(owners)}), with the "
        f"application {', '.join(left)}, and CIS would replace it whole{reason}. Give CIS another {way}, or "
        "hand the tenant over by vks.bigip.publish with state: released."
    )


def mark_of(part: Any) -> Mapping[str, Any] | None:
    """The mark that vks.bigip.publish wrote into an application."""
    constants = part.get("constants") if isinstance(part, Mapping) else None
    if not isinstance(constants, Mapping) or "vks_bigip" not in constants:
        return None
    mark = constants["vks_bigip"]
    return mark if isinstance(mark, Mapping) else {}
