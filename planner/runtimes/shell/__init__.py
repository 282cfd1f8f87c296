# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs as processes of this machine: a template becomes a script, a wrapper runs it once.

template.py  run -> script          quoting.py  how a value gets into a script
runtime.py   what the planner calls folder.py   what is on disk of a run
wrapper.py   the process that runs the script and outlives the planner
"""

from planner.runtimes.shell.runtime import ShellRuntime

__all__ = ["ShellRuntime"]
