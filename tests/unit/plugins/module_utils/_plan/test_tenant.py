# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a tenant: a goal, what is stored, the device and the rules give an action, steps and a code.

A line is: name | goal | stored | device | rules | action | steps | code. support/planning.py explains them.
"""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.tests.unit.support import planning

MEMBERS = """
a new tenant | A1=1 2 | - |  |  | create | A1=1 2 |
a new tenant posted whole | A1=1 2 | - |  | bulk_create=1 | create | [A1=1 2] |
a new tenant without members | A1= | - |  |  | create | A1= |
nothing listed, nothing stored |  | - |  |  | none |  |
no applications at all | * | A1@us=1 | = |  | none |  |
nothing listed, a tenant without applications |  | label=x | = |  | none |  |
a new application | A1=1; A2=2 | A1@us=1 | = |  | update | [A2=2] |
a new application beside one of another owner | A2=2 | A1@them=1 | = |  | update | A2=2 |
unchanged | A1=1 2 | A1@us=1 2 | = |  | none |  |
unchanged, and the device was not read | A1=1 2 | A1@us=1 2 | ? |  | none |  |
unchanged beside another owner | A1=1 2 | A1@us=1 2; A2@them=3 | = |  | none |  |
an application that is not listed stays | A1=1 | A1@us=1; A2@us=3 | = |  | none |  |
a member added | A1=1 2 3 | A1@us=1 2 | = |  | update | [A1=1 2 3] |
a member whose Pod is gone | A1=1 | A1@us=1 2 | = |  | update | [A1=1] |
a member whose Pod may still answer | A1=1 | A1@us=1 2 | = | left_out=1 | update | [A1=1] |
half of the members at a time | A1=1 | A1@us=1 2 3 4 | = | left_out=1 | update | [A1=1 4] > [A1=1] |
a dead member | A1=1 | A1@us=1 2 3 4 | A1=1 2 3/down 4/down | left_out=1 | update | [A1=1] |
replaced: union first | A1=3 4 | A1@us=1 2 | = | left_out=1 | update | [A1=1 2 3 4] > [A1=3 4] |
replaced, no old Pod exists | A1=3 4 | A1@us=1 2 | = |  | update | [A1=3 4] |
changed in slices | A1=1/r2 2/r2 | A1@us=1 2 | = |  | update | [A1=1/r2 2] > [A1=1/r2 2/r2] |
replaced, the device was not read | A1=3 4 | A1@us=1 2 | ? | left_out=1 | update | [A1=1 2 3 4] > [A1=3 4] |
another node port | A1=1:81 2:81 | A1@us=1 2 | = | nodeport=81 | update | [A1=1:81 2:81] |
a node that is excluded still answers | A1=1 | A1@us=1 2 | = | nodeport=80 | update | [A1=1] |
another mode: the union | A1=1:81 | A1@us=1 | = | mode=cluster | update | [A1=1 1:81] > [A1=1:81] |
another Service: the union | A1=3 | A1@us=1 | = | service=default/other:80/TCP | update | [A1=1 3] > [A1=3] |
other options: the union | A1=3 | A1@us=1 | = | options=yes | update | [A1=1 3] > [A1=3] |
options alone: the mark | A1=1 | A1@us=1 | = | options=yes | update | [A1=1] |
a change in a shared tenant | A1=1 2 | A1@us=1; A2@them=2 | = |  | update | A1=1 2 |
an excluded node, replaced | A1=2 | A1@us=1 | = | nodeport=80 | update | [A1=1 2] > [A1=2] |
no node port is known | A1=2:81 | A1@us=1 | = | nodeport= | update | [A1=1 2:81] > [A1=2:81] |
nodeport: Pods left out | A1=1:81 2:81 | A1@us=1 2 | = | nodeport=81 left_out=1 | update | [A1=1:81 2:81] |
"""
DRAINING = """
drain: named, disabled, drained, removed | A1=1 | A1@us=1 2 | = | draining=2 | update | [A1=1 2] > disable 2 > drain 2 > [A1=1] |
drain: the union first | A1=3 | A1@us=1 | = | draining=1 | update | [A1=1 3] > disable 1 > drain 1 > [A1=3] |
drain: half at a time | A1=1 | A1@us=1 2 3 4 | = | draining=2,3,4 | update | [A1=1 2 3 4] > disable 2 3 > disable 4 > drain 2 3 4 > [A1=1] |
drain: not on BIG-IP | A1=1 | A1@us=1 | = | draining=2 | none |  |
drain: the last ones, none remains | A1= | A1@us=1 2 | = | draining=1,2 empty=publish | update | [A1=1 2] > disable 1 > disable 2 > drain 1 2 > [A1=] |
drain: down | A1=1 | A1@us=1 2 | A1=1 2/down | draining=2 | update | [A1=1 2] > disable 2 > drain 2 > [A1=1] |
drain: down ones do not count | A1=1 | A1@us=1 2 3 4 | A1=1 2 3/down 4/down | draining=2,3,4 | update | [A1=1 2 3 4] > disable 2 3 4 > drain 2 3 4 > [A1=1] |
drain: the operator disabled it | A1=1 | A1@us=1 2 | A1=1 2/off | draining=2 | update | drain 2 > [A1=1] |
drain: the operator forced it offline | A1=1 | A1@us=1 2 | A1=1 2/dead | draining=2 | update | drain 2 > [A1=1] |
drain: beside one that is removed | A1=1 | A1@us=1 2 3 | = | draining=2 left_out=1 | update | [A1=1 2 3] > disable 2 > [A1=1 2/off] > drain 2 > [A1=1] |
drain: beside one that is gone | A1=1 | A1@us=1 2 3 | = | draining=2 | update | [A1=1 2] > disable 2 > drain 2 > [A1=1] |
drain: beside a changed one | A1=1/r2 | A1@us=1 2 | = | draining=2 | update | [A1=1 2] > disable 2 > [A1=1/r2 2/off] > drain 2 > [A1=1/r2] |
drain: in a shared tenant | A1=1 | A1@us=1 2; A2@them=5 | = | draining=2 | update | A1=1 2 > disable 2 > drain 2 > A1=1 |
drain: not removed, if operators disabled the others | A1=1 | A1@us=1 2 | A1=1/off 2 | draining=2 | hold |  | empty_pool
drain: two pools | A1+B=1 & 3 | A1+B@us=1 2 & 3 4 | A1=1 2; A1+B=3 4 | draining=2,4 | update | [A1=1 2 & 3 4] > disable 2 4 > drain 2 4 > [A1=1 & 3] |
drain again: disabled by the run before | A1=1 | A1@us=1 2/ending | A1=1 2/off | draining=2 | update | drain 2 > [A1=1] |
drain again: stored as disabled | A1=1 | A1@us=1 2/off/ending | A1=1 2/off | draining=2 | update | drain 2 > [A1=1] |
drain again: named only | A1=1 | A1@us=1 2/ending | A1=1 2 | draining=2 | update | disable 2 > drain 2 > [A1=1] |
drain again: the Pod is gone | A1=1 | A1@us=1 2/ending | A1=1 2/off | | update | [A1=1] |
drain again: the address is used again | A1=1 2 | A1@us=1 2/ending | A1=1 2/off | | update | enable 2 > [A1=1 2] |
drain again: used again, stored as disabled | A1=1 2 | A1@us=1 2/off/ending | A1=1 2/off | | update | enable 2 > [A1=1 2] |
drain again: another one drains | A1=1 2 | A1@us=1 2/ending 3 | A1=1 2/off 3 | draining=3 | update | enable 2 > [A1=1 2 3] > disable 3 > drain 3 > [A1=1 2] |
drain again: used again, without a look for drift | A1=1 2 | A1@us=1 2/ending | A1=1 2/off | detect_drift=0 | update | enable 2 > [A1=1 2] |
drain again: used again, the device was not read | A1=1 2 | A1@us=1 2/ending | ? | | update | [A1=1 2] |
drain again: used again, wanted disabled | A1=1 2/off | A1@us=1 2/ending | A1=1 2/off | | update | [A1=1 2/off] |
drain again: used again, forced offline meanwhile | A1=1 2 | A1@us=1 2/ending | A1=1 2/dead | | update | [A1=1 2/dead] |
drain again: enabled meanwhile, not removed | A1=1 2 | A1@us=1 2/off/ending | A1=1 2 | | update | [A1=1 2] |
drain again: named, and BIG-IP lost it | A1=1 | A1@us=1 2/ending | A1=1 | draining=2 | update | [A1=1] |
drain again: beside one by hand | A1=1 2 3 | A1@us=1 2/ending 3 | A1=1 2/off 3/off | | update | enable 2 > [A1=1 2 3/off] |
"""
OWNERS = """
owner: another one's application | A1=1 | A1@them=1 | = |  | hold |  | not_ours
owner: another one's, with adopt | A1=1 | A1@them=1 | = | adopt=unmarked | hold |  | not_ours
owner: unmarked | A1=1 | A1=1 | = |  | hold |  | unmarked
adopt: unmarked | A1=1 | A1=1 | = | adopt=unmarked | update | [A1=1] |
adopt: unmarked, with other members | A1=3 | A1=1 | = | adopt=unmarked | update | [A1=1 3] > [A1=3] |
adopt: unmarked beside unmarked | A1=1 | A1=1; A2=2 | = | adopt=unmarked | update | A1=1 |
adopt: unmarked, CIS unknown | A1=1 | A1=1 | = | adopt=unmarked cis?=1 | hold |  | cis_unknown
adopt: cis, CIS unknown | A1=1 | A1=1 | = | adopt=cis cis?=1 | update | [A1=1] |
ours, CIS unknown | A1=1 2 | A1@us=1 | = | cis?=1 | update | [A1=1 2] |
cis: running, new tenant | A1=1 | - |  | cis=T | hold |  | cis_running
cis: running, another tenant | A1=1 | - |  | cis=U | create | A1=1 |
cis: running, unmarked beside ours | A1=1 | A1@us=1; A2=2 | = | cis=T | hold |  | cis_running
cis: running, no application listed | label=x | A1=1 | = | cis=T | hold |  | cis_running
cis: running, all ours | A1=1 2 | A1@us=1 | = | cis=T | update | [A1=1 2] |
cis: scaled to 0, new tenant | A1=1 | - |  | cis0=T | create | A1=1 |
cis: scaled to 0, unmarked | A1=1 | A1=1 | = | cis0=T adopt=unmarked | hold |  | cis_tenant
cis: scaled to 0, adopted | A1=1 | A1=1 | = | cis0=T adopt=cis | update | [A1=1] |
cis: by the label | A1=1 | label=k8s; A1=1 | = | cis0=k8s adopt=unmarked | hold |  | cis_tenant
"""
DRIFT = """
drift: a member is missing | A1=1 2 | A1@us=1 2 | A1=1 |  | restore | [A1=1 2] |
drift: the pool is missing | A1=1 2 | A1@us=1 2 |  |  | restore | [A1=1 2] |
drift: a member was added by hand | A1=1 2 | A1@us=1 2 | A1=1 2 3 |  | restore | [A1=1 2] |
drift: a dead member was added by hand | A1=1 2 | A1@us=1 2 | A1=1 2 3/down |  | restore | [A1=1 2] |
drift: many were added by hand | A1=1 | A1@us=1 | A1=1 2 3 4 |  | restore | [A1=1 4/r1/p0] > [A1=1] |
drift: another ratio | A1=1 2 | A1@us=1 2 | A1=1/r5 2 |  | restore | [A1=1 2] |
drift: another ratio of all | A1=1 2 | A1@us=1 2 | A1=1/r5 2/r5 |  | restore | [A1=1 2/r5] > [A1=1 2] |
drift: another priority | A1=1 2 | A1@us=1 2 | A1=1/p5 2 |  | restore | [A1=1 2] |
drift: another limit | A1=1 2 | A1@us=1 2 | A1=1/c5 2 |  | restore | [A1=1 2] |
drift: the ratio of the declaration | A1=1/r5 2 | A1@us=1/r5 2 | A1=1/r5 2 |  | none |  |
drift: the wanted limit | A1=1/c5 2 | A1@us=1/c5 2 | A1=1/c5 2 |  | none |  |
drift: ratio 0 is another number on the device | A1=1/r0 2 | A1@us=1/r0 2 | A1=1/r7 2 |  | none |  |
drift: enable false is not on the device | A1=1/x 2 | A1@us=1/x 2 | A1=2 |  | none |  |
drift: down is not drift | A1=1 2 | A1@us=1 2 | A1=1/down 2/new |  | none |  |
drift off: a member is missing | A1=1 2 | A1@us=1 2 | A1=1 | detect_drift=0 | none |  |
drift off: another reason | A1=1 2 3 | A1@us=1 2 | A1=1 | detect_drift=0 | update | [A1=1 2 3] |
drift: wanted ones were added by hand | A1=1 3 4 | A1@us=1 | A1=1 3/r5 4/r5 |  | update | [A1=1 3 4] |
drift and a change | A1=1 2 3 | A1@us=1 2 | A1=1 |  | update | [A1=1 2 3] |
drift of another application | A1=1; A2=2 | A1@us=1; A2@us=2 | A1=1; A2= |  | restore | [A2=2] |
drift and a property | label=x; A1=1 | A1@us=1 | A1= |  | update | [label=x, A1=1] |
drift of one that is not listed | A1=1 | A1@us=1; A2@us=2 | A1=1 |  | none |  |
"""
BY_HAND = """
by hand: disabled stays | A1=1 2 | A1@us=1 2 | A1=1/off 2 |  | none |  |
by hand: offline stays | A1=1 2 | A1@us=1 2 | A1=1/dead 2 |  | none |  |
by hand: stored already | A1=1 2 | A1@us=1/off/named 2 | A1=1/off 2 |  | none |  |
by hand: enabled again | A1=1 2 | A1@us=1/off/named 2 | A1=1 2 |  | none |  |
by hand: offline, then disabled | A1=1 2 | A1@us=1/dead/named 2 | A1=1/off 2 |  | none |  |
by hand: the user's own | A1=1/off 2 | A1@us=1/off 2 | A1=1/off 2 |  | none |  |
by hand: enabled, the user disables | A1=1/off 2 | A1@us=1/off 2 | A1=1 2 |  | restore | [A1=1/off 2] |
by hand: the user does the same | A1=1/off 2 | A1@us=1 2 | A1=1/off 2 |  | update | [A1=1/off 2] |
by hand: stays when another member comes | A1=1 2 3 | A1@us=1 2 | A1=1/off 2 |  | update | [A1=1/off 2 3] |
by hand: the last one that answers | A1=1 | A1@us=1 2 | A1=1/off 2 | left_out=1 | hold |  | empty_pool
by hand: the last one, whose Pod is gone | A1=1 | A1@us=1 2 | A1=1/off 2 |  | update | [A1=1/off] |
by hand: accepted | A1=1 | A1@us=1 2 | A1=1/off 2 | left_out=1 empty=publish | update | [A1=1/off] |
by hand: the last one, down | A1=1 | A1@us=1 2 | A1=1/off 2/down | left_out=1 | update | [A1=1/off] |
by hand: enforced | A1=1 2 | A1@us=1 2 | A1=1/off 2 | enforce=1 | update | [A1=1 2] |
by hand: enforced, named | A1=1 2 | A1@us=1/off/named 2 | A1=1/off 2 | enforce=1 | update | [A1=1 2] |
by hand: without a mark | A1=1 2 | A1=1 2/off | A1=1 2/off | adopt=unmarked | update | [A1=1 2/off] |
by hand: enforced, adopted | A1=1 2 | A1=1 2/off | A1=1 2/off | adopt=unmarked enforce=1 | update | [A1=1 2] |
by hand: not read | A1=1 2 | A1@us=1/off/named 2 | ? |  | none |  |
by hand: in another pool | A1+B=1 2 & 1 2 | A1@us=1 2 | A1=1/off 2 |  | update | [A1=1/off 2 & 1 2] |
by hand: in another application | A2=1 2 | A1@us=1 2 | A1=1/off 2 | remove=A1 | update | [A2=1/off 2, -A1] |
"""
GUARDS = """
empty: refused | A1= | A1@us=1 2 | = |  | hold |  | empty_pool
empty: of the second application | A1=1; A2= | A1@us=1; A2@us=1 | = |  | hold |  | empty_pool
empty: publish | A1= | A1@us=1 2 | = | empty=publish | update | [A1=] |
empty: keep | A1= | A1@us=1 2 | = | empty=keep | none |  |
empty: keep, disabled by hand | A1= | A1@us=1/off/named 2 | A1=1/off 2 | empty=keep | none |  |
empty: keep, other pool | A1+B=  &  3 | A1+B@us=1 & 2 | = | empty=keep | update | [A1=1 & 3] |
empty: unread | A1= | A1@us=1 2 | = | empty=publish unread=1 | hold |  | empty_pool
empty: only on the device | A1= | A1@us= | A1=1 |  | hold |  | empty_pool
empty: on neither | A1= | A1@us= | A1= |  | none |  |
empty: written by the user | A1~= | A1@us=1 | = |  | hold |  | empty_pool
empty: written by the user, publish | A1~= | A1@us=1 | = | empty=publish | update | [A1=] |
few: min_members is not for the user's own | A1~=1 | A1@us=1 2 | = | min=2 | update | [A1=1] |
few: min_members | A1=1 | A1@us=1 2 | = | min=2 | hold |  | min_members
few: min_members reached | A1=1 2 | A1@us=1 2 3 | = | min=2 | update | [A1=1 2] |
few: min_members of a new one | A1=1 | - |  | min=2 | hold |  | min_members
few: percent | A1=1 | A1@us=1 2 3 | = | percent=66 | hold |  | max_removed_percent
few: percent reached | A1=1 | A1@us=1 2 3 | = | percent=67 | update | [A1=1] |
few: percent of all | A1= | A1@us=1 2 | = | percent=50 empty=publish | hold |  | max_removed_percent
empty: the device was not read | A1= | A1@us=1 2 | ? | detect_drift=0 | hold |  | empty_pool
"""
NODES = """
nodes: private ones stay | A1=1 2 | A1@us=1/priv | = |  | update | [A1=1/priv 2/priv] |
nodes: shared ones stay | A1=1 2 | A1@us=1 | = |  | update | [A1=1 2] |
nodes: shared by the user | A1=1 2 | A1@us=1/priv | = | share=1 | update | [A1=1/priv 2] > [A1=1 2] |
nodes: private by the user | A1=1/priv | A1@us=1 | = | share=1 | hold |  | shared_nodes
nodes: adopted ones stay | A1=1 2 | A1=1/priv | A1=1/priv | adopt=unmarked | update | [A1=1/priv 2/priv] |
nodes: mixed ones become shared | A1=1 2 | A1@us=1/priv 2 | = |  | update | [A1=1 2] |
"""
PRUNE = """
prune: removed | A1=1 | A1@us=1; A2@us=2 | = | remove=A2 | update | [-A2] |
prune: of another owner stays | A1=1 | A1@us=1; A2@them=2 | = | remove=A2 | none |  |
prune: not while a listed one is refused | A1=1 | A1@them=1; A2@us=2 | = | remove=A2 | hold |  | not_ours
prune: beside another owner | A1=1 | A1@us=1; A2@us=2; A3@them=3 | = | remove=A2 | update | -A2 |
prune: the last ones |  | A1@us=1; A2@us=2 | = | remove=A1,A2 | delete | [-A1, -A2] |
prune: some of them |  | A1@us=1; A2@us=2 | = | remove=A1 | update | [-A1] |
prune: with a change | A1=1 3 | A1@us=1; A2@us=2 | = | remove=A2 | update | [A1=1 3, -A2] |
prune: nothing of it exists |  | A1@us=1 | = | remove=A9 | none |  |
prune: where a CIS runs |  | A1@us=1; A2=2 | = | remove=A1 cis=T | update | -A1 |
"""
PROPERTIES = """
a property of a new tenant: reserved | label=x; A1=1 2 | - |  |  | create | A1=reserved > [label=x, A1=1 2] |
a property of a new tenant, whole | label=x; A1=1 2 | - |  | bulk_create=1 | create | [label=x, A1=1 2] |
property added | label=x; A1=1 | A1@us=1 | = |  | update | [label=x] |
property changed | label=x; A1=1 | label=y; A1@us=1 | = |  | update | [label=x] |
property equal | label=x; A1=1 | label=x; A1@us=1 | = |  | none |  |
property not named stays | A1=1 2 | label=y; A1@us=1 | = |  | update | [A1=1 2] |
property of a shared tenant | label=x; A1=1 | A1@us=1; A2@them=2 | = |  | hold |  | shared_tenant
equal property of a shared tenant | label=x; A1=1 | label=x; A1@us=1; A2@them=2 | = |  | none |  |
"""
REMOVAL = """
absent: one of two | A1~= | A1@us=1; A2@us=2 | ? | state=absent | update | [-A1] |
absent: the last one | A1~= | A1@us=1 | ? | state=absent | delete | [-A1] |
absent: all | * | A1@us=1; A2@us=2 | ? | state=absent | delete | [-A1, -A2] |
absent: all of a shared tenant | * | A1@us=1; A2@them=2 | ? | state=absent | update | -A1 |
absent: all, beside an unmarked one | * | A1@us=1; A2=2 | ? | state=absent | update | -A1 |
absent: one that is not stored | A9~= | A1@us=1 | ? | state=absent | none |  |
absent: a tenant that is not stored | * | - | ? | state=absent | none |  |
absent: another owner's | A1~= | A1@them=1 | ? | state=absent | hold |  | not_ours
absent: an unmarked one | A1~= | A1=1 | ? | state=absent | hold |  | unmarked
absent: all, none is ours | * | A1@them=1; A2=2 | ? | state=absent | none |  |
absent: a running CIS does not matter | A1~= | A1@us=1; A2=2 | ? | state=absent cis=T | update | -A1 |
absent: ours and another owner's | A1~=; A2~= | A1@us=1; A2@them=2 | ? | state=absent | hold |  | not_ours
absent: guards do not count | A1~= | A1@us=1 2 3 | = | state=absent min=2 percent=10 | delete | [-A1] |
released: one | A1~= | A1@us=1 2 | ? | state=released | release | [A1=1 2] |
released: all | * | A1@us=1; A2@us=2 | ? | state=released | release | [A1=1, A2=2] |
released: all of a shared tenant | * | A1@us=1; A2@them=2 | ? | state=released | release | A1=1 |
released: again | A1~= | A1=1 2 | ? | state=released | none |  |
released: another owner's | A1~= | A1@them=1 | ? | state=released | hold |  | not_ours
released: disabled by hand stays | A1~= | A1@us=1 2 | A1=1/off 2 | state=released | release | [A1=1/off 2] |
released: not stored | A1~= | - | ? | state=released | none |  |
"""
TABLES = (MEMBERS, DRAINING, OWNERS, DRIFT, BY_HAND, GUARDS, NODES, PRUNE, PROPERTIES, REMOVAL)
ROWS = [row for table in TABLES for row in planning.rows(table)]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_plan(row: list[str]) -> None:
    goal, stored, device, rules, action, steps, code = row[1:]
    first, sent, last = planning.run(goal, stored, device, rules)
    assert (first.action, sent, first.failure.code if first.failure else "") == (action, steps, code)
    assert last.action == ("hold" if code else "none"), "after the steps nothing is left to send"


def test_each_case_has_one_line() -> None:
    assert len({row[0] for row in ROWS}) == len(ROWS) >= 60 and {len(row) for row in ROWS} == {8}
