# SPDX-License-Identifier: LGPL-2.1-or-later
"""The log on stderr: lines for people, or one JSON object a line with the cycle on each."""

import logging
import sys
from typing import Any

LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)


class Cycle:
    """Which cycle the process is in; None before the first. Threads of a cycle share it."""

    number: int | None = None


class Log:
    """How this process writes its log."""

    as_json: bool = False


class _OneLine(logging.Formatter):
    """Keeps a message on its line: names in it are other people's, and may have line breaks."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Return the line, with line breaks of the message escaped."""
        from models import printable  # costs more than `--help` may take

        record.message = printable(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        """Return a traceback of which no line begins where one of the log does."""
        from models import printable

        return "\n".join(f"  {printable(line)}" for line in super().formatException(ei).split("\n"))


def configure(verbose: int, *, as_json: bool) -> None:
    """Send what is logged to stderr."""
    Log.as_json = as_json
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_json_formatter() if as_json else _OneLine("%(levelname)s %(message)s"))
    logging.basicConfig(level=LEVELS[min(verbose, 2)], handlers=[handler])
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _json_formatter() -> logging.Formatter:
    import structlog

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _add_cycle,
            structlog.processors.format_exc_info,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )


def _add_cycle(_logger: Any, _method: str, line: Any) -> Any:
    line["cycle"] = Cycle.number
    return line
