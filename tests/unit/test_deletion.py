"""Deletion: everything of a workflow goes, in whatever order it is interrupted; others' stays."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from galley.artifacts import Artifacts
from galley.requests import Request
from galley.workflows import Workflows, table_named
from typer.testing import CliRunner

from galley_cli.deletion import command
from galley_cli.deletion.eraser import PERSONAL, Eraser
from galley_cli.deletion.stores import Bucket, Table
from galley_cli.deletion.subject import Subject
from galley_cli.main import app
from galley_cli.target import Target, TargetError
from tests.unit.conftest import client

BUCKET, TABLE = os.environ["BUCKET_NAME"], os.environ["TABLE_NAME"]
OPERATOR = "arn:aws:iam::1:user/operator"
ONE, OTHER = Subject(workflow="lights-1"), Subject(workflow="lenses-1")
Items = Callable[[], list[dict[str, Any]]]


class FakeExecutions:
    """A Step Functions in which some executions run."""

    def __init__(self, *running: str) -> None:
        self.running = running

    def get_paginator(self, _: str) -> "FakeExecutions":
        """Return itself: it has one page."""
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        """Return the page."""
        return [{"executions": [{"executionArn": each} for each in self.running]}]


def a_target(*running: str) -> Target:
    """Return a stack on which these executions run."""
    outputs = {"TableName": TABLE, "ArtifactsBucket": BUCKET, "StateMachineArn": "research"}
    fake = FakeExecutions(*running)
    chosen: Any = lambda service: fake if service == "stepfunctions" else client(service)  # noqa: E731
    return Target(chosen, outputs, caller=OPERATOR)


def put(**item: Any) -> None:
    """Put an item into the table."""
    table_named(TABLE).put_item(Item=item)


def a_workflow(workflows: Workflows, artifacts: Artifacts, workflow_id: str, tenant: str) -> None:
    """Leave what a workflow leaves, in the bucket and everywhere in the table."""
    request = {"topic": f"About {workflow_id}", "tenant": tenant, "reviewer": "editor@example.com"}
    started = {"id": f"arn:{workflow_id}", "version": "1", "started_at": "2026-05-01T08:00:00Z"}
    workflows.register(Request.from_event(request, workflow_id=workflow_id), started)
    own = f"WORKFLOW#{workflow_id}"
    put(pk=own, sk="APPROVAL#001", task_token="sealed", reviewers=["editor@example.com"])
    put(pk=f"LEDGER#{workflow_id}", sk="COST", usd=1)
    put(pk=f"LEDGER#{workflow_id}", sk="COST#2026-05-01T08:00:01Z#1", role="search")
    put(pk="REVIEWER#editor@example.com", sk=f"{workflow_id}#1", reviewer="editor@example.com")
    put(pk="EXPERIMENT#shorter", sk=own, workflow_id=workflow_id)
    put(pk=f"CACHE#{workflow_id}", sk="CACHE", workflow_id=workflow_id, source_ids=["a"], ttl=9)
    who = {"reviewer": "editor@example.com", "by": "", "source_ip": "192.0.2.1", "user_agent": "x"}
    did = {"did": "approved", "at": "2026-05-02", "draft_sha256": "ab12", "answered": 200}
    put(pk=f"AUDIT#{workflow_id}", sk="2026-05-02#1", round=1, **did, **who)
    put(pk=f"TENANT#{tenant}", sk="COST#2026-05", usd=3)
    put(pk="TENANTS", sk=tenant, monthly_usd=100)
    for name in ("sources/a.json", "drafts/1.md", "published/report.md"):
        artifacts.keep(f"{tenant}/{workflow_id}/{name}", workflow_id)


@pytest.fixture
def two(workflows: Workflows, artifacts: Artifacts) -> None:
    """Give a table and a versioned bucket with what two tenants' workflows have left."""
    s3 = client("s3")
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    artifacts.keep("corpus/lenses.md", "lenses")
    artifacts.keep("prompts/writer/1.md", "write")
    a_workflow(workflows, artifacts, "lights-1", "press")
    a_workflow(workflows, artifacts, "lenses-1", "museum")
    artifacts.keep("press/lights-1/drafts/1.md", "replaced")
    s3.delete_object(Bucket=BUCKET, Key="press/lights-1/sources/a.json")


def objects(prefix: str = "") -> list[str]:
    """Return the keys of all versions and delete markers under a prefix."""
    pages = Bucket(a_target()).versions(prefix)
    return sorted(each["Key"] for page in pages for each in page)


