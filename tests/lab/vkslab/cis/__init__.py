# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""F5 CIS (and its IPAM controller) as the lab plays them: in each Pod with their image, by what a public CIS
2.20 does."""
