# SPDX-License-Identifier: LGPL-2.1-or-later
"""The two ways a noun is read: strictly when it is ours, leniently when others send it."""

from pydantic import BaseModel, ConfigDict


class Ours(BaseModel):
    """A frozen noun that we write; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Theirs(BaseModel):
    """A frozen noun that KernelCI or a lab sends; keys that we do not know are left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")
