# SPDX-License-Identifier: LGPL-2.1-or-later
"""Users, how they log in and are invited, and groups; the planner asks for none of it."""

from typing import Any

from tests.kernelci.double.state import Form, Json, Refusal, State

ADMIN, BOB = "token-of-admin-5f1c", "token-of-bob-9e2d"
_TOKENS = {"admin": ADMIN, "bob": BOB}
_IDS = {"admin": "6b05111269849d3ed9446ec9", "bob": "6b0511134e9326aebb858c5c"}
_INVITATION = "invitation-of-"


def user_of(authorization: str | None) -> str | None:
    """Return who sends a token, None if it is nobody's."""
    return next((name for name in _TOKENS if authorization == f"Bearer {_TOKENS[name]}"), None)


def user(state: State, name: str) -> Json:
    """Return what the API tells of a user."""
    return {
        "id": _IDS[name],
        "email": f"{name}@kernelci.org",
        "is_active": True,
        "is_superuser": name == "admin",
        "is_verified": state.passwords.get(name, "") is not None,
        "username": name,
        "groups": [],
    }


def log_in(state: State, body: Any) -> Json:
    """Return the token of a user who says name and password in a form, not in JSON."""
    given = body if isinstance(body, Form) else {}
    told = {"type": "missing", "msg": "Field required", "input": None}
    missing = [name for name in ("username", "password") if name not in given]
    if missing:
        raise Refusal(422, [told | {"loc": ["body", name]} for name in missing])
    if state.passwords.get(given["username"]) != given["password"]:
        raise Refusal(400, "LOGIN_BAD_CREDENTIALS")
    return {"access_token": _TOKENS[given["username"]], "token_type": "bearer"}


def invite(state: State, by: str, body: Json, url: str) -> Json:
    """Make a user without a password, and return the token with which one can be set."""
    name = body["username"]
    if by != "admin":
        raise Refusal(403, "Forbidden")
    if name in state.passwords:
        raise Refusal(400, "User already exists")
    state.passwords[name] = None
    token = _INVITATION + name
    page = f"{url}/user/accept-invite"
    return {
        "user": user(state, name),
        "email_sent": False,
        "public_base_url": url,
        "accept_invite_url": page,
        "invite_url": f"{page}?token={token}",
        "token": token,
    }


def accept(state: State, body: Json) -> Json:
    """Set the password of a user who was invited."""
    name = str(body["token"]).removeprefix(_INVITATION)
    if state.passwords.get(name, "") is not None:
        raise Refusal(400, "Invalid or expired invite token")
    state.passwords[name] = body["password"]
    return user(state, name)


def register() -> None:
    """Refuse who was not invited."""
    raise Refusal(404, "User registration is disabled; use /user/invite instead.")


def make_group(state: State, body: Json) -> Json:
    """Make a group of users."""
    return {"name": body["name"], "id": "6b0511144e9326aebb858c5d"}
