#!/usr/bin/python
# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Publish applications of a Kubernetes cluster on BIG-IP."""

from __future__ import annotations

DOCUMENTATION = r"""
module: publish
short_description: Publish applications of a Kubernetes cluster on F5 BIG-IP
version_added: 1.0.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Reads the cluster once, finds the members of each pool, builds the AS3 declaration, compares it with what is stored and with
    what the device has, and posts the tenants that differ. A run that finds no difference posts nothing.
  - Applications of a tenant that the task does not name stay as they are. Every application carries a mark that says who published it,
    and what is not yours is refused.
  - No POST takes away more than half of the members of a pool that can still answer. Replacements go union first; the former members
    go once the monitors have seen the new ones.
  - A tenant that is not stored yet, and one that also holds applications of others, is written application by application, which AS3
    merges. Any other tenant, and with O(bulk_create) a new one, is written under the optimistic lock of AS3, so changes that another user
    made in the meantime are read again and not overwritten.
  - A virtual address and port that another application has, in the same tenant or in another stored one, is refused in check mode, too. The
    failure C(address_taken) names it.
    One request reads the other tenants, and only where a tenant would take an address or port that it does not have yet.
  - A fault of one tenant (a missing Service, an empty pool, a name that AS3 reserves, a refusal of AS3) holds this tenant; the others are
    published, and the task fails in the end.
  - Run it on localhost. It needs the network to both the Kubernetes API and the BIG-IP.
  - It prints a line for each step and, at the end, the lines of RV(summary). They appear under the callback P(ansible.builtin.default#callback) and
    callbacks made from it, such as AWX's. Under any other callback, whose output a program may read, they appear on standard error if that alone
    is a terminal. A task with C(no_log) and one with C(async) print none.
  - The variable C(vks_bigip_progress), or else the environment variable E(VKS_BIGIP_PROGRESS), switches these lines off if it is V(false).
extends_documentation_fragment:
  - vks.bigip.attributes
  - vks.bigip.attributes.actiongroup_both
  - vks.bigip.kubernetes
  - vks.bigip.bigip
  - vks.bigip.pool_source
  - vks.bigip.cis
attributes:
  async:
    description: Supports being used with the C(async) keyword.
    support: full
    details:
      - Set C(async) higher than O(timeout).
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  applications:
    description:
      - What to publish. Elements of the same tenant and application are merged; their virtual servers and pools must then have
        different names.
      - O(applications[].service) and O(applications[].virtual_server) may be left out. An empty or null value is refused, because BIG-IP would
        lose the pool or the virtual server.
      - With O(state=absent) and O(state=released) only O(applications[].tenant) and O(applications[].application) count.
        An item without the key O(applications[].application) means all your applications of the tenant; an empty or null name is refused.
    type: list
    elements: dict
    suboptions:
      tenant:
        description: The AS3 tenant, a partition of BIG-IP.
        type: str
        required: true
      application:
        description: The AS3 application in it.
        type: str
      virtual_server:
        description:
          - The virtual server in the words of AS3, one of its classes that begin with C(Service_), as V(Service_HTTP).
          - Its C(pool) is that of this element unless it says otherwise.
        type: dict
      virtual_server_name:
        description: The name of the virtual server in the application.
        type: str
        default: vs
      pool:
        description: The pool in the words of AS3, without members of the Service. Members listed here stay beside those of the Service.
        type: dict
      pool_name:
        description: The name of the pool in the application.
        type: str
        default: pool
      member:
        description:
          - Settings of all members of the Service, in the words of AS3 (C(ratio), C(priorityGroup), C(connectionLimit), C(adminState),
            C(shareNodes), ...).
          - C(shareNodes) is V(true) unless it is said here or the pool on BIG-IP has it otherwise.
        type: dict
      objects:
        description:
          - Further AS3 objects of the application by their names, such as monitors, C(TLS_Server), C(Certificate), C(Persist), C(iRule).
          - A value may be a dictionary with the one key C(from_secret), which names C(namespace), C(name) and C(key) of a Kubernetes
            Secret. It is replaced by what stands there, so that a renewed certificate is published by the next run. The Secret must be in a
            namespace of the application's own Services, or in one of O(secret_namespaces). All results mask such a value, wherever it is.
        type: dict
      service:
        description:
          - The Service whose endpoints become the members.
        type: dict
        suboptions:
          namespace:
            description: Its namespace.
            type: str
            default: default
          name:
            description: Its name.
            type: str
            required: true
          port:
            description: The Service port, by name or number, as V(http), V(80) or V(53/UDP). May be left out if the Service has one port.
            type: str
      pool_member_type:
        description: O(pool_member_type) for this pool.
        type: str
        choices: [auto, nodeport, nodeportlocal, cluster]
      address_family:
        description: O(address_family) for this pool.
        type: str
        choices: [service, ipv4, ipv6, both]
      terminating:
        description: O(terminating) for this pool.
        type: str
        choices: [exclude, fallback, keep]
      node_label_selector:
        description: O(node_label_selector) for this pool.
        type: str
      node_address_type:
        description: O(node_address_type) for this pool.
        type: str
        choices: [InternalIP, ExternalIP]
      node_weight:
        description: O(node_weight) for this pool.
        type: str
        choices: [equal, endpoints]
      include_unschedulable:
        description: O(include_unschedulable) for this pool.
        type: bool
      exclude_nodes:
        description: O(exclude_nodes) for this pool.
        type: list
        elements: str
      route_domain:
        description: O(route_domain) for this pool.
        type: int
      wait_for_mappings:
        description: O(wait_for_mappings) for this pool.
        type: float
      network_provider:
        description: O(network_provider) for this pool.
        type: str
        choices: [unknown, vsphere, nsx_t1, nsx_vpc]
      pod_network_routable:
        description: O(pod_network_routable) for this pool.
        type: bool
      trust_npl_annotations:
        description: O(trust_npl_annotations) for this pool.
        type: bool
  tenants:
    description:
      - Properties of tenants in the words of AS3, by the tenant's name, such as C(defaultRouteDomain) and C(label).
        Properties that are not named stay as they are.
      - With O(state=absent) and O(state=released), and without O(applications) and O(declaration), it means all your applications of these
        tenants. Beside them, it removes nothing, and a tenant that they do not name is refused.
    type: dict
  declaration:
    description:
      - A whole AS3 declaration (class C(AS3) or C(ADC)), as a dictionary or as JSON, whose pools are filled.
      - With O(pools) those are filled. Without, those that Services of O(label_namespaces) name by their labels C(cis.f5.com/as3-tenant),
        C(cis.f5.com/as3-app) and C(cis.f5.com/as3-pool), as F5 CIS has it. The first member of a pool in the declaration is the
        template for all; its C(servicePort) then names the Service port, or else the target port.
      - Labels fill a pool only if the declaration has no address for it. An entry with C(serverAddresses), C(servers), C(bigip) or
        C(addressDiscovery) is an address.
      - An C(updateMode) of V(complete), a C(target) and any C(action) but V(deploy) are refused.
    type: raw
  pools:
    description:
      - The pools of O(declaration) to fill. An empty list fills none. An empty text or null beside O(declaration) is refused.
    type: list
    elements: dict
    suboptions:
      tenant:
        description: The tenant in O(declaration).
        type: str
        required: true
      application:
        description: The application in it.
        type: str
        required: true
      pool:
        description: The pool in it.
        type: str
        required: true
      member:
        description: Settings of all members, in the words of AS3, over those of the template.
        type: dict
      service:
        description:
          - The Service whose endpoints become the members.
        type: dict
        suboptions:
          namespace:
            description: Its namespace.
            type: str
            default: default
          name:
            description: Its name.
            type: str
            required: true
          port:
            description: The Service port, by name or number, as V(http), V(80) or V(53/UDP). May be left out if the Service has one port.
            type: str
      pool_member_type:
        description: O(pool_member_type) for this pool.
        type: str
        choices: [auto, nodeport, nodeportlocal, cluster]
      address_family:
        description: O(address_family) for this pool.
        type: str
        choices: [service, ipv4, ipv6, both]
      terminating:
        description: O(terminating) for this pool.
        type: str
        choices: [exclude, fallback, keep]
      node_label_selector:
        description: O(node_label_selector) for this pool.
        type: str
      node_address_type:
        description: O(node_address_type) for this pool.
        type: str
        choices: [InternalIP, ExternalIP]
      node_weight:
        description: O(node_weight) for this pool.
        type: str
        choices: [equal, endpoints]
      include_unschedulable:
        description: O(include_unschedulable) for this pool.
        type: bool
      exclude_nodes:
        description: O(exclude_nodes) for this pool.
        type: list
        elements: str
      route_domain:
        description: O(route_domain) for this pool.
        type: int
      wait_for_mappings:
        description: O(wait_for_mappings) for this pool.
        type: float
      network_provider:
        description: O(network_provider) for this pool.
        type: str
        choices: [unknown, vsphere, nsx_t1, nsx_vpc]
      pod_network_routable:
        description: O(pod_network_routable) for this pool.
        type: bool
      trust_npl_annotations:
        description: O(trust_npl_annotations) for this pool.
        type: bool
  label_namespaces:
    description:
      - The namespaces whose Services may fill pools of O(declaration) by their labels. A list counts for all tenants. A dictionary has a list for
        each tenant.
      - It is required if O(declaration) is given without O(pools) and has a pool without addresses, because a user who may edit a Service chooses
        its labels.
      - Labelled Services in other namespaces do nothing. Two Services for one pool, an unknown pool and a port that is not clear hold their
        tenant.
      - One list for each namespace is read, or one of the whole cluster for more than eight.
    type: raw
  secret_namespaces:
    description:
      - The namespaces whose Secrets C(from_secret) may name, in all applications of the task. An empty list allows none.
      - By default these are, for each application, the namespaces of its own Services. For pools that labels fill, these are the
        O(label_namespaces) of the tenant.
      - Another Secret is refused before anything is read.
    type: list
    elements: str
  state:
    description:
      - V(present) publishes.
      - V(absent) removes your applications of the tenants or applications named. For all applications of a tenant, name it in
        O(applications) without O(applications[].application), or in O(tenants) alone.
      - V(released) removes only the marks, so that something else may own the applications. Traffic continues.
      - With V(absent) and V(released), O(applications), O(declaration) and O(owner) are refused if they are given without a value. A tenant of
        O(declaration) without an application names nothing.
      - V(absent) and V(released) read from Kubernetes at most the cluster's UID, and with O(owner) nothing.
    type: str
    choices: [present, absent, released]
    default: present
  owner:
    description:
      - Who publishes. It is written into the mark, and only applications with the same owner are changed or removed.
      - The default is the UID of the namespace kube-system, which identifies the cluster. It is required where that cannot be read,
        also for O(state=absent) and O(state=released). The error then lists the owners found on BIG-IP and what each of them owns.
      - Where applications are removed, an empty or null O(owner) is refused. That is with O(prune), O(state=absent) and O(state=released).
    type: str
  prune:
    description:
      - Remove applications of the same O(owner) that are no longer listed in O(applications) or O(declaration).
      - V(true), or V(tenants), removes them from the tenants in which the task lists an application.
      - V(owner) removes them from all tenants. Everything that this owner publishes must then be listed in this one task, from all clusters.
        If several playbooks publish from one cluster, give each its own O(owner) first. All tenants are read, in the same number of requests.
      - Nothing is removed if a read failed, if no application is listed, or if a listed application has a fault (it may be one that moved).
        Then a warning names what is no longer listed. O(max_removed_percent) limits the removal.
      - Removals are posted last. One that frees an address which the task publishes in another tenant is posted before it. If that tenant
        then fails, the application is put back and its tenant fails with C(put_back), or with C(removed) if AS3 refuses that.
    type: raw
    default: false
  adopt:
    description:
      - Whether to take over applications that carry no mark.
      - V(unmarked), those that no CIS of the cluster may own.
      - V(cis), also those of a CIS that is scaled to 0. What a running CIS may own is always refused.
      - Nothing is taken over while it cannot be read which tenants a CIS owns. That needs the right to list Deployments and, if there is a CIS,
        ConfigMaps in its namespace. Only a CIS in O(cis_namespaces) counts.
    type: str
    choices: [none, unmarked, cis]
    default: none
  assume_cis_at_rest:
    description:
      - Only in check mode, for a playbook that scales CIS to 0 in an earlier step, as the playbook C(vks.bigip.cis_to_publish) does.
        These CIS Deployments, as V(namespace/name), are taken for scaled to 0, so that what is foretold is what the run will then do.
    type: list
    elements: str
  empty_pool:
    description:
      - What to do if a pool that has members on BIG-IP would have none.
      - V(fail) holds its tenant, V(keep) leaves the members as they are, V(publish) empties the pool.
      - V(publish) holds the tenant too where Pods are left out because Nodes may not be read, see O(trust_npl_annotations).
      - V(fail) and V(keep) also hold a tenant in which a pool would keep only members that an operator disabled, and lose one that may
        still answer.
    type: str
    choices: [fail, keep, publish]
    default: fail
  min_members:
    description: Hold a tenant in which a pool would have fewer members than this.
    type: int
    default: 0
  max_removed_percent:
    description:
      - Hold a tenant in which a pool would lose more than this percentage of its members.
      - With O(prune), also hold each tenant from which applications would be removed, if these are together more than this percentage of
        the applications that O(owner) has on BIG-IP. With O(prune=true) only the applications in the tenants listed count.
    type: int
    default: 100
  on_error:
    description:
      - V(continue) holds a tenant with a fault, publishes the others, and fails in the end.
      - V(stop) publishes nothing if a fault is found before, and nothing more after the first refusal.
    type: str
    choices: [continue, stop]
    default: continue
  detect_drift:
    description:
      - Also compare the pools in LTM, and repair addresses and settings of members that were changed there. Costs one request.
      - Members that an operator disabled are left so, see O(enforce_member_state).
      - With V(false), the pools are read only where something is posted.
    type: bool
    default: true
  dry_run:
    description:
      - In check mode, AS3 also judges each tenant that would change, by its own dry run, and stores nothing. So what its schema refuses is
        known before the change window. AS3's code and message are in RV(tenants), and its refusals in RV(failure).
      - AS3 does not try the change on the device. An address that a virtual server outside of AS3 has, for instance, is found only by
        the run.
      - The removal of single applications from a tenant that also holds others is not judged.
      - AS3 takes its lock for a dry run and notes it as a task. In a device group this leaves "Changes Pending".
      - It needs AS3 3.50.0. Earlier versions are not asked, with a warning, because they carry out a dry run of single applications.
      - Without check mode V(true) is refused, because the task would publish although its author expects that nothing changes. Set it to
        C({{ ansible_check_mode }}) in a playbook that runs in both modes.
    type: bool
    default: false
  enforce_member_state:
    description:
      - V(false) leaves a member disabled, or forced offline, that an operator disabled on BIG-IP. It stays in its pool. A warning and
        RV(tenants.members_disabled_by_hand) name it. It takes part again when the operator enables it on BIG-IP.
      - V(true) gives such members of the applications named the state that the task has for them. RV(diff) and
        RV(tenants.members_enforced) show it. It needs O(detect_drift=true), or another reason for a POST.
      - A member that the task itself disables, by C(adminState) in O(applications[].member), is not one that an operator disabled.
    type: bool
    default: false
  wait_up:
    description:
      - How many seconds new members may take until their monitors see them, before former members that still answer are removed.
      - If they take longer, old and new members stay together, and the task fails. With V(0) monitors are not waited for.
    type: float
    default: 30
  tenants_per_post:
    description: How many tenants that are written under their lock go into one POST.
    type: int
    default: 20
  bulk_create:
    description:
      - Create new tenants whole, O(tenants_per_post) in one POST, instead of application by application. This is much faster for a first
        large run.
      - AS3 then creates a tenant only if none of this name is stored yet. A tenant that another job created in the meantime is read again,
        and the applications of this task are added to it. So several jobs may create the same tenants at the same time.
    type: bool
    default: false
  sync_to_group:
    description:
      - The device group, as V(/Common/failover-group), to which BIG-IP synchronises its configuration once, after the last POST.
    type: str
  allow_unvalidated:
    description:
      - Accept what F5 has not validated, as far as this module can see it. That is O(pool_member_type=cluster) where O(network_provider)
        is V(nsx_t1) or V(nsx_vpc); without this option it is refused before anything is read. M(vks.bigip.preflight_info) checks more.
    type: bool
    default: false
  details:
    description:
      - What RV(tenants), RV(pools) and RV(declaration) hold. V(changed), what changes or fails; V(all), everything; V(none), nothing.
      - With V(changed), RV(tenants) also holds tenants with members that an operator disabled.
    type: str
    choices: [changed, all, none]
    default: changed
  timeout:
    description:
      - Seconds that the whole task may take. Within them a BIG-IP that is busy or restarting is waited for.
    type: int
    default: 600
  progress_file:
    description:
      - A file to which each step is added as a line of JSON. The action plugin of this module sets and shows it.
      - If it cannot be written, the module warns and continues.
    type: path
seealso:
  - module: vks.bigip.pool_members_info
  - module: vks.bigip.pool_status_info
  - module: vks.bigip.as3_declaration
"""

