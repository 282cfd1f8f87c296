# SPDX-License-Identifier: LGPL-2.1-or-later
"""A planner's numbers, in the form that Prometheus collects; docs/operations.md lists them."""

from collections import Counter as Tally
from collections.abc import Iterable, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge

from models import FINAL_STATES, Calibration, Capacity, PlanDocument, RunRecord
from planner.cycle import CycleReport
from planner.estimates import gauges

PREFIX = "kci_planner"


class Metrics:
    """The measures of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.leads = self._gauge("leads", "1 while this planner leads.")
        self._cycles = self._counter("cycles", "Cycles that ended.", "outcome")
        self._last = self._gauge("last_cycle_timestamp_seconds", "When the last cycle ended.")
        self._phase = self._gauge("phase_seconds", "Time of a phase of the last cycle.", "phase")
        self._events = self._counter("events", "New events.")
        self._requests = self._counter("requests", "New requests.")
        self._problems = self._gauge("problems", "What the last cycle could not use.")
        self._backlog = self._gauge("backlog_runs", "Runs that wait.", "reason")
        self._oldest = self._gauge(
            "backlog_oldest_seconds", "Age of the oldest run that waits.", "reason"
        )
        self._placed = self._gauge("plan_runs", "Runs of the last plan.", "fate")
        self._gap = self._gauge("plan_gap", "Relative gap of the last plan to its bound.")
        self._known = self._gauge(
            "capacity_known", "1 where a runtime told its capacity.", "runtime"
        )
        self._age = self._gauge("capacity_age_seconds", "Age of what is known of it.", "runtime")
        self._sent = self._counter(
            "submissions", "Runs by what came of sending.", "runtime", "state"
        )
        self._untold = self._gauge("untold_runs", "Runs that the API was not told of yet.")
        self._calibration = {
            name: self._gauge(name, text, "runtime")
            for name, text in (
                ("estimate_duration_error_seconds", "Mean error of expected durations."),
                ("estimate_wait_error_seconds", "Mean error of expected waits."),
                ("estimate_p90_covered_ratio", "Part of the runs within their expected p90."),
                ("runtime_pace_ratio", "Pace now against a week ago; 2 is twice as slow."),
            )
        }
        self._outcomes = self._counter("outcomes", "Runs that ended.", "result", "infrastructure")

    def calibrated(self, calibration: Calibration) -> None:
        """Take over how good estimates were, by runtime."""
        told = gauges(calibration)
        for name, gauge in self._calibration.items():
            _set(gauge, told[name])

    def failed(self) -> None:
        """Count a cycle that failed."""
        self._cycles.labels("failed").inc()

    def observe(self, report: CycleReport, waiting: Iterable[RunRecord], now: datetime) -> None:
        """Take over what a cycle did, and what waits after it."""
        self._cycles.labels("degraded" if report.degraded else "done").inc()
        self._last.set(now.timestamp())
        _set(self._phase, report.seconds)
        self._events.inc(len(report.intake.events))
        self._requests.inc(len(report.intake.new))
        self._problems.set(len(report.problems))
        self._untold.set(len(report.untold))
        self._observe_plan(report.document)
        self._observe_waiting(waiting, now)
        if report.capacity is not None:
            self._observe_capacity(report.capacity, now)
        for runtime, states in report.submission.by_runtime.items():
            for state, number in states.items():
                self._sent.labels(runtime, str(state)).inc(number)
        for outcome in report.outcomes:
            if outcome.state in FINAL_STATES:
                spoiled = str(outcome.infrastructure).lower()
                self._outcomes.labels(outcome.result or "none", spoiled).inc()

    def _observe_plan(self, document: PlanDocument) -> None:
        self._gap.set(document.solve.gap)
        self._placed.labels("placed").set(len(document.assignments))
        self._placed.labels("deferred").set(len(document.deferrals))

    def _observe_waiting(self, waiting: Iterable[RunRecord], now: datetime) -> None:
        number: Tally[str] = Tally()
        oldest: dict[str, float] = {}
        for run in waiting:
            code = str(run.reason.code) if run.reason else "new"
            number[code] += 1
            oldest[code] = max(oldest.get(code, 0.0), (now - run.created).total_seconds())
        _set(self._backlog, number)
        _set(self._oldest, oldest)

    def _observe_capacity(self, capacity: Capacity, now: datetime) -> None:
        of = capacity.runtimes
        _set(self._known, {name: float(told.known) for name, told in of.items()})
        ages = {n: (now - told.taken).total_seconds() for n, told in of.items() if told.taken}
        _set(self._age, ages)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"{PREFIX}_{name}", text, labels, registry=self.registry)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"{PREFIX}_{name}", text, labels, registry=self.registry)


def _set(gauge: Gauge, values: Mapping[str, float]) -> None:
    """Have a gauge show these values, and no others that it showed before."""
    gauge.clear()
    for label, value in values.items():
        gauge.labels(label).set(value)
