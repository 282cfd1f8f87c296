# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where tokens are looked for, and that nothing shows them."""

from pathlib import Path

import pytest

from models import PlannerError
from planner.kernelci import TOKEN_VARIABLE, default_settings, read_storage_token, read_token

FILE = """\
[kci]
api = "staging"
[kci.secrets]
api.staging.token = "of-kci"
[api.production]
token = "of-services"
"""


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """Return a settings file as KernelCI's tools have it."""
    path = tmp_path / "kernelci.toml"
    path.write_text(FILE)
    return path


@pytest.mark.parametrize(
    ("api", "token"), [("staging", "of-kci"), ("production", "of-services"), ("other", None)]
)
def test_tokens_of_the_settings_file(settings: Path, api: str, token: str | None) -> None:
    """Both places where KernelCI's tools keep tokens count, by the name of the API."""
    found = read_token(api, settings, {})
    assert (found.get_secret_value() if found else None) == token
    assert "of-" not in repr(found)


def test_the_environment_counts_first(settings: Path) -> None:
    """The variable is the token of whatever API is asked; an empty one is none."""
    found = read_token("staging", settings, {TOKEN_VARIABLE: " of-env\n"})
    assert found is not None
    assert found.get_secret_value() == "of-env"
    empty = read_token("staging", settings, {TOKEN_VARIABLE: ""})
    assert empty is not None
    assert empty.get_secret_value() == "of-kci"


def test_no_settings_no_token() -> None:
    """Without a file and a variable there is no token, which is no error."""
    assert read_token("staging", None, {}) is None


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "grüße", "\x00", " "])
def test_what_can_be_no_token(settings: Path, token: str) -> None:
    """What no header can hold is refused before a request, and not shown."""
    with pytest.raises(PlannerError, match="it is no token") as refused:
        read_token("staging", settings, {TOKEN_VARIABLE: token})
    assert not token.strip() or token not in str(refused.value)


@pytest.mark.parametrize("text", ['token = "of-kci', "= of-kci", "api.staging.token = of-kci"])
def test_a_broken_file_is_not_quoted(tmp_path: Path, text: str) -> None:
    """A file that is no TOML is an error that names it and shows nothing of it."""
    path = tmp_path / "kernelci.toml"
    path.write_text(text)
    with pytest.raises(PlannerError, match=r"kernelci\.toml: this is no TOML") as refused:
        read_token("staging", path, {})
    assert "of-kci" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_missing_file(tmp_path: Path) -> None:
    """A settings file that was asked for has to be there."""
    with pytest.raises(PlannerError, match=r"nowhere\.toml: cannot be read"):
        read_token("staging", tmp_path / "nowhere.toml", {})


@pytest.mark.parametrize("told", ["of-files", "Bearer of-files"])
def test_the_token_of_a_storage(tmp_path: Path, told: str) -> None:
    """It is where KernelCI's scheduler has it; the environment counts before the file."""
    path = tmp_path / "kernelci.toml"
    path.write_text(f'[storage.files]\nstorage_cred = "{told}"\n')
    found = read_storage_token("files", path, {})
    assert found is not None
    assert found.get_secret_value() == "of-files"
    other = read_storage_token("files", path, {"KCI_STORAGE_CREDENTIALS": "other"})
    assert other is not None
    assert other.get_secret_value() == "other"
    assert read_storage_token("elsewhere", path, {}) is None


def test_the_usual_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The working directory counts before the home directory."""
    work, home = tmp_path / "work", tmp_path / "home"
    (home / ".config" / "kernelci").mkdir(parents=True)
    work.mkdir()
    monkeypatch.chdir(work)
    assert default_settings(home) in (None, Path("/etc/kernelci/kernelci.toml"))
    (home / ".config" / "kernelci" / "kernelci.toml").touch()
    assert default_settings(home) == home / ".config" / "kernelci" / "kernelci.toml"
    Path("kernelci.toml").touch()
    assert default_settings(home) == Path("kernelci.toml")