EXAMPLES = r"""
- name: Publish the hello-world of F5's VKS guide
  vks.bigip.publish:
    pool_member_type: nodeportlocal
    applications:
      - tenant: AS3
        application: A1
        virtual_server:
          class: Service_HTTP
          virtualAddresses: [192.0.2.10]
          virtualPort: 80
        pool:
          monitors: [http]
        service: {namespace: default, name: f5-hello-world, port: 8080}

- name: See by Pod what a run would change, and change nothing
  vks.bigip.publish:
    applications: "{{ applications }}"
  check_mode: true
  diff: true

- name: See what AS3 says to a change, and change nothing
  vks.bigip.publish:
    applications: "{{ applications }}"
    dry_run: true
  check_mode: true

- name: HTTPS with the key pair of a Kubernetes Secret, a monitor of its own, and connection limits
  vks.bigip.publish:
    applications:
      - tenant: shop
        application: web
        virtual_server:
          class: Service_HTTPS
          virtualAddresses: [192.0.2.20]
          serverTLS: web_tls
        pool:
          loadBalancingMode: least-connections-member
          monitors:
            - use: web_health
        member:
          connectionLimit: 500
        service: {namespace: shop, name: web, port: http}
        objects:
          web_health:
            class: Monitor
            monitorType: http
            send: "GET /healthz HTTP/1.0\\r\\n\\r\\n"
            receive: "200 OK"
          web_tls:
            class: TLS_Server
            certificates:
              - certificate: web_cert
          web_cert:
            class: Certificate
            certificate:
              from_secret: {namespace: shop, name: web-tls, key: tls.crt}
            privateKey:
              from_secret: {namespace: shop, name: web-tls, key: tls.key}

- name: Two Services in one application
  vks.bigip.publish:
    prune: true
    applications:
      - tenant: shop
        application: web
        virtual_server: {class: Service_HTTP, virtualAddresses: [192.0.2.21], virtualPort: 80}
        service: {namespace: shop, name: web, port: http}
      - tenant: shop
        application: web
        virtual_server_name: api_vs
        pool_name: api_pool
        virtual_server: {class: Service_TCP, virtualAddresses: [192.0.2.21], virtualPort: 8443}
        service: {namespace: shop, name: api, port: https}

- name: Fill the pools of a declaration of your own
  vks.bigip.publish:
    declaration: "{{ lookup('ansible.builtin.file', 'as3.json') }}"
    pools:
      - tenant: AS3
        application: A1
        pool: web_pool
        service: {name: f5-hello-world, port: 8080}

- name: Fill the pools of a declaration that Services name by their labels, and only Services of these namespaces
  vks.bigip.publish:
    declaration: "{{ lookup('ansible.builtin.file', 'as3.json') }}"
    label_namespaces:
      AS3: [default]

- name: Use a certificate that another namespace holds for several applications
  vks.bigip.publish:
    secret_namespaces: [shop, certificates]
    applications:
      - tenant: shop
        application: web
        virtual_server: {class: Service_HTTPS, virtualAddresses: [192.0.2.23], serverTLS: web_tls}
        service: {namespace: shop, name: web, port: http}
        objects:
          web_tls: {class: TLS_Server, certificates: [{certificate: web_cert}]}
          web_cert:
            class: Certificate
            certificate:
              from_secret: {namespace: certificates, name: wildcard, key: tls.crt}
            privateKey:
              from_secret: {namespace: certificates, name: wildcard, key: tls.key}

- name: Take over what a CIS published, after it was scaled to 0
  vks.bigip.publish:
    adopt: cis
    applications: "{{ applications }}"

- name: Publish everything of a team, and remove from any tenant what is no longer listed, but at most a quarter
  vks.bigip.publish:
    owner: team-billing
    prune: owner
    max_removed_percent: 25
    pool_member_type: nodeport
    applications:
      - tenant: billing
        application: pay
        virtual_server: {class: Service_HTTP, virtualAddresses: [192.0.2.22], virtualPort: 80}
        service: {namespace: billing, name: pay}

- name: Enable again what an operator disabled on BIG-IP
  vks.bigip.publish:
    enforce_member_state: true
    applications: "{{ applications }}"

- name: Publish while the play goes on
  vks.bigip.publish:
    applications: "{{ applications }}"
    timeout: 600
  async: 660
  poll: 0
  register: publishing

- name: Wait for the publish
  ansible.builtin.async_status:
    jid: "{{ publishing.ansible_job_id }}"
  register: published
  until: published.finished | bool
  retries: 330
  delay: 2

- name: Remove an application
  vks.bigip.publish:
    state: absent
    applications:
      - tenant: AS3
        application: A1

- name: Remove all applications of a cluster that no longer exists from a tenant
  vks.bigip.publish:
    state: absent
    owner: 0f4a3c8e-2f6b-4f0e-9a55-3f1f0f6f3c21
    applications:
      - tenant: AS3
"""

