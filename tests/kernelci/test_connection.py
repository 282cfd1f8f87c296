# SPDX-License-Identifier: LGPL-2.1-or-later
"""What every request has, and what each kind of failure is said to mean."""

import logging
import socket
import traceback

import pytest
from pydantic import SecretStr

from models import PlannerError
from planner.kernelci import Api, ApiError, RefusedError, SilentError, UnreachableError
from planner.kernelci.connection import Connection
from tests.kernelci.conftest import AT_ONCE
from tests.kernelci.double import ADMIN, BOB, Double, Fault
from tests.kernelci.nodes import add, checkout

NOBODY = "0" * 24


def test_the_token_goes_with_requests(double: Double, api: Api) -> None:
    """The API sees the token as a bearer's, and an API without one sees none."""
    api.node(NOBODY)
    with Api(double.url + "/") as other:
        other.node(NOBODY)
    assert [r.authorization for r in double.requests] == [f"Bearer {ADMIN}", None]


def test_the_token_is_shown_nowhere(
    double: Double, api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    """No log at any level, error, traceback or description of the client has it."""
    caplog.set_level(logging.DEBUG)
    told = [repr(api), str(api), repr(vars(api))]
    double.faults += [Fault("cut")] * 9 + [Fault("error")] * 9
    foreign = add(double, "bob")["id"]
    for ask in (
        lambda: api.node(NOBODY),
        lambda: api.node(NOBODY),
        lambda: api.update_node(foreign, {"state": "done"}),
        lambda: api.create_node({"name": "x", "data": {"planner": {"run": "r"}}}),
        lambda: api.subscribe("../x", "s"),
        lambda: api.listen(7, 0.1),
    ):
        try:
            ask()
        except ApiError:
            told.append(traceback.format_exc())
    assert len(told) >= 6
    assert ADMIN not in "\n".join((*told, caplog.text))


def test_only_reading_is_repeated(double: Double, api: Api) -> None:
    """A GET survives a cut connection and an error of the server; nothing else is asked twice."""
    node = add(double)["id"]
    double.faults += [Fault("cut"), Fault("error")]
    assert api.node(node) is not None
    assert double.count("GET", "/node/") == 3
    for method, path in (("POST", "/node"), ("PUT", "/node/x"), ("PATCH", "/node/x")):
        for kind in ("cut", "error", "lost", "late error"):
            double.faults.append(Fault(kind, method))
            with pytest.raises(UnreachableError):
                Connection(double.url, SecretStr(ADMIN)).ask(method, path, body=checkout())
        assert double.count(method, "/node") == 4
    assert not double.faults


def test_a_get_is_not_repeated_for_ever(double: Double, api: Api) -> None:
    """An API that stays broken is given up, with what it said and what it was asked."""
    double.faults += [Fault("error")] * 20
    with pytest.raises(UnreachableError, match=f"GET .*/latest/node/{NOBODY}: 500: Internal"):
        api.node(NOBODY)
    assert double.count("GET", "") == 4


@pytest.mark.parametrize(
    ("method", "path", "body", "said"),
    [
        ("GET", "/nodes?limit=0", None, r"422: query.limit: Input should be greater than or equal"),
        ("GET", "/nodes?created__gte=yesterday", None, "400: Invalid isoformat string"),
        ("POST", "/node", {"kind": "checkout"}, "422: body.name: Field required; body.path: Field"),
        ("POST", "/node", checkout(parent=NOBODY), f"404: Parent not found with id: {NOBODY}"),
        ("GET", "/nowhere", None, "404: Not Found"),
    ],
)
def test_a_no_is_told_in_its_own_words(
    double: Double, method: str, path: str, body: object, said: str
) -> None:
    """Whatever shape the API says no in, its reason is in the error, in one line."""
    with pytest.raises(RefusedError, match=said) as refused:
        Connection(double.url, SecretStr(ADMIN)).ask(method, path, body=body)
    assert "\n" not in str(refused.value)


def test_a_wrong_token(double: Double) -> None:
    """A token that the API does not know is an error that asks about the token, without it."""
    with pytest.raises(RefusedError, match="is the token right") as refused:
        Api(double.url, SecretStr("nonsense")).create_node(checkout())
    assert refused.value.status == 401
    assert "nonsense" not in str(refused.value)


def test_nobody_is_there() -> None:
    """A port that nobody listens on is unreachable, in words of one line."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(UnreachableError, match="Connection refused") as error:
            Api(url, retry=AT_ONCE).node(NOBODY)
    assert "\n" not in str(error.value)


def test_silence(double: Double) -> None:
    """An API that says nothing is waited for no longer than it was given."""
    double.faults.append(Fault("hang", "POST", seconds=0.5))
    with pytest.raises(SilentError, match=r"no answer in 0\.05 s"):
        Connection(double.url).ask("POST", "/node", body={}, patience=0.05)


@pytest.mark.parametrize("url", ["", "api.example", "ftp://api.example", "http://", "file:///etc"])
def test_what_is_no_url(url: str) -> None:
    """What is no URL of an API is refused at once."""
    with pytest.raises(PlannerError, match="is no URL of an API"):
        Api(url)


def test_a_url_with_a_password() -> None:
    """A password does not belong into a URL; it is refused, and not shown."""
    with pytest.raises(PlannerError, match=r"https://…@api.example: secrets do not stand") as no:
        Api("https://user:hunter2@api.example")
    assert "hunter2" not in str(no.value)


@pytest.mark.parametrize("odd", ["", ".", "..", "../whoami", "a/b", "x?limit=1", "é", "a\nb"])
def test_odd_names_reach_nothing(double: Double, api: Api, odd: str) -> None:
    """What can be no id is no node, and is not even asked for."""
    assert api.node(odd) is None
    with pytest.raises(RefusedError, match="there is no such node"):
        api.update_node(odd, {"state": "done"})
    assert double.requests == []


def test_another_users_node(double: Double, api: Api) -> None:
    """A node of somebody else's is refused as the API refuses it."""
    theirs = add(double, "bob")
    with pytest.raises(RefusedError, match="Unauthorized to complete the operation"):
        api.update_node(theirs["id"], {"data": {"x": 1}})
    assert Api(double.url, SecretStr(BOB)).update_node(theirs["id"], {"data": {"x": 1}})
