# SPDX-License-Identifier: LGPL-2.1-or-later
"""Why something was not done: a closed list, in tiers, worst first."""

from enum import StrEnum

from models.base import Ours


class ReasonTier(StrEnum):
    """How final a "no" is; the first that applies is the one a user hears."""

    MISCONFIGURED = "misconfigured"
    EXCLUDED = "excluded"
    IMPOSSIBLE = "impossible"
    WAITING = "waiting"
    OUTBID = "outbid"


class ReasonCode(StrEnum):
    """What exactly stood in the way; `TIER_OF` says how final each is."""

    # misconfigured: the site's YAML has to change
    UNKNOWN_JOB = "unknown_job"
    UNKNOWN_RUNTIME = "unknown_runtime"
    UNKNOWN_PLATFORM = "unknown_platform"
    NO_MATCHING_PLATFORM = "no_matching_platform"
    TOO_FEW_VARIANTS = "too_few_variants"
    # excluded: a filter or rule of KernelCI said no
    FREQUENCY = "frequency"
    ARCHITECTURE_FILTER = "architecture_filter"
    ENTRY_RULE = "entry_rule"
    JOBFILTER = "jobfilter"
    JOB_RULE = "job_rule"
    RUNTIME_RULE = "runtime_rule"
    PLATFORM_FILTER = "platform_filter"
    PLATFORM_RULE = "platform_rule"
    PINNED = "pinned"
    LAB_DURATION = "lab_duration"
    LAB_QUOTA = "lab_quota"
    # impossible: nothing there could run it now, however empty the queues were
    NO_DEVICE = "no_device"
    RUNTIME_CLOSED = "runtime_closed"
    UNHEALTHY = "unhealthy"
    DEADLINE = "deadline"
    # waiting: the place exists but has no room
    QUEUE_FULL = "queue_full"
    RUNTIME_FULL = "runtime_full"
    LAB_HOURS = "lab_hours"
    LAB_SHARE = "lab_share"
    QUOTA_FULL = "quota_full"
    RESOURCES = "resources"
    RESERVED = "reserved"
    LATER_CHOICE = "later_choice"
    VARIANT = "variant"
    DROPPED = "dropped"
    NOT_SENT = "not_sent"
    # outbid: there was room and others got it
    OUTBID = "outbid"


TIER_OF: dict[ReasonCode, ReasonTier] = {
    code: tier
    for tier, codes in {
        ReasonTier.MISCONFIGURED: (
            ReasonCode.UNKNOWN_JOB,
            ReasonCode.UNKNOWN_RUNTIME,
            ReasonCode.UNKNOWN_PLATFORM,
            ReasonCode.NO_MATCHING_PLATFORM,
            ReasonCode.TOO_FEW_VARIANTS,
        ),
        ReasonTier.EXCLUDED: (
            ReasonCode.FREQUENCY,
            ReasonCode.ARCHITECTURE_FILTER,
            ReasonCode.ENTRY_RULE,
            ReasonCode.JOBFILTER,
            ReasonCode.JOB_RULE,
            ReasonCode.RUNTIME_RULE,
            ReasonCode.PLATFORM_FILTER,
            ReasonCode.PLATFORM_RULE,
            ReasonCode.PINNED,
            ReasonCode.LAB_DURATION,
            ReasonCode.LAB_QUOTA,
        ),
        ReasonTier.IMPOSSIBLE: (
            ReasonCode.NO_DEVICE,
            ReasonCode.RUNTIME_CLOSED,
            ReasonCode.UNHEALTHY,
            ReasonCode.DEADLINE,
        ),
        ReasonTier.WAITING: (
            ReasonCode.QUEUE_FULL,
            ReasonCode.RUNTIME_FULL,
            ReasonCode.LAB_HOURS,
            ReasonCode.LAB_SHARE,
            ReasonCode.QUOTA_FULL,
            ReasonCode.RESOURCES,
            ReasonCode.RESERVED,
            ReasonCode.LATER_CHOICE,
            ReasonCode.VARIANT,
            ReasonCode.DROPPED,
            ReasonCode.NOT_SENT,
        ),
        ReasonTier.OUTBID: (ReasonCode.OUTBID,),
    }.items()
    for code in codes
}


class Reason(Ours):
    """One "no": its tier, its code, and a sentence that names the rule and the value."""

    tier: ReasonTier
    code: ReasonCode
    text: str

    @classmethod
    def of(cls, code: ReasonCode, text: str) -> "Reason":
        """Return the reason for `code`, in the tier that the code belongs to."""
        return cls(tier=TIER_OF[code], code=code, text=text)