RETURN = r"""
summary:
  description: What a person reads, a line for each tenant that changed or failed, and one total of the unchanged ones.
  returned: always
  type: list
  elements: str
  sample:
    - "Shop: updated, 3 members (+1 -0) in 2 pools"
    - "Web: held (service_not_found)"
    - 12 tenants unchanged
tenants:
  description: What was done, or in check mode would be done, with each tenant, by its name. See O(details).
  returned: always
  type: dict
  sample:
    AS3:
      action: update
      code: 200
      message: success
      applications:
        A1: update
      members_added:
        - {application: A1, pool: pool, address: 198.18.0.2, port: 61003, pod: f5-hello-world-7d4b9, node: worker-2}
      members_removed: []
  contains:
    action:
      description:
        - One of V(create), V(update), V(restore) (members on the device were not those stored), V(delete), V(release), V(hold) (a fault; nothing
          was sent) and V(none).
      type: str
      returned: always
    code:
      description: The code that AS3 gave, or a stable word if the tenant was held. V(null) if nothing was sent.
      type: raw
      returned: always
    message:
      description: The message of AS3. Of a tenant that failed without one, its code; RV(failure.tenants) has the reason.
      type: str
      returned: always
    applications:
      description: The applications that differ, and what was done with each.
      type: dict
      returned: always
    members_added:
      description: Members that came.
      type: list
      elements: dict
      returned: always
    members_removed:
      description: Members that went.
      type: list
      elements: dict
      returned: always
    properties:
      description: Other properties that changed, by application.
      type: dict
      returned: when there are some
    drifted:
      description: Pools whose members on the device were not those stored.
      type: list
      elements: str
      returned: when there are some
    members_disabled_by_hand:
      description:
        - Members that an operator disabled on BIG-IP and that stay so. Each has C(application), C(pool), C(address), C(port), C(state)
          (V(disable) or V(offline)), and the C(pod) or C(node) behind it.
      type: list
      elements: dict
      returned: when there are some
    members_enforced:
      description:
        - Members that an operator disabled on BIG-IP and that got their state back, by O(enforce_member_state). C(state) is the one they had.
      type: list
      elements: dict
      returned: when there are some
counts:
  description: How many tenants of each action, applications, pools, and members in all, added and removed.
  returned: always
  type: dict
pools:
  description: Each pool with its members, what was left out and why, as M(vks.bigip.pool_members_info) returns it. See O(details).
  returned: always
  type: list
  elements: dict
declaration:
  description: The applications as they are after this run, with secrets masked. See O(details).
  returned: always
  type: dict
diff:
  description: Before and after of each tenant that changes, with members by address and Pod.
  returned: always
  type: list
  elements: dict
timings:
  description: Seconds spent reading the cluster and the BIG-IP, posting, and in all.
  returned: always
  type: dict
requests:
  description: How many requests were sent to BIG-IP and to the Kubernetes API.
  returned: always
  type: dict
failure:
  description: The reason in parts, for programs.
  returned: on failure
  type: dict
  contains:
    code:
      description: A stable word; V(tenants_failed) if RV(failure.tenants) has the reasons.
      type: str
      returned: always
    summary:
      description: What failed.
      type: str
      returned: always
    message:
      description: The same text as RV(failure.summary). RV(ignore:msg) holds the whole sentence, with the answer and the remedy.
      type: str
      returned: always
    object:
      description: The object concerned, a tenant, application or pool by its AS3 path, or a Service.
      type: str
      returned: if one object is concerned
    said:
      description: What the other side answered, word for word.
      type: str
      returned: if it answered
    response:
      description: The same text as RV(failure.said).
      type: str
      returned: if it answered
    remedy:
      description: What to do now.
      type: str
      returned: if there is something
    path:
      description: The place in your input.
      type: str
      returned: if it is the fault of an option
    tenants:
      description: The tenants that failed.
      type: list
      elements: dict
      returned: if the fault is one of tenants
      contains:
        tenant:
          description: Its name.
          type: str
          returned: always
        code:
          description: The code that AS3 gave, or a stable word.
          type: raw
          returned: always
        summary:
          description: What failed.
          type: str
          returned: always
        message:
          description: The same text as RV(failure.tenants[].summary).
          type: str
          returned: always
        object:
          description: The object concerned, a tenant, application or pool by its AS3 path, or a Service.
          type: str
          returned: always
        said:
          description: What AS3 or the API server answered, word for word. V(null) if neither was asked.
          type: str
          returned: always
        response:
          description: The same text as RV(failure.tenants[].said).
          type: str
          returned: always
        remedy:
          description: What to do now. V(null) if the answer is all that is known.
          type: str
          returned: always
        note:
          description: What else was done or seen, such as members that were put back.
          type: str
          returned: if there is something
        path:
          description: The path that AS3 names, that of the pool or the application concerned, or the place in your input.
          type: str
          returned: always
        input:
          description: The place in your input that RV(failure.tenants[].path) stands for.
          type: str
          returned: when there is one
        applications:
          description: Which of your applications that is.
          type: list
          elements: str
          returned: always
        taken_by:
          description: Who has the virtual address or port, as C(tenant), C(application), C(object) and C(owner).
          type: dict
          returned: if RV(failure.tenants[].code) is V(address_taken)
        faults:
          description: Further faults of the tenant, each with its C(path), C(code), C(summary), C(said) and C(remedy).
          type: list
          elements: dict
          returned: if there are several
"""

