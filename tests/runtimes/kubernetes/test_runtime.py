# SPDX-License-Identifier: LGPL-2.1-or-later
"""The runtime against two served contexts: each run once, and what errors mean."""

import logging
from pathlib import Path
from typing import Any

import pytest
import yaml

from models import Job, PlannerError, RunState
from planner.runtimes.errors import DefinitionError, NotSentError
from tests.runtimes.conftest import HERE, NOW, dispatch
from tests.runtimes.kubernetes.conftest import Clusters, order_for, sent_to
from tests.runtimes.kubernetes.double import CUT, said
from tests.runtimes.kubernetes.objects import asking, ended, job, node, pod, waiting

DEFINITION = yaml.safe_dump(job())


def to_send(run: str = "ab12-0", context: str | None = None) -> Any:
    """Return a run on its way."""
    return dispatch(run).model_copy(update={"order": order_for(run, context)})


def test_capacity_of_all_contexts(clusters: Clusters) -> None:
    """Each context says what it has left, page by page, and how many Jobs of ours run there."""
    a, b = clusters.servers.values()
    a.nodes, b.nodes = [node("n1"), node("n2")], [node("n3")]
    b.pods, b.page = [pod(f"p{i}", on="n3") for i in range(5)], 2
    told = clusters.runtime().snapshot(NOW, ())
    assert (told.slots, told.running, told.devices, told.taken) == (None, 0, None, NOW)
    assert told.contexts is not None
    assert {name: there.cpu for name, there in told.contexts.items()} == {"a": 16000, "b": 3000}
    assert {name: there.slots for name, there in told.contexts.items()} == {"a": 220, "b": 105}
    assert list(clusters.runtime("b").snapshot(NOW, ()).contexts or ()) == ["b"]


def test_a_context_that_is_away(clusters: Clusters, caplog: pytest.LogCaptureFixture) -> None:
    """A context that does not answer, or with garbage, costs the others nothing; all do is told."""
    clusters.servers["b"].nodes = [node()]
    with caplog.at_level(logging.WARNING):
        assert list(clusters.runtime("gone", "b").snapshot(NOW, ()).contexts or ()) == ["b"]
    assert "gone: no server" in caplog.text
    for garbage in (
        (200, b"<html>"),
        (200, {"items": 3}),
        (200, {"items": [{}]}),
        (200, CUT),
        500,
        401,
    ):
        clusters.servers["a"].faults = {"GET": [garbage]}
        assert list(clusters.runtime().snapshot(NOW, ()).contexts or ()) == ["b"]
    with pytest.raises(OSError, match="gone: no server"):
        clusters.runtime("gone").snapshot(NOW, ())
    with pytest.raises(OSError, match="nowhere"):
        clusters.runtime("nowhere").snapshot(NOW, ())


def test_a_context_that_hangs(clusters: Clusters) -> None:
    """A context that takes requests and says nothing is left behind, at no cost to others."""
    clusters.planner = {"capacity": {"k8s": {"source": "kubernetes", "deadline": 2}}}
    runtime, (a, b) = clusters.runtime(), clusters.servers.values()
    b.nodes = [node()]
    a.hangs.clear()
    try:
        assert list(runtime.snapshot(NOW, ()).contexts or ()) == ["b"]
        with pytest.raises(TimeoutError, match=r"a: no answer in 1\.6 s"):
            runtime.find(order_for())
    finally:
        a.hangs.set()


def test_sending_twice(clusters: Clusters) -> None:
    """A run that is sent again makes no second Job, with a context or without one."""
    runtime, (a, b) = clusters.runtime(), clusters.servers.values()
    b.nodes = [node()]
    for _ in range(2):
        assert runtime.submit(to_send(), DEFINITION) == "kci-ab12-0"
        assert clusters.runtime().submit(to_send(context="b"), DEFINITION) == "kci-ab12-0"
    assert (list(a.jobs), list(b.jobs)) == ([], ["kci-ab12-0"])
    assert runtime.find(order_for()) == "kci-ab12-0"
    assert runtime.find(order_for(context="a")) is None


def test_context_with_most_room(clusters: Clusters) -> None:
    """Without a context of their own, runs go where there is most room, as that is used up."""
    runtime, (a, b) = clusters.runtime(), clusters.servers.values()
    a.nodes, b.nodes = [node(cpu="4")], [node(cpu="2")]
    runtime.snapshot(NOW, ())
    for number in range(6):
        runtime.submit(to_send(f"ab12-{number}"), DEFINITION)
    assert (len(a.jobs), len(b.jobs)) == (4, 2)


def test_a_name_that_is_taken(clusters: Clusters) -> None:
    """A Job of that name which is not the run's is never taken for it."""
    clusters.servers["a"].jobs["kci-ab12-0"] = job()
    with pytest.raises(PlannerError, match="exists, and is not this run's"):
        clusters.runtime().submit(to_send(context="a"), DEFINITION)


