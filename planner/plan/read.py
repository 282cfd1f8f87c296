# SPDX-License-Identifier: LGPL-2.1-or-later
"""Plans as files."""

from pathlib import Path

from pydantic import ValidationError

from models import Place, PlanDocument, PlannerError

WRONG = 3  # how many things wrong with a file are named


def read_plan(path: Path) -> PlanDocument:
    """Return the plan that `plan -o json` wrote to `path`.

    Raises:
        PlannerError: if the file cannot be read or holds no plan; the text says what is wrong.
    """
    try:
        return PlanDocument.model_validate_json(path.read_bytes())
    except OSError as error:
        raise PlannerError(f"{path}: cannot read the plan: {error.strerror}") from error
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_context=False, include_input=False)
        texts = [_text(".".join(map(str, one["loc"])), one["msg"]) for one in wrong[:WRONG]]
        more = f" (and {len(wrong) - WRONG} more)" if len(wrong) > WRONG else ""
        raise PlannerError(f"{path}: no plan: {'; '.join(texts)}{more}") from error


def places(document: PlanDocument) -> dict[str, Place]:
    """Return where a plan has each run that it places, by the run's key."""
    return {
        one.run: Place(
            runtime=one.runtime,
            platform=one.platform,
            device_type=one.device_type,
            context=one.context,
        )
        for one in document.assignments
    }


def _text(place: str, message: str) -> str:
    message = f"{message[:1].lower()}{message[1:]}"
    return f"{place}: {message}" if place else message
