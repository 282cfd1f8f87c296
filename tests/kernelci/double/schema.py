# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a node has to look like, and how the API says that one does not."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import AnyUrl, BaseModel, ConfigDict, ValidationError
from pydantic_core import core_schema

from tests.kernelci.double.state import Json, Refusal

KINDS = ("checkout", "kbuild", "job", "test", "regression", "process")


class StateValues(StrEnum):
    """The states of a node."""

    RUNNING = "running"
    AVAILABLE = "available"
    CLOSING = "closing"
    DONE = "done"


class ResultValues(StrEnum):
    """The results of a node."""

    PASS = "pass"  # noqa: S105 - a result, not a password
    FAIL = "fail"
    SKIP = "skip"
    INCOMPLETE = "incomplete"


def is_id(text: Any) -> bool:
    """Tell whether a text is an id as the database has them."""
    return isinstance(text, str) and len(text) == 24 and set(text) <= set("0123456789abcdef")


def validate(text: str) -> str:
    """Return an id as it is."""
    if not is_id(text):
        raise ValueError(f"Invalid ObjectId: {text}")
    return text


class ObjectId:
    """An id, which a client writes as a text."""

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: Any) -> core_schema.CoreSchema:
        """Return the two ways in which an id may come."""
        text = core_schema.chain_schema(
            [core_schema.str_schema(), core_schema.no_info_plain_validator_function(validate)]
        )
        return core_schema.union_schema([core_schema.is_instance_schema(cls), text])


class Version(BaseModel):
    """The version of a kernel; numbers may come as texts."""

    model_config = ConfigDict(extra="allow")
    version: int
    patchlevel: int


class KernelRevision(BaseModel):
    """What of a revision has to be there."""

    model_config = ConfigDict(extra="allow")
    tree: str
    url: str
    branch: str
    commit: str
    version: Version | None = None


class CheckoutData(BaseModel):
    """The data of a checkout."""

    model_config = ConfigDict(extra="allow")
    kernel_revision: KernelRevision


class Checkout(BaseModel):
    """A checkout, for what its data has to be."""

    data: CheckoutData


class NodeBody(BaseModel):
    """What a client may say of a node; what else it says is left out."""

    model_config = ConfigDict(use_enum_values=True)
    kind: str = "node"
    name: str
    path: list[str]
    group: str | None = None
    parent: Annotated[str, ObjectId] | None = None
    state: StateValues = StateValues.RUNNING
    result: ResultValues | None = None
    artifacts: dict[str, AnyUrl] | None = {}
    data: dict[str, Any] | None = {}
    debug: dict[str, Any] | None = {}
    jobfilter: list[str] | None = None
    platform_filter: list[str] | None = []
    created: str | None = None
    timeout: str | None = None
    holdoff: str | None = None
    submitter: str | None = None
    treeid: str | None = None
    user_groups: list[str] = []
    processed_by_kcidb_bridge: bool = False
    retry_counter: int = 0


# The order in which the API writes a node.
FIELDS = (
    *("kind", "name", "path", "group", "parent", "state", "result", "artifacts", "data", "debug"),
    *("jobfilter", "platform_filter", "created", "updated", "timeout", "holdoff", "owner"),
    *("submitter", "treeid", "user_groups", "processed_by_kcidb_bridge", "retry_counter"),
)

# What the API fills the data of a test's node with where a whole hierarchy is sent.
_JOB_FIELDS = (
    *("error_code", "error_msg", "test_source", "test_revision", "platform", "device", "runtime"),
    *("job_id", "job_context", "regression", "kernel_revision", "arch", "defconfig"),
    *("config_full", "compiler", "kernel_type"),
)
JOB_DATA: Json = dict.fromkeys(_JOB_FIELDS) | {"misc": {}}
REVISION_DATA: Json = {"patchset": None, "commit_tags": [], "commit_message": None}


def read_body(body: Any) -> Json:
    """Return what a client says of a node, with every default."""
    try:
        told = NodeBody.model_validate(body)
    except ValidationError as wrong:
        raise Refusal(422, complaints(wrong)) from wrong
    node = told.model_dump()
    node["artifacts"] = {key: str(url) for key, url in (told.artifacts or {}).items()}
    if told.kind not in KINDS:
        raise Refusal(400, f"Unsupported node kind: {told.kind}")
    if told.kind == "checkout" and told.data:
        try:
            revision = Checkout.model_validate({"data": told.data}).data.kernel_revision
        except ValidationError as wrong:
            raise Refusal(400, str(wrong)) from wrong
        node["data"]["kernel_revision"] = revision.model_dump(exclude_unset=True)
    return node


def complaints(wrong: ValidationError) -> list[Json]:
    """Return what is wrong with a body as the API lists it."""
    return [
        {**error, "loc": ["body", *error["loc"]]}
        | ({"ctx": {"error": {}}} if error["type"] == "value_error" else {})
        | ({"ctx": {"class": "ObjectId"}} if error["type"] == "is_instance_of" else {})
        for error in wrong.errors(include_url=False)
    ]