@pytest.mark.parametrize(
    ("fault", "error", "text"),
    [
        ((409, said(409, "Conflict", "stale quota")), NotSentError, "409: stale quota"),
        ((403, said(403, "Forbidden", "exceeded quota: q")), NotSentError, "exceeded quota"),
        ((403, said(403, "Forbidden", "cannot create jobs")), NotSentError, "cannot create"),
        ((403, said(403, "Forbidden", "system:anonymous")), NotSentError, "no credentials"),
        ((401, said(401, "Unauthorized")), NotSentError, "not accepted"),
        ((404, said(404, "NotFound", "no namespace")), NotSentError, "no namespace"),
        ((422, said(422, "Invalid", "bad label")), PlannerError, "422: bad label"),
        (
            (400, said(400, "BadRequest", 'v1.Job: x, error found in {"t": 1}')),
            PlannerError,
            "v1.Job: x$",
        ),
        ((500, b"<html>"), OSError, "500"),
        ((201, CUT), OSError, "ProtocolError|IncompleteRead"),
    ],
)
def test_answers_that_are_no(
    clusters: Clusters, fault: Any, error: type[Exception], text: str
) -> None:
    """Of each answer it is said whether the run waits, fails, or may have arrived."""
    clusters.servers["a"].faults = {"POST": [fault]}
    with pytest.raises(error, match=text) as raised:
        clusters.runtime().submit(to_send(context="a"), DEFINITION)
    assert isinstance(raised.value, NotSentError) == (error is NotSentError)
    assert clusters.servers["a"].asked.count("POST /apis/batch/v1/namespaces/jobs/jobs") == 1


def test_nobody_there(clusters: Clusters) -> None:
    """A run certainly was not sent where nobody listens, or what is no context any more."""
    runtime = clusters.runtime("gone")
    for context in ("gone", "removed"):
        with pytest.raises(NotSentError):
            runtime.submit(to_send(context=context), DEFINITION)


def test_finding_with_one_context_away(clusters: Clusters) -> None:
    """A run that is found is found; one that is not is unknown while a context is silent."""
    runtime = clusters.runtime("gone", "a")
    with pytest.raises(OSError, match="gone"):
        runtime.find(order_for())
    clusters.servers["a"].jobs["kci-ab12-0"] = job()
    assert runtime.find(order_for()) == "kci-ab12-0"


def test_observing(clusters: Clusters) -> None:
    """All runs of a context take two requests; those of a silent context are left out."""
    runtime, server = clusters.runtime("gone", "a"), clusters.servers["a"]
    for run in ("ab12-0", "ab12-1"):
        runtime.submit(to_send(run, "a"), DEFINITION)
    server.jobs["kci-ab12-0"]["status"] = ended("Complete")
    server.pods = [pod("p1", of="kci-ab12-1")]
    server.asked.clear()
    runs = [sent_to("ab12-0", "a"), sent_to("ab12-1", "a"), sent_to("ab12-2", "a")]
    runs += [sent_to("ab12-3", "gone"), sent_to("ab12-4")]
    found = {each.run: each for each in runtime.observe(runs)}
    assert len(server.asked) == 2
    assert {run: each.state for run, each in found.items()} == {
        "ab12-0": RunState.FINISHED,
        "ab12-1": RunState.SUBMITTED,
        "ab12-2": RunState.FINISHED,
    }
    assert "gone" in str(found["ab12-2"].detail)
    with pytest.raises(OSError, match="gone: no server"):
        runtime.observe([sent_to("ab12-3", "gone")])
    assert runtime.observe([]) == ()


def test_cancelling(clusters: Clusters) -> None:
    """A cancelled Job gets a deadline that is over and says who did it; an ended one stays."""
    runtime, server = clusters.runtime(), clusters.servers["b"]
    runtime.submit(to_send(context="b"), DEFINITION)
    runtime.cancel(sent_to())
    job = server.jobs["kci-ab12-0"]
    assert job["spec"]["activeDeadlineSeconds"] == 1
    job["status"] = ended("Failed", "DeadlineExceeded")
    (found,) = runtime.observe([sent_to()])
    assert (found.result, found.detail, found.infrastructure) == ("incomplete", "cancelled", False)
    server.asked.clear()
    runtime.cancel(sent_to())
    assert not any(line.startswith("PATCH") for line in server.asked)


def test_cancelling_with_a_context_away(clusters: Clusters) -> None:
    """A run is cancelled wherever it is; where it may be is told if that does not answer."""
    runtime, server = clusters.runtime("gone", "a"), clusters.servers["a"]
    with pytest.raises(OSError, match="gone"):
        runtime.cancel(sent_to())
    runtime.submit(to_send(context="a"), DEFINITION)
    runtime.cancel(sent_to())
    assert server.jobs["kci-ab12-0"]["spec"]["activeDeadlineSeconds"] == 1


