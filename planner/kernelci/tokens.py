# SPDX-License-Identifier: LGPL-2.1-or-later
"""The tokens of APIs, runtimes and storages, from where KernelCI's tools have them."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from models import PlannerError

TOKEN_VARIABLE = "KCI_API_TOKEN"  # noqa: S105 - the variable's name, not a token
FILE = "kernelci.toml"
RUNTIME_VARIABLE = "KCI_RUNTIME_TOKEN_"
STORAGE_VARIABLE = "KCI_STORAGE_CREDENTIALS"

# Where KernelCI's tools keep tokens: `kci` and the newer services do not agree on it.
_PLACES = (("kci", "secrets", "api"), ("api",))


def default_settings(home: Path) -> Path | None:
    """Return the first settings file of the usual places, None if there is none."""
    folders = (Path(), home / ".config" / "kernelci", Path("/etc/kernelci"))
    return next((path for path in (folder / FILE for folder in folders) if path.is_file()), None)


def read_runtime_token(
    runtime: str, settings: Path | None, environment: Mapping[str, str]
) -> SecretStr | None:
    """Return the token for the runtime of that name, None if there is none.

    It is `runtime_token` in the file's table `[runtime.NAME]`, as KernelCI's scheduler has it;
    `KCI_RUNTIME_TOKEN_NAME` in the environment, in capitals and with `_` for anything but letters
    and digits, counts before it.

    Raises:
        PlannerError: if the file cannot be read, or what it holds can be no token. The text never
            shows it.
    """
    plain = "".join(c if c.isascii() and c.isalnum() else "_" for c in runtime).upper()
    place = RUNTIME_VARIABLE + plain
    told: Any = environment.get(place)
    if not told and settings is not None:
        told = _first(
            settings, [("runtime", runtime, "runtime_token"), ("runtime", runtime, "token")]
        )
        place = f"{settings}: the token of runtime '{runtime}'"
    return _token(told, place)


def read_storage_token(
    storage: str, settings: Path | None, environment: Mapping[str, str]
) -> SecretStr | None:
    """Return the token for the storage of that name, None if there is none.

    It is `storage_cred` in the file's table `[storage.NAME]`, as KernelCI's scheduler has it;
    `KCI_STORAGE_CREDENTIALS` in the environment counts before it.

    Raises:
        PlannerError: if the file cannot be read, or what it holds can be no token. The text never
            shows it.
    """
    told, place = environment.get(STORAGE_VARIABLE), STORAGE_VARIABLE
    if not told and settings is not None:
        told = _first(settings, [("storage", storage, "storage_cred")])
        place = f"{settings}: the token of storage '{storage}'"
    return _token(told.removeprefix("Bearer ") if isinstance(told, str) else told, place)


def read_token(api: str, settings: Path | None, environment: Mapping[str, str]) -> SecretStr | None:
    """Return the token for the API of that name, None if there is none.

    The environment counts before the settings file.

    Raises:
        PlannerError: if the file cannot be read, or what it holds can be no token. The text never
            shows it.
    """
    told, place = environment.get(TOKEN_VARIABLE), TOKEN_VARIABLE
    if not told and settings is not None:
        told = _first(settings, [(*place, api, "token") for place in _PLACES])
        place = f"{settings}: the token of API '{api}'"
    return _token(told, place)


def _token(told: Any, place: str) -> SecretStr | None:
    if not told:
        return None
    token = told.strip() if isinstance(told, str) else ""
    # An HTTP library that finds anything else in a header shows the header in its error.
    if not token.isascii() or not token.isprintable() or " " in token or not token:
        raise PlannerError(f"{place}: it is no token: one is printable ASCII without spaces")
    return SecretStr(token)


def _first(settings: Path, places: Iterable[tuple[str, ...]]) -> Any:
    """Return what stands at the first of the places that has anything."""
    try:
        tree = tomllib.loads(settings.read_text(encoding="utf-8"))
    except OSError as error:
        raise PlannerError(f"{settings}: cannot be read: {error.strerror}") from error
    except ValueError:  # its text may quote the line, and with it a token
        raise PlannerError(f"{settings}: this is no TOML file") from None
    for place in places:
        token = _within(tree, place)
        if token is not None:
            return token
    return None


def _within(tree: Any, keys: tuple[str, ...]) -> Any:
    for key in keys:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree
