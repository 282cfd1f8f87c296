# SPDX-License-Identifier: LGPL-2.1-or-later
"""The states of a node, and how one ends that never became a job."""

from enum import StrEnum
from typing import Any

# From each state, where the API lets a node go; staying is no transition.
TRANSITIONS: dict[str, tuple[str, ...]] = {
    "running": ("available", "closing", "done"),
    "available": ("closing", "done"),
    "closing": ("done",),
    "done": (),
}


class ErrorCode(StrEnum):
    """Why a node's job was never submitted, as KernelCI names it."""

    INVALID_JOB_PARAMS = "invalid_job_params"
    JOB_GENERATION_ERROR = "job_generation_error"
    SUBMIT_ERROR = "submit_error"


def allowed(before: Any, after: Any) -> bool:
    """Tell whether a node may go from one state to the other, or stay."""
    return bool(before == after or after in TRANSITIONS.get(before, ()))


def not_submitted(code: ErrorCode, text: str) -> dict[str, Any]:
    """Return the change of a node whose job was never submitted.

    Where no definition came out the test itself is at fault; otherwise nothing was tested.
    """
    result = "fail" if code is ErrorCode.JOB_GENERATION_ERROR else "incomplete"
    return {
        "state": "done",
        "result": result,
        "data": {"error_code": str(code), "error_msg": text},
    }
