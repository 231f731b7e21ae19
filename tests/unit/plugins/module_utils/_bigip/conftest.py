# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of these tests."""

from __future__ import annotations

from ansible_collections.vks.bigip.tests.unit.support.bigip import clock, plain_http

__all__ = ["clock", "plain_http"]
