# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab: a VKS-like cluster and a BIG-IP on loopback.

ARCHITECTURE.md names its processes and their contracts.
"""