def of_other(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what the table has of the other workflow and its tenant."""
    return [each for each in items if any(of in repr(each) for of in ("lenses-1", "museum"))]


def quietly(_: str) -> None:
    """Take progress that nobody reads."""


@pytest.mark.usefixtures("two")
def test_nothing_of_a_workflow_is_left_but_that_it_was_deleted(all_items: Items) -> None:
    untouched, others = objects("museum/"), of_other(all_items())

    done = Eraser(a_target(), ONE).run(quietly)

    left = [each for each in all_items() if "lights-1" in repr(each)]
    assert ["AUDIT#lights-1", "AUDIT#lights-1", "DELETIONS"] == [each["pk"] for each in left]
    assert "editor@example.com" not in repr(left)
    assert [] == objects("press/")
    assert (untouched, others) == (objects("museum/"), of_other(all_items()))
    assert ["corpus/lenses.md", "prompts/writer/1.md"] == [*objects("corpus/"), *objects("prompts")]
    assert {"workflows": 1, "objects": 5, "items": 7, "audit_entries": 1}.items() <= done.items()
    assert (OPERATOR, "workflow lights-1") == (done["by"], done["what"])


@pytest.mark.usefixtures("two")
def test_the_audit_still_says_what_was_done_when_and_on_which_bytes(all_items: Items) -> None:
    Eraser(a_target(), ONE).run(quietly)

    done, deleted = (each for each in all_items() if each["pk"] == "AUDIT#lights-1")
    assert ("approved", "2026-05-02", "ab12") == (done["did"], done["at"], done["draft_sha256"])
    assert set(PERSONAL).isdisjoint(done)
    assert ("deleted", OPERATOR) == (deleted["did"], deleted["by"])


@pytest.mark.usefixtures("two")
def test_the_audit_may_stay_as_it_is(all_items: Items) -> None:
    before = [each for each in all_items() if each["pk"] == "AUDIT#lights-1"]

    Eraser(a_target(), ONE, keep_audit=True).run(quietly)

    after = [each for each in all_items() if each["pk"] == "AUDIT#lights-1"]
    assert before == [each for each in after if each["did"] != "deleted"]


@pytest.mark.usefixtures("two")
def test_a_tenant_goes_with_its_settings_and_accounts_and_what_lies_astray(
    all_items: Items, artifacts: Artifacts
) -> None:
    artifacts.keep("press/forgotten/found/x.json", "of a workflow without a record")

    Eraser(a_target(), Subject(tenant="press")).run(quietly)

    kept = {each["pk"].partition("#")[0] for each in all_items() if "press" in repr(each)}
    assert {"DELETIONS"} == kept
    assert [] == objects("press/")
    assert "museum" in repr(all_items())
    assert objects("museum/")


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("before", "deleted"),
    [("2026-05-01", 0), ("2026-05-02", 2)],
    ids=["began on that day", "began the day before"],
)
def test_what_began_before_a_day_goes_and_settings_stay(
    all_items: Items, before: str, deleted: int
) -> None:
    done = Eraser(a_target(), Subject(before=before)).run(quietly)

    assert deleted == done["workflows"]
    assert {"press", "museum"} == {each["sk"] for each in all_items() if each["pk"] == "TENANTS"}


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("subject", [ONE, Subject(tenant="press")], ids=str)
def test_a_run_that_goes_on_is_not_deleted_under_its_feet(
    all_items: Items, subject: Subject
) -> None:
    before = all_items()

    with pytest.raises(TargetError, match="not ended yet: lights-1; nothing was deleted"):
        Eraser(a_target("arn:lights-1"), subject).counts()

    assert before == all_items()


@pytest.mark.usefixtures("two")
def test_a_run_that_goes_on_is_passed_over_where_a_day_is_given() -> None:
    eraser = Eraser(a_target("arn:lights-1"), Subject(before="2027-01-01"))

    assert ["lenses-1"] == list(eraser.belongings)


@pytest.mark.parametrize("before", ["20260502", "2026-W18-6"], ids=["no hyphens", "a week's day"])
def test_a_day_is_the_same_day_however_it_is_written(before: str) -> None:
    subject = Subject.checked("", "", before)

    assert Subject(before="2026-05-02") == subject
    assert not subject.includes({"tenant": "press", "started_at": "2026-05-02T08:00:00Z"})


class KilledError(Exception):
    """The process was killed."""


def killed_after(calls: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the process be killed after some calls that delete."""
    left = [calls]

    def counted(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            if left[0] == 0:
                raise KilledError
            left[0] -= 1
            return method(*arguments)

        return call

    for kind, name in ((Bucket, "delete"), (Table, "delete"), (Eraser, "_reduce")):
        monkeypatch.setattr(kind, name, counted(getattr(kind, name)))


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("subject", [ONE, Subject(tenant="press")], ids=str)
@pytest.mark.parametrize("calls", [0, 1, 2, 3])
def test_a_deletion_that_was_interrupted_goes_on(
    all_items: Items, monkeypatch: pytest.MonkeyPatch, subject: Subject, calls: int
) -> None:
    with monkeypatch.context() as patched:
        killed_after(calls, patched)
        if (subject, calls) != (ONE, 3):  # which is all of them
            with pytest.raises(KilledError):
                Eraser(a_target(), subject).run(quietly)

    done = Eraser(a_target(), subject).run(quietly)

    assert {"workflows": 1, "objects": 5}.items() <= done.items()
    assert [] == objects("press/")
    assert [done["began_at"]] == [e["began_at"] for e in all_items() if e["pk"] == "DELETIONS"]
    assert {"AUDIT", "DELETIONS"} == {
        each["pk"].partition("#")[0] for each in all_items() if "lights-1" in repr(each)
    } | {"DELETIONS"}


@pytest.mark.usefixtures("two")
def test_who_goes_on_with_a_deletion_is_who_deletes(
    all_items: Items, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        killed_after(0, patched)
        with pytest.raises(KilledError):
            Eraser(a_target(), ONE).run(quietly)
    (begun,) = (each for each in all_items() if each["pk"] == "DELETIONS")

    done = Eraser(replace(a_target(), caller="somebody else"), ONE).run(quietly)

    assert (begun["began_at"], "somebody else") == (done["began_at"], done["by"])
    (entry,) = (each for each in all_items() if each.get("did") == "deleted")
    assert "somebody else" == entry["by"]


@pytest.mark.usefixtures("two")
def test_one_that_was_killed_before_it_could_say_that_it_is_done_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("galley_cli.deletion.protocol.Deletion.end", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            Eraser(a_target(), ONE).run(quietly)

    again = Eraser(a_target(), ONE)

    assert {0} == set(again.counts().values())
    assert 1 == again.run(quietly)["workflows"]
    with pytest.raises(TargetError, match="nothing is kept of workflow lights-1"):
        Eraser(a_target(), ONE).counts()


@pytest.mark.usefixtures("two")
def test_what_s3_does_not_delete_is_told_and_the_record_stays(
    all_items: Items, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = {"Errors": [{"Key": "press/lights-1/drafts/1.md", "Code": "AccessDenied"}]}
    monkeypatch.setattr(client("s3"), "delete_objects", lambda **_: answer)

    with pytest.raises(TargetError, match="AccessDenied; once the cause is mended"):
        Eraser(a_target(), ONE).run(quietly)

    assert ("WORKFLOW#lights-1", "META") in {(each["pk"], each["sk"]) for each in all_items()}


# ---- the command ---------------------------------------------------------------------------------


def galley_delete(*arguments: str, typed: str = "") -> tuple[int, str]:
    """Run the command; return its exit code and what it says."""
    done = CliRunner().invoke(app, ["delete", *arguments], input=typed)
    return done.exit_code, " ".join(done.output.split())


@pytest.fixture
def deployed(two: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a stack that the command finds."""
    monkeypatch.setattr(command, "target_of", lambda *_: a_target())


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize(
    ("arguments", "typed", "expected"),
    [
        (["--workflow", "lights-1", "--dry-run"], "", 0),
        (["--tenant", "press", "--dry-run", "--json"], "", 0),
        (["--workflow", "lights-1"], "lights-2\n", 2),
        (["--workflow", "lights-1"], "", 2),
    ],
    ids=["dry run", "dry run in JSON", "another name is typed", "nobody types"],
)
def test_nothing_is_deleted_unless_it_is_meant(
    arguments: list[str], typed: str, expected: int, all_items: Items
) -> None:
    before = all_items(), objects()

    code, said = galley_delete(*arguments, typed=typed)

    assert expected == code
    assert before == (all_items(), objects())
    assert "5" in said


@pytest.mark.usefixtures("deployed")
def test_who_types_the_name_means_it(all_items: Items) -> None:
    code, said = galley_delete("--workflow", "lights-1", typed="lights-1\n")

    assert 0 == code
    assert "workflow lights-1, deleted: 1 workflows" in said
    assert [] == objects("press/")


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize(("typed", "expected"), [("2027-01-01\n", 2), ("press\n", 0)])
def test_of_a_tenant_and_a_day_the_tenant_is_typed(typed: str, expected: int) -> None:
    code, said = galley_delete("--tenant", "press", "--before", "2027-01-01", typed=typed)

    assert expected == code
    assert "Type press to delete it" in said


@pytest.mark.usefixtures("deployed")
def test_a_script_gets_what_the_protocol_says(all_items: Items) -> None:
    _, said = galley_delete("--tenant", "press", "--yes", "--json")

    (entry,) = (each for each in all_items() if each["pk"] == "DELETIONS")
    assert {name: entry[name] for name in json.loads(said)} == json.loads(said)


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "give --workflow ID, --tenant NAME or --before DAY"),
        (["--workflow", "lights-1", "--tenant", "press"], "give --workflow ID"),
        (["--before", "May"], "expected a day"),
        (["--tenant", "corpus"], "no tenant can have this name"),
        (["--tenant", "prompts"], "no tenant can have this name"),
        (["--tenant", "press/lights-1"], "no tenant can have this name"),
        (["--workflow", "a/b"], "no workflow can have this id"),
        (["--workflow", "lights-7"], "nothing is kept of workflow lights-7: check the name"),
        (["--tenant", "presse"], "nothing is kept of tenant presse: check the name"),
    ],
)
def test_what_cannot_be_deleted_is_refused_with_what_to_do(arguments: list[str], why: str) -> None:
    code, said = galley_delete(*arguments, "--yes")

    assert (2, True) == (code, why in said)
