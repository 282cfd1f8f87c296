# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs every notebook from top to bottom; with --store, keeps the new outputs in the files.

python notebooks/run.py [--store] [NAME]...
"""

import argparse
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Run the notebooks of these names, or all; the first that fails ends it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--store", action="store_true", help="keep the outputs")
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args()
    known = {path.stem for path in HERE.glob("*.ipynb")}
    if unknown := set(asked.names) - known:
        parser.error(f"no notebook {sorted(unknown)}; there are: {', '.join(sorted(known))}")
    for path in sorted(HERE.glob("*.ipynb")):
        if asked.names and path.stem not in asked.names:
            continue
        began = time.monotonic()
        notebook = nbformat.read(path, as_version=4)
        client = NotebookClient(
            notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": HERE}}
        )
        try:
            client.execute(cwd=HERE)
        except CellExecutionError as error:
            sys.exit(f"{path.name}: {error}")
        sys.stderr.write(f"{path.name}: {time.monotonic() - began:.0f} s\n")
        if asked.store:
            for cell in notebook.cells:
                cell.get("metadata", {}).pop("execution", None)
            nbformat.write(notebook, path)


if __name__ == "__main__":
    main()
