# SPDX-License-Identifier: LGPL-2.1-or-later
"""A file of JSON objects, one a line."""

import gzip
import json
import lzma
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO, Any

from models import PlannerError

STDIN = "-"

# Recorded events are kept compressed; what they are is told by their name.
_OPEN: dict[str, Callable[..., IO[Any]]] = {".xz": lzma.open, ".gz": gzip.open}

Source = str | Path | IO[Any]


class LineError(ValueError):
    """A line that is no JSON, or tells of something else; its text says why."""


def read_lines(source: Source) -> Iterator[tuple[int, Any | LineError]]:
    """Yield number (from 1) and JSON value of each line; a LineError in place of a broken one.

    `source` is a path (`-` for standard input; `.xz` and `.gz` are unpacked) or an open file.
    Empty lines are passed over.

    Raises:
        PlannerError: if the source cannot be read; the text names it.
    """
    name = source if isinstance(source, str | Path) else getattr(source, "name", "events")
    try:
        with _open(source) as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, _parse(line)
    except (OSError, EOFError, lzma.LZMAError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PlannerError(f"{name}: cannot be read: {reason}") from error


def is_text(value: Any) -> bool:
    """Tell whether all texts within a JSON value can be written down.

    JSON can spell one half of a character without the other, which no file or database takes.
    """
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _open(source: Source) -> AbstractContextManager[IO[Any]]:
    if not isinstance(source, str | Path):
        return nullcontext(source)
    if str(source) == STDIN:
        return nullcontext(sys.stdin.buffer)
    path = Path(source)
    return _OPEN[path.suffix](path) if path.suffix in _OPEN else path.open("rb")


def _parse(line: str | bytes) -> Any | LineError:
    try:
        return json.loads(line)
    except UnicodeDecodeError as error:
        return LineError(f"the line is no UTF-8: {error.reason} at byte {error.start}")
    except json.JSONDecodeError as error:
        return LineError(f"the line is no JSON: {error.msg} at character {error.pos + 1}")
    except ValueError:  # Python converts no more than some thousand digits
        return LineError("the line is no JSON that can be read: a number has too many digits")
    except RecursionError:
        return LineError("the line is no JSON that can be read: it is nested too deeply")
