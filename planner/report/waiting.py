# SPDX-License-Identifier: LGPL-2.1-or-later
"""What did not get a place, by reason: the most final tier first, each sentence once."""

from collections.abc import Iterable
from dataclasses import dataclass

from models import Deferral, PlanDocument, ReasonCode, ReasonTier, RequestError


@dataclass(frozen=True)
class Sentence:
    """One reason in words, how many it holds for, and their jobs."""

    text: str
    count: int
    jobs: tuple[str, ...]


@dataclass(frozen=True)
class Cause:
    """All that one code holds for; `in_error` are requests, which have no runs, else runs."""

    tier: ReasonTier
    code: ReasonCode
    in_error: bool
    sentences: tuple[Sentence, ...]

    @property
    def count(self) -> int:
        """Return how many runs, or requests in error, it holds for."""
        return sum(sentence.count for sentence in self.sentences)


_TIERS = {tier: position for position, tier in enumerate(ReasonTier)}
_CODES = {code: position for position, code in enumerate(ReasonCode)}


def causes(document: PlanDocument) -> tuple[Cause, ...]:
    """Return why runs wait and why requests are in error, in the order of tiers and codes."""
    found = [*_causes(document.errors, True), *_causes(document.deferrals, False)]
    return tuple(sorted(found, key=lambda c: (_TIERS[c.tier], _CODES[c.code], not c.in_error)))


def _causes(subjects: Iterable[Deferral | RequestError], in_error: bool) -> Iterable[Cause]:
    jobs: dict[tuple[ReasonTier, ReasonCode], dict[str, list[str]]] = {}
    for subject in subjects:
        reason = subject.reason
        by_text = jobs.setdefault((reason.tier, reason.code), {})
        by_text.setdefault(reason.text, []).append(subject.job)
    for (tier, code), by_text in jobs.items():
        sentences = [
            Sentence(text, len(named), tuple(dict.fromkeys(named)))
            for text, named in by_text.items()
        ]
        sentences.sort(key=lambda sentence: -sentence.count)
        yield Cause(tier, code, in_error, tuple(sentences))