def test_a_job_without_a_pod(clusters: Clusters) -> None:
    """What hinders a Job from having a pod is told, if the rights suffice to know it."""
    runtime, server = clusters.runtime(), clusters.servers["a"]
    runtime.submit(to_send(context="a"), DEFINITION)
    named = {"involvedObject": {"kind": "Job", "name": "kci-ab12-0"}}
    server.events = [{**named, "message": "exceeded quota: q,\n used: 2"}]
    (found,) = runtime.observe([sent_to(context="a")])
    assert found.state is RunState.SUBMITTED
    assert found.detail == "no pod: exceeded quota: q, used: 2"
    server.faults = {"GET": ["after", "after", 403]}
    (found,) = runtime.observe([sent_to(context="a")])
    assert (found.state, found.detail) == (RunState.SUBMITTED, None)
    server.pods = [pod(of="kci-ab12-0")]
    server.asked.clear()
    (found,) = runtime.observe([sent_to(context="a")])
    assert len(server.asked) == 2


def test_an_image_that_is_not_there(clusters: Clusters) -> None:
    """A Job whose image cannot be had is ended after ten minutes: the place failed."""
    runtime, server = clusters.runtime(), clusters.servers["a"]
    runtime.submit(to_send(context="a"), DEFINITION)
    server.pods = [pod(of="kci-ab12-0", **waiting("ImagePullBackOff"))]
    (found,) = runtime.observe([sent_to(context="a")])
    assert (found.state, found.detail) == (RunState.SUBMITTED, "ImagePullBackOff: so it is")
    job = server.jobs["kci-ab12-0"]
    assert job["spec"]["activeDeadlineSeconds"] == 1
    job["status"] = ended("Failed", "DeadlineExceeded")
    server.pods = []
    (found,) = runtime.observe([sent_to(context="a")])
    assert (found.result, found.infrastructure) == ("incomplete", True)
    assert found.detail == "ImagePullBackOff: so it is"


def test_secrets_stay_out(clusters: Clusters, caplog: pytest.LogCaptureFixture) -> None:
    """Neither token nor definition gets into an error or the log."""
    hidden = "of-nobodys-business"
    spec = asking()
    spec["containers"][0]["env"] = [{"name": "TOKEN", "value": hidden}]
    broken = said(400, "BadRequest", f"v1.Job: wrong, error found in #10 byte of ...|{hidden}|...")
    with caplog.at_level(logging.DEBUG):
        for fault in (
            (400, broken),
            (401, said(401, "Unauthorized")),
            (500, b"<html>"),
            (201, CUT),
        ):
            clusters.servers["a"].faults = {"POST": [fault]}
            with pytest.raises((OSError, PlannerError)) as raised:
                clusters.runtime().submit(to_send(context="a"), yaml.safe_dump(job(spec=spec)))
            assert hidden not in str(raised.value)
    assert hidden not in caplog.text
    assert "secret-token" not in caplog.text


def test_declared_limits(clusters: Clusters) -> None:
    """What is declared of slots and of runs in a cycle bounds what the clusters say."""
    clusters.servers["a"].nodes = [node()]
    clusters.planner = {"capacity": {"k8s": {"slots": 3, "max_runs": 2}}}
    told = clusters.runtime("a").snapshot(NOW, ())
    assert (told.slots, told.max_runs) == (3, 2)
    clusters.planner = {"capacity": {"kubernetes": {"slots": 99}}}
    assert clusters.runtime("a").snapshot(NOW, ()).slots == 99


def test_definition_by_template(clusters: Clusters, tmp_path: Path) -> None:
    """A site's template makes the Job; one that makes none fails the run with its place."""
    (tmp_path / "job.jinja2").write_text(
        "apiVersion: batch/v1\nkind: {{ kind }}\nmetadata: {name: {{ k8s_job_name }}}\n"
        "spec: {template: {spec: {containers: [{name: x, image: {{ runtime_image }}}]}}}\n"
    )
    clusters.planner = {"templates": [str(tmp_path)]}
    way = clusters.runtime()
    run = Job(name="j", template="job.jinja2", image="gcc", params={"kind": "Job"}, where=HERE)
    definition = yaml.safe_load(way.render(dispatch("ab12-0", job=run)))
    assert definition["metadata"]["name"] == "kci-ab12-0"
    assert definition["spec"]["template"]["spec"]["containers"][0]["image"] == "gcc"
    run = run.model_copy(update={"params": {"kind": "Pod"}})
    with pytest.raises(DefinitionError, match=r"'job\.jinja2' of job 'j': .* no Job"):
        way.render(dispatch("ab12-0", job=run))


def test_settings_that_make_no_sense(clusters: Clusters) -> None:
    """What the YAML gets wrong is told with its place."""
    with pytest.raises(PlannerError, match=r"jobs\.yaml:7.*runtimes\.k8s\.keep"):
        clusters.runtime(keep="soon")
    with pytest.raises(PlannerError, match=r"runtimes\.k8s\.requests\.cpu"):
        clusters.runtime(requests={"cpu": "much"})
