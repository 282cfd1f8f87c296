# SPDX-License-Identifier: LGPL-2.1-or-later
"""How changes are written, and what is said of those that are not."""

import pytest

from models import ExitCode, PlannerError
from planner.whatif import read_change


@pytest.mark.parametrize(
    "text",
    [
        "lab=lava-x:offline",
        "devices=lava-x/rk3399:+2",
        "devices=lava-x/rk3399:-1",
        "devices=lava-x/rk3399:=3",
        "slots=shell:+1",
        "ceiling=lava-x/rk3399:+2",
        "ceiling=lava-x:=0",
        "policy=fastest",
        "number=baseline:2",
        "contract=lava-x:none",
        "mode=3f2a91c:permissive",
        "pin=3f2a91c:lava-x",
        "pin=3f2a91c-1:lava-x/rk3399",
        "pin=baseline:/rk3399",
        "pin=3f2a91c-1:none",
    ],
)
def test_a_change_is_spelled_as_it_was_read(text: str) -> None:
    """Reading and writing are inverse."""
    assert str(read_change(text)) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no kind of change ''; there are: ceiling, contract, devices"),
        ("labs=x:offline", "no kind of change 'labs'"),
        ("policy=", "no kind of change 'policy'"),
        ("lab=x", "'lab=x' is not written lab=RUNTIME:offline"),
        ("lab=x:down", "no state of a lab called 'down'; there are: offline"),
        ("devices=x:+1", "'x' is no RUNTIME/DEVICE-TYPE"),
        ("devices=x/:+1", "'x/' is no RUNTIME/DEVICE-TYPE"),
        ("devices=x/y:3", "'3' is no amount; write +2, -1 or =3"),
        ("devices=x/y:+٣", "is no amount"),
        ("ceiling=x/y:+9999999", "is no amount"),
        ("contract=x:mine", "no contract called 'mine'; there are: none"),
        ("number=x:some", "'some' is no number of runs"),
        ("pin=x:/", "'/' is no RUNTIME, RUNTIME/DEVICE-TYPE or /DEVICE-TYPE"),
        ("mode=x:loose", "no mode 'loose'; there are: permissive, strict"),
    ],
)
def test_what_is_no_change(text: str, said: str) -> None:
    """A usage error that says how it is written, or what there is."""
    with pytest.raises(PlannerError, match=None) as raised:
        read_change(text)
    assert said in str(raised.value)
    assert raised.value.exit_code == ExitCode.USAGE
