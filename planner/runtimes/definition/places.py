# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where in the site's templates an error arose."""

import traceback
from pathlib import Path

from jinja2 import TemplateError, TemplateSyntaxError

# What a template can raise: Jinja2's own errors, and what its expressions do to the values.
TEMPLATE_ERRORS = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


def place_of(error: Exception, folders: tuple[str, ...], template: str) -> str:
    """Return file and line in the templates where `error` arose, as well as it is known."""
    if isinstance(error, TemplateSyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if any(Path(frame.filename).is_relative_to(folder) for folder in folders):
            return f"{frame.filename}:{frame.lineno}"
    return f"template '{template}'"
