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
  - Reads the cluster once, finds the members of each pool, and builds the AS3 declaration. Compares it with
    the stored declaration and with the device, and posts only the tenants that differ. A run that finds no
    difference posts nothing.
  - Applications that the task does not list stay as they are. Each published application carries a mark with
    its owner. The module refuses to change an application of another owner.
  - No POST removes more than half of the members of a pool that can still answer. When members are replaced,
    the new ones are added first. The former ones are removed once the monitors have marked the new ones up.
  - AS3 merges single applications into a tenant. The module uses this for a new tenant, and for a tenant that
    also contains applications of other owners. It writes any other tenant as a whole, under AS3's optimistic
    lock. With O(bulk_create), it also writes a new tenant as a whole. If another user changed the tenant in
    the meantime, the module reads it again and overwrites nothing.
  - The module refuses a virtual address and port that another stored application has, in check mode too. The
    failure C(address_taken) names that application. For this, one request reads the other tenants, and only
    if a tenant would get a new address or port.
  - An error in one tenant holds only this tenant, for example a missing Service, an empty pool or a rejection
    by AS3. The other tenants are published, and the task fails at the end.
  - Run it on localhost. That host must be able to reach both the Kubernetes API and the BIG-IP.
  - It prints a line for each step and, at the end, the lines of RV(summary). They appear with the callback
    P(ansible.builtin.default#callback) and callbacks derived from it, such as AWX's. With any other callback,
    they appear on standard error if standard error is a terminal and standard output is not. A task with
    C(no_log) or C(async) prints none.
  - The variable C(vks_bigip_progress) set to V(false) disables these lines. Without it, the environment
    variable E(VKS_BIGIP_PROGRESS) does the same.
  - The variable C(vks_bigip_journal) is the path of a file on the control node. Each task appends a line of
    JSON to it, also if the task failed or timed out. The line has the result, the code of a failure and the
    seconds of the run. If an event caused the run, it also has the seconds since the first change. The line
    contains no secret. If the file cannot be written, the task warns. With C(async) there is no line.
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
      - The applications to publish. Elements of the same tenant and application are merged. Their virtual
        servers and pools must then have different names.
      - O(applications[].service) and O(applications[].virtual_server) are optional. An empty or null value is
        refused, because BIG-IP would lose the pool or the virtual server.
      - With O(state=absent) and O(state=released), only O(applications[].tenant) and
        O(applications[].application) are used. An item without O(applications[].application) means all your
        applications of the tenant. An empty or null name is refused.
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
          - The virtual server as an AS3 object of a class that begins with C(Service_), such as
            V(Service_HTTP).
          - Its C(pool) is the pool of this element, unless you set C(pool) here.
        type: dict
      virtual_server_name:
        description: The name of the virtual server in the application.
        type: str
        default: vs
      pool:
        description: AS3 properties of the pool. Do not list the members of the Service. Members listed here
          are kept in addition to those of the Service.
        type: dict
      pool_name:
        description: The name of the pool in the application.
        type: str
        default: pool
      member:
        description:
          - AS3 properties of all members of the Service, such as C(ratio), C(priorityGroup),
            C(connectionLimit), C(adminState) and C(shareNodes).
          - C(shareNodes) is V(true), unless it is set here or the pool on BIG-IP has another value.
        type: dict
      objects:
        description:
          - Further AS3 objects of the application by name, such as monitors, C(TLS_Server), C(Certificate),
            C(Persist), C(iRule).
          - A value may be a dictionary with the one key C(from_secret), which names C(namespace), C(name) and
            C(key) of a Kubernetes Secret. The value of the Secret replaces it, so the next run publishes a
            renewed certificate. The Secret must be in a namespace of the application's own Services, or in
            one of O(secret_namespaces). All results mask such a value.
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
            description: The Service port by name or number, such as V(http), V(80) or V(53/UDP). Optional if
              the Service has one port.
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
        choices: [exclude, fallback, keep, drain]
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
      - AS3 properties of tenants by the tenant's name, such as C(defaultRouteDomain) and C(label). Properties
        that are not listed stay as they are.
      - With O(state=absent) and O(state=released), and without O(applications) and O(declaration), it selects
        all your applications of these tenants. Together with one of them, it selects nothing, and a tenant
        that they do not list is refused.
    type: dict
  declaration:
    description:
      - A whole AS3 declaration (class C(AS3) or C(ADC)) as a dictionary or JSON. The module fills its pools.
      - O(pools) lists the pools to fill. Without it, Services of O(label_namespaces) select pools by their
        labels C(cis.f5.com/as3-tenant), C(cis.f5.com/as3-app) and C(cis.f5.com/as3-pool), as in F5 CIS. The
        first member of a pool in the declaration is the template for all members. Its C(servicePort) is
        looked up as Service port first, then as target port.
      - Labels fill a pool only if the declaration has no address for it. An entry with C(serverAddresses),
        C(servers), C(bigip) or C(addressDiscovery) is an address.
      - C(updateMode) V(complete), a C(target), and any C(action) other than V(deploy) are refused.
    type: raw
  pools:
    description:
      - The pools of O(declaration) to fill. An empty list fills none. With O(declaration), an empty text or
        null is refused.
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
        description: AS3 properties of all members. They override those of the template.
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
            description: The Service port by name or number, such as V(http), V(80) or V(53/UDP). Optional if
              the Service has one port.
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
        choices: [exclude, fallback, keep, drain]
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
      - The namespaces whose Services may fill pools of O(declaration) by their labels. A list applies to all
        tenants. A dictionary has a list for each tenant.
      - Required if O(declaration) has a pool without addresses and O(pools) is not set. The reason is that
        each user who may edit a Service chooses its labels.
      - Labelled Services in other namespaces are ignored. Two Services for one pool, an unknown pool, or an
        ambiguous port hold the tenant.
      - Up to eight namespaces are read with one list request each. For more, one list request reads the whole
        cluster.
    type: raw
  secret_namespaces:
    description:
      - The namespaces whose Secrets C(from_secret) may name, in all applications of the task. An empty list
        allows none.
      - The default for each application is the namespaces of its own Services. For pools that labels fill, it
        is the O(label_namespaces) of the tenant.
      - A Secret in another namespace is refused before anything is read.
    type: list
    elements: str
  only_services:
    description:
      - Publish only the applications in which a pool gets its members from one of these Services, each given as
        V(namespace/name). This is for a run that follows a change in the cluster.
      - All pools of such an application are read, and all limits apply to it. The other applications are
        neither read nor posted, and stay as they are on BIG-IP. The module still checks the whole input first.
      - O(prune) removes nothing then, and O(tenants) changes only the tenants of such an application. After a
        change of the input, run once without this option.
      - For pools of O(declaration) that labels fill, an application also counts if its mark on BIG-IP names one
        of these Services. So it follows a Service that was deleted or lost its labels.
      - If no application gets members from these Services, the module changes nothing.
      - An empty list is refused, because it does not mean all. Only for O(state=present).
    type: list
    elements: str
    version_added: 1.1.0
  state:
    description:
      - V(present) publishes the applications.
      - V(absent) removes your listed applications. For all applications of a tenant, list it in
        O(applications) without O(applications[].application), or in O(tenants) alone.
      - V(released) removes only the marks, so another owner can adopt the applications. Traffic continues.
      - With V(absent) and V(released), an empty or null value of O(applications), O(declaration) or O(owner)
        is refused. A tenant of O(declaration) without an application selects nothing.
      - With V(absent) and V(released), the module reads only the cluster's UID from Kubernetes, and nothing
        if O(owner) is set.
    type: str
    choices: [present, absent, released]
    default: present
  owner:
    description:
      - The identity of the publisher. The module writes it into the mark. It changes and removes only
        applications with the same owner.
      - The default is the UID of the namespace kube-system, which identifies the cluster. Required if the
        account may not read that namespace, with O(state=absent) and O(state=released) too. The error then
        lists the owners found on BIG-IP and the applications of each.
      - An empty or null O(owner) is refused with O(prune), O(state=absent) and O(state=released), because
        these remove applications or marks.
    type: str
  prune:
    description:
      - Remove applications of the same O(owner) that are no longer listed in O(applications) or
        O(declaration).
      - V(true), or V(tenants), removes them from the tenants in which the task lists an application.
      - V(owner) removes them from all tenants. This one task must then list every application that this owner
        publishes, from all clusters. If several playbooks publish from one cluster, give each its own
        O(owner) first. The module then reads all tenants, in the same number of requests.
      - Nothing is removed if a read failed, if no application is listed, or if a listed application has an
        error. A warning then names the applications that are no longer listed. O(max_removed_percent) limits
        the removal.
      - Removals are posted last. A removal that frees an address for another listed tenant is posted before
        that tenant. If that tenant then fails, the module publishes the removed application again, and its
        tenant fails with C(put_back). If AS3 rejects this, the tenant fails with C(removed).
    type: raw
    default: false
  adopt:
    description:
      - Which applications without a mark the task may take over.
      - V(none) takes over nothing. V(unmarked) takes over those that no CIS of the cluster might own.
      - V(cis) also takes over those of a CIS that is scaled to 0. An application that a running CIS might own
        is always refused.
      - The module takes over nothing if it cannot read which tenants a CIS owns. It needs the right to list
        Deployments and, if a CIS exists, ConfigMaps in its namespace. Only a CIS in O(cis_namespaces) counts.
    type: str
    choices: [none, unmarked, cis]
    default: none
  assume_cis_at_rest:
    description:
      - Used only in check mode, by a playbook that scales CIS to 0 in an earlier step, such as
        C(vks.bigip.cis_to_publish). Lists Deployments of CIS as V(namespace/name). The module treats them as
        scaled to 0, so check mode shows the changes of the real run.
    type: list
    elements: str
  empty_pool:
    description:
      - The action if a pool that has members on BIG-IP would get none.
      - V(fail) holds its tenant. V(keep) keeps the current members. V(publish) empties the pool.
      - V(publish) also holds the tenant if Pods are left out because the account may not read Nodes, see
        O(trust_npl_annotations).
      - V(fail) and V(keep) also hold the tenant if only members that an operator disabled would remain. This
        applies if the pool would lose a member that may still answer.
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
      - With O(prune), it also limits the removal of applications. The module counts those to remove in all
        tenants, as a percentage of the applications that O(owner) has on BIG-IP. Above the limit, each tenant
        that would lose applications is held. With O(prune=true), only the applications in the listed tenants
        count.
    type: int
    default: 100
  on_error:
    description:
      - V(continue) holds a tenant with an error, publishes the others, and fails at the end.
      - V(stop) publishes nothing if an error is found before the first POST, and nothing more after the first
        rejection.
    type: str
    choices: [continue, stop]
    default: continue
  detect_drift:
    description:
      - Also compare the pools in LTM, and restore members whose address or settings were changed there. This
        takes one more request.
      - Members that an operator disabled stay disabled, see O(enforce_member_state).
      - With V(false), the module reads a pool only if it posts its tenant.
    type: bool
    default: true
  dry_run:
    description:
      - In check mode, also send each tenant that would change to AS3 as a dry run, which stores nothing. So
        you see what AS3's schema rejects before the change window. AS3's code and message are in RV(tenants),
        and its rejections in RV(failure).
      - AS3 does not try the change on the device. For example, it does not find an address that a virtual
        server outside of AS3 has.
      - AS3 does not check the removal of single applications from a tenant that contains more of them.
      - AS3 takes its lock for a dry run and records it as a task. In a device group, the state "Changes
        Pending" remains afterwards.
      - It needs AS3 3.50.0. With earlier versions, the module warns and sends no dry run, because they apply
        a dry run of single applications.
      - Without check mode, V(true) is refused, because the task would publish although its author expects no
        change. In a playbook that runs in both modes, set it to C({{ ansible_check_mode }}).
    type: bool
    default: false
  enforce_member_state:
    description:
      - V(false) keeps the state of a member that an operator disabled or forced offline on BIG-IP. The member
        stays in its pool. A warning and RV(tenants.members_disabled_by_hand) name it. It takes traffic again
        when the operator enables it on BIG-IP.
      - V(true) sets such members of the listed applications to the state that the task defines. RV(diff) and
        RV(tenants.members_enforced) show them. It needs O(detect_drift=true), or another change that causes a
        POST.
      - A member that the task itself disables, by C(adminState) in O(applications[].member), does not count
        as disabled by an operator.
    type: bool
    default: false
  wait_up:
    description:
      - Seconds to wait until monitors mark new members up, before former members that still answer are
        removed.
      - After this time, former and new members stay in the pool together, and the task fails. With V(0), the
        task does not wait for monitors.
    type: float
    default: 30
  drain_timeout:
    description:
      - With O(terminating=drain), seconds to wait until the connections of a member are closed, after BIG-IP
        stopped giving it new ones. Then the task removes the member, with the connections that are left.
      - The default is the idle timeout of a TCP connection on BIG-IP. A connection whose Pod ended without
        closing it disappears in that time. Keep it lower than O(timeout).
      - With V(0), the task does not wait. A later run removes the member when its connections are closed, or
        when its Pod no longer exists. Use this if each change in the cluster starts a run.
      - With persistence, BIG-IP still gives a draining member new connections of clients that it knows.
    type: float
    default: 300
    version_added: 1.1.0
  tenants_per_post:
    description: How many tenants one POST contains, of those that are written as a whole.
    type: int
    default: 20
  bulk_create:
    description:
      - Create new tenants as a whole, O(tenants_per_post) in one POST, instead of one POST for each
        application. This is much faster for a first large run.
      - AS3 then creates a tenant only if no tenant of this name exists. If another job created it in the
        meantime, the module reads it again and adds the applications of this task. So several jobs can create
        the same tenants at the same time.
    type: bool
    default: false
  sync_to_group:
    description:
      - The device group, such as V(/Common/failover-group), to which BIG-IP synchronizes its configuration
        once, after the last POST.
    type: str
  allow_unvalidated:
    description:
      - Allow O(pool_member_type=cluster) where O(network_provider) is V(nsx_t1) or V(nsx_vpc), which F5 has
        not validated. Without this option, the module refuses it before it reads anything.
        M(vks.bigip.preflight_info) checks more.
    type: bool
    default: false
  details:
    description:
      - The content of RV(tenants), RV(pools) and RV(declaration). V(changed) returns the parts that change or
        fail, V(all) everything, V(none) nothing.
      - With V(changed), RV(tenants) also contains tenants with members that an operator disabled.
    type: str
    choices: [changed, all, none]
    default: changed
  timeout:
    description:
      - The time limit of the whole task, in seconds. Within it, the task waits for a BIG-IP that is busy or
        restarting.
    type: int
    default: 600
  progress_file:
    description:
      - A file to which the module appends each step as a line of JSON. Set by the action plugin of this
        module, which prints the steps.
      - If it cannot be written, the module warns and continues.
    type: path
  standby:
    description:
      - Set by the action plugin of this module, if the rulebook sets C(vks_bigip_standby). The module then runs
        again for each event that the event source C(vks.bigip.changes) sends, until a run fails.
    type: dict
    suboptions:
      socket:
        description: The socket of the event source.
        type: path
        required: true
      journal:
        description: The journal of the event source.
        type: path
        required: true
      event:
        description: The event that started the play.
        type: dict
        required: true
seealso:
  - module: vks.bigip.pool_members_info
  - module: vks.bigip.pool_status_info
  - module: vks.bigip.as3_declaration
"""

EXAMPLES = r"""
- name: Publish the hello-world application of F5's VKS guide
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

- name: Show the changes by Pod, and change nothing
  vks.bigip.publish:
    applications: "{{ applications }}"
  check_mode: true
  diff: true

- name: Check a change with AS3, and change nothing
  vks.bigip.publish:
    applications: "{{ applications }}"
    dry_run: true
  check_mode: true

- name: Publish HTTPS with the key pair of a Kubernetes Secret, a custom monitor, and connection limits
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

- name: Publish two Services in one application
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

- name: Fill the pools of your own declaration
  vks.bigip.publish:
    declaration: "{{ lookup('ansible.builtin.file', 'as3.json') }}"
    pools:
      - tenant: AS3
        application: A1
        pool: web_pool
        service: {name: f5-hello-world, port: 8080}

- name: Fill the pools of a declaration from the labels of Services in these namespaces
  vks.bigip.publish:
    declaration: "{{ lookup('ansible.builtin.file', 'as3.json') }}"
    label_namespaces:
      AS3: [default]

- name: Use a certificate from another namespace
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

- name: Publish only the applications of Services that changed
  vks.bigip.publish:
    applications: "{{ applications }}"
    only_services: [shop/web, shop/api]

- name: Take over the applications of a CIS that is scaled to 0
  vks.bigip.publish:
    adopt: cis
    applications: "{{ applications }}"

- name: Publish all applications of a team, and remove up to 25 % of them if they are no longer listed
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

- name: Enable members that an operator disabled on BIG-IP
  vks.bigip.publish:
    enforce_member_state: true
    applications: "{{ applications }}"

- name: Let the open connections of Pods that shut down end, for at most two minutes
  vks.bigip.publish:
    terminating: drain
    drain_timeout: 120
    applications: "{{ applications }}"

- name: Publish while the play continues
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

- name: Remove the applications of a deleted cluster from a tenant
  vks.bigip.publish:
    state: absent
    owner: 0f4a3c8e-2f6b-4f0e-9a55-3f1f0f6f3c21
    applications:
      - tenant: AS3
"""

RETURN = r"""
summary:
  description: The report as text. It has a line for each tenant that changed or failed, and one line with the
    number of unchanged tenants.
  returned: always
  type: list
  elements: str
  sample:
    - "Shop: updated, 3 members (+1 -0) in 2 pools"
    - "Web: held (service_not_found)"
    - 12 tenants unchanged
tenants:
  description: The action and its result for each tenant, by its name. In check mode, the action that would be
    taken. See O(details).
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
        - V(create), V(update), V(restore), V(delete), V(release), V(hold) or V(none). V(restore) means that
          members on the device differed from the stored ones. V(hold) means an error; nothing was sent.
      type: str
      returned: always
    code:
      description: The code of AS3's answer, or a stable word if the tenant was held. V(null) if nothing was
        sent.
      type: raw
      returned: always
    message:
      description: The message of AS3. If a tenant failed without one, its code. RV(failure.tenants) has the
        reason.
      type: str
      returned: always
    applications:
      description: The applications that differ, with the action taken for each.
      type: dict
      returned: always
    members_added:
      description: Members added.
      type: list
      elements: dict
      returned: always
    members_removed:
      description: Members removed.
      type: list
      elements: dict
      returned: always
    properties:
      description: Other properties that changed, by application.
      type: dict
      returned: when there are some
    drifted:
      description: Pools whose members on the device differed from the stored ones.
      type: list
      elements: str
      returned: when there are some
    members_draining:
      description:
        - Members of RV(tenants.members_removed) whose open connections the task lets end first, see
          O(terminating). Each has C(application), C(pool), C(address) and C(port).
      type: list
      elements: dict
      returned: when there are some
    members_disabled_by_hand:
      description:
        - Members that an operator disabled on BIG-IP and that stay disabled. Each has C(application),
          C(pool), C(address), C(port), C(state) (V(disable) or V(offline)), and the C(pod) or C(node) behind
          it.
      type: list
      elements: dict
      returned: when there are some
    members_enforced:
      description:
        - Members that an operator disabled on BIG-IP and whose state O(enforce_member_state) restored.
          C(state) is their former state.
      type: list
      elements: dict
      returned: when there are some
counts:
  description: The number of tenants for each action, of applications, of pools, and of members in total,
    added and removed.
  returned: always
  type: dict
pools:
  description: Each pool with its members and with the endpoints left out and their reasons, as in
    M(vks.bigip.pool_members_info). See O(details).
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
  description:
    - Seconds spent reading the cluster and the BIG-IP, posting, and in total.
    - C(began) is the time before the first read, in seconds since 1970.
  returned: always
  type: dict
requests:
  description: The number of requests sent to BIG-IP and to the Kubernetes API.
  returned: always
  type: dict
sync:
  description: The config-sync status of BIG-IP after the last POST.
  returned: if something was sent and the status could be read
  type: dict
  contains:
    mode:
      description: The mode of the unit, such as V(high-availability) or V(standalone).
      type: str
      returned: always
    status:
      description: The status, such as V(In Sync) or V(Changes Pending).
      type: str
      returned: always
    summary:
      description: BIG-IP's message about the status.
      type: str
      returned: always
systems:
  description: The systems that answered this task. AAP counts those that the module can change
    as managed nodes.
  type: list
  returned: if a system answered
  elements: dict
  contains:
    kind:
      description: V(bigip) for a unit of BIG-IP, V(kubernetes) for the API server of a cluster
        or a Supervisor.
      type: str
      returned: always
    name:
      description: Its host, with the port if it is not 443.
      type: str
      returned: always
    url:
      description: Its URL, as the task used it.
      type: str
      returned: always
failure:
  description:
    - The failure as structured data.
  returned: on failure
  type: dict
  contains:
    code:
      description:
        - The error code, a stable word. docs/codes.md has the meaning and the action for each
          code.
        - Options and libraries - V(options), V(invalid_options), V(reserved_name), V(not_validated),
          V(owner_required), V(library_missing).
        - The API of Kubernetes - V(kubernetes_config), V(kubernetes_credential_plugin), V(kubernetes_library),
          V(kubernetes_unauthorized), V(kubernetes_forbidden), V(kubernetes_not_found), V(kubernetes_expired),
          V(kubernetes_error), V(kubernetes_not_json), V(kubernetes_too_large), V(kubernetes_tls),
          V(kubernetes_unreachable), V(kubernetes_timeout).
        - BIG-IP - V(bigip_options), V(bigip_unreachable), V(bigip_tls), V(bigip_not_found),
          V(bigip_auth), V(bigip_forbidden), V(bigip_token_limit), V(bigip_no_active_unit),
          V(bigip_unavailable), V(bigip_busy), V(bigip_answer), V(bigip_refused).
        - AS3 - V(as3_missing), V(as3_refused), V(as3_unreadable), V(conflict), V(outcome_unknown),
          V(endless), V(dry_run_ignored).
        - Services, pools and Secrets - V(service_missing), V(service_not_found), V(service_port_not_found),
          V(service_port_ambiguous), V(service_without_ports), V(external_name), V(address_family_missing),
          V(node_selector_invalid), V(nodeport_service_type), V(nodeport_headless), V(nodeport_not_allocated),
          V(npl_service_type), V(npl_no_selector), V(npl_not_annotated), V(npl_annotation_value),
          V(npl_protocol), V(auto_undecided), V(label_conflict), V(label_pool_not_found), V(secret_not_found),
          V(secret_key_not_found), V(secret_not_text).
        - Rules of publishing - V(not_ours), V(unmarked), V(cis_running), V(cis_tenant), V(cis_unknown),
          V(shared_tenant), V(shared_nodes), V(address_taken), V(empty_pool), V(min_members),
          V(max_removed_percent), V(members_not_up), V(put_back), V(removed).
        - Static routes - V(pod_network_unreachable).
        - The run - V(tenants_failed), V(stopped), V(timeout), V(unexpected).
      type: str
      returned: always
    summary:
      description: The operation that failed.
      type: str
      returned: always
    message:
      description: The same text as RV(failure.summary). RV(ignore:msg) contains the whole message,
        with the answer and the remedy.
      type: str
      returned: always
    object:
      description: The affected object, a tenant, application or pool by its AS3 path, or a
        Service. V(null) if there is none.
      type: str
      returned: always
    said:
      description: The literal answer of the other system. V(null) if it did not answer.
      type: str
      returned: always
    response:
      description: The same text as RV(failure.said).
      type: str
      returned: always
    remedy:
      description: The action to take. V(null) if only the answer is known.
      type: str
      returned: always
    path:
      description: The position of the error, an AS3 path or a position in your input. V(null)
        if there is none.
      type: str
      returned: always
    input:
      description: The position in your input that corresponds to RV(failure.path). V(null)
        if there is none.
      type: str
      returned: always
    tenants:
      description: The tenants that failed.
      type: list
      returned: if RV(failure.code) is V(tenants_failed)
      elements: dict
      contains:
        tenant:
          description: Its name.
          type: str
          returned: always
        code:
          description: The number of AS3, such as V(422), or a word as in RV(failure.code).
          type: raw
          returned: always
        summary:
          description: The operation that failed.
          type: str
          returned: always
        message:
          description: The same text as RV(failure.tenants[].summary).
          type: str
          returned: always
        object:
          description: The affected object, a tenant, application or pool by its AS3 path, or
            a Service. V(null) if there is none.
          type: str
          returned: always
        said:
          description: The literal answer of the other system. V(null) if it did not answer.
          type: str
          returned: always
        response:
          description: The same text as RV(failure.tenants[].said).
          type: str
          returned: always
        remedy:
          description: The action to take. V(null) if only the answer is known.
          type: str
          returned: always
        path:
          description: The position of the error, an AS3 path or a position in your input. V(null)
            if there is none.
          type: str
          returned: always
        input:
          description: The position in your input that corresponds to RV(failure.tenants[].path).
            V(null) if there is none.
          type: str
          returned: always
        note:
          description: Further actions and observations, such as members that were restored.
          type: str
          returned: when there is one
        applications:
          description: The affected applications of your input.
          type: list
          returned: always
          elements: str
        taken_by:
          description: The object that has the virtual address or port, as C(tenant), C(application),
            C(object) and C(owner).
          type: dict
          returned: if RV(failure.tenants[].code) is V(address_taken)
        removed:
          description: The applications that prune removed, and that could not be published
            again.
          type: list
          returned: if RV(failure.tenants[].code) is V(removed)
          elements: str
        faults:
          description: Further errors of the tenant, each with the keys of RV(failure.tenants)
            from C(code) to C(input).
          type: list
          returned: if there are several
          elements: dict
"""

import contextlib
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
STANDBY: dict[str, Any] = {
    "socket": {"type": "path", "required": True},
    "journal": {"type": "path", "required": True},
    "event": {"type": "dict", "required": True},
}
OPTIONS: dict[str, Any] = {
    "applications": {"type": "list", "elements": "dict", "options": APPLICATION},
    "tenants": {"type": "dict"},
    "declaration": {"type": "raw"},
    "pools": {"type": "list", "elements": "dict", "options": POOL},
    "label_namespaces": {"type": "raw"},
    "secret_namespaces": {"type": "list", "elements": "str", "no_log": False},
    "only_services": {"type": "list", "elements": "str"},
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
    "drain_timeout": {"type": "float", "default": 300},
    "tenants_per_post": {"type": "int", "default": 20},
    "bulk_create": {"type": "bool", "default": False},
    "sync_to_group": {"type": "str"},
    "allow_unvalidated": {"type": "bool", "default": False},
    "details": {"type": "str", "choices": ["changed", "all", "none"], "default": "changed"},
    "timeout": {"type": "int", "default": 600},
    "progress_file": {"type": "path"},
    "standby": {"type": "dict", "options": STANDBY},
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
        elif params["applications"] is not None:  # a missing key means all applications, an empty value does not
            params = {**params, "applications": module.given_items("applications")}
        # Empty values of these are refused, most of them only for a removal, because unset they would have
        # another meaning.
        params = {**params, **{name: "" for name in module.emptied if name in ("applications", "declaration", "owner", "pools")}}
        return publish(params, module.hide, module.check_mode)

    if module.params["standby"]:
        from ..module_utils._publish.progress import progress
        from ..module_utils._watch.play import stand_by

        with contextlib.suppress(ImportError):  # a run reports it
            from ..module_utils._run.publish import preload

            preload()
        stand_by(module, module.params["standby"], lambda: module.run(work), progress(module.params["progress_file"], module.warn))
    module.run(work)


if __name__ == "__main__":
    main()
