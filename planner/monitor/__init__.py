# SPDX-License-Identifier: LGPL-2.1-or-later
"""What others can watch of a planner that runs: its health, its measures, its log.

health.py    is it alive               server.py    both, over HTTP
metrics.py   numbers for Prometheus    logs.py      lines for people, or JSON with the cycle on each
"""