from typing import Any

from ..module_utils._bigip import options as bigip_options
from ..module_utils._cis.options import CIS_OPTIONS
from ..module_utils._kube import options as kubernetes_options
from ..module_utils._members.options import SOURCE_DEFAULTS, SOURCE_OPTIONS
from ..module_utils._module import Module

APPLICATION: dict[str, Any] = {
    "tenant": {"type": "str", "required": True},
    "application": {"type": "str"},
    "virtual_server": {"type": "dict"},
    "virtual_server_name": {"type": "str", "default": "vs"},
    "pool": {"type": "dict"},
    "pool_name": {"type": "str", "default": "pool"},
    "member": {"type": "dict"},
    "objects": {"type": "dict"},
    **SOURCE_OPTIONS,
}
POOL: dict[str, Any] = {
    "tenant": {"type": "str", "required": True},
    "application": {"type": "str", "required": True},
    "pool": {"type": "str", "required": True},
    "member": {"type": "dict"},
    **SOURCE_OPTIONS,
}
OPTIONS: dict[str, Any] = {
    "applications": {"type": "list", "elements": "dict", "options": APPLICATION},
    "tenants": {"type": "dict"},
    "declaration": {"type": "raw"},
    "pools": {"type": "list", "elements": "dict", "options": POOL},
    "label_namespaces": {"type": "raw"},
    "secret_namespaces": {"type": "list", "elements": "str", "no_log": False},
    "state": {"type": "str", "choices": ["present", "absent", "released"], "default": "present"},
    "owner": {"type": "str"},
    "prune": {"type": "raw", "default": False},
    "adopt": {"type": "str", "choices": ["none", "unmarked", "cis"], "default": "none"},
    "assume_cis_at_rest": {"type": "list", "elements": "str"},
    **CIS_OPTIONS,
    "empty_pool": {"type": "str", "choices": ["fail", "keep", "publish"], "default": "fail"},
    "min_members": {"type": "int", "default": 0},
    "max_removed_percent": {"type": "int", "default": 100},
    "on_error": {"type": "str", "choices": ["continue", "stop"], "default": "continue"},
    "detect_drift": {"type": "bool", "default": True},
    "dry_run": {"type": "bool", "default": False},
    "enforce_member_state": {"type": "bool", "default": False},
    "wait_up": {"type": "float", "default": 30},
    "tenants_per_post": {"type": "int", "default": 20},
    "bulk_create": {"type": "bool", "default": False},
    "sync_to_group": {"type": "str"},
    "allow_unvalidated": {"type": "bool", "default": False},
    "details": {"type": "str", "choices": ["changed", "all", "none"], "default": "changed"},
    "timeout": {"type": "int", "default": 600},
    "progress_file": {"type": "path"},
}


def main() -> None:
    module = Module(
        argument_spec={**bigip_options.ARGUMENT_SPEC, **kubernetes_options.KUBERNETES_OPTIONS, **SOURCE_DEFAULTS, **OPTIONS},
        supports_check_mode=True,
    )

    def work() -> dict[str, Any]:
        from ..module_utils._boundary.unset import described
        from ..module_utils._run.publish import publish  # not before the arguments are known to be good

        params = {**module.params, "label_namespaces": described(module.params["label_namespaces"])}
        if params["state"] == "present":
            params = {**params, "applications": module.with_emptied("applications", ("service", "virtual_server"))}
        elif params["applications"] is not None:  # there a key that is missing means all, and an empty one does not
            params = {**params, "applications": module.given_items("applications")}
        # These are refused, all but pools only where something is removed: unset, they would mean something else than what was given.
        params = {**params, **{name: "" for name in module.emptied if name in ("applications", "declaration", "owner", "pools")}}
        return publish(params, module.hide, module.check_mode)

    module.run(work)


if __name__ == "__main__":
    main()
