# SPDX-License-Identifier: LGPL-2.1-or-later
"""LAVA's own scheduler, that looks for work more often than every twenty seconds."""

import importlib
import sys

import django
from django.core.management import call_command

django.setup()
module = importlib.import_module("lava_server.management.commands.lava-scheduler")
module.__dict__["INTERVAL"] = float(sys.argv[2])
call_command(module.Command(), "--level", "INFO", "--log-file", "-", "--event-url", sys.argv[1])
