# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is installed has the page's parts."""

from pathlib import Path
from zipfile import ZipFile

from hatchling.builders.wheel import WheelBuilder

from tests.conftest import ROOT


def test_templates_are_package_data(tmp_path: Path) -> None:
    """A wheel has every file of the templates' folder."""
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    folder = Path("planner", "report", "templates")
    wanted = {str(folder / path.name) for path in (ROOT / folder).iterdir()}
    assert wanted
    assert wanted <= set(ZipFile(wheel).namelist())
