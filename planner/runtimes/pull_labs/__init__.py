# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pull labs: they ask the API what there is to do, and fetch it.

runtime.py   runs offered by their nodes    store.py   where the definitions are
"""

from planner.runtimes.pull_labs.runtime import PullLabsRuntime, Render, definition_of
from planner.runtimes.pull_labs.store import Folder, Storage, Store, store_of

__all__ = ["Folder", "PullLabsRuntime", "Render", "Storage", "Store", "definition_of", "store_of"]
