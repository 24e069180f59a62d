"""The audit: items that are added, and never changed."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from galley.approval.answers import Answer
from galley.approval.audit import Audit
from galley.errors import StorageUnavailableError
from galley.workflows import Workflows

from tests.unit.fakes import REVIEWER, TASK_TOKEN, an_approval, aws_error

AllItems = Callable[[], list[dict[str, Any]]]
APPROVAL = an_approval(draft_sha256="0" * 64, task_token=TASK_TOKEN)
VIEW = Answer(HTTPStatus.OK, "", APPROVAL, "# A draft", APPROVAL, REVIEWER)
CALL = {
    "requestId": "a-request",
    "http": {"method": "GET", "sourceIp": "192.0.2.7", "userAgent": "Mozilla/5.0"},
}


@pytest.fixture
def audit(workflows: Workflows) -> Audit:
    """Give the audit of an empty table."""
    return Audit(workflows._table)


def test_an_item_says_who_did_what_when_from_where_and_on_which_bytes(
    audit: Audit, all_items: AllItems
) -> None:
    audit.keep(VIEW, CALL)

    (item,) = all_items()
    assert item["sk"] == f"{item.pop('at')}#a-request"
    assert item == {
        "pk": "AUDIT#lighthouses-1",
        "sk": item["sk"],
        "did": "viewed",
        "answered": 200,
        "round": 1,
        "reviewer": REVIEWER,
        "by": "",
        "draft_sha256": "0" * 64,
        "source_ip": "192.0.2.7",
        "user_agent": "Mozilla/5.0",
    }


def test_what_is_there_is_not_overwritten(
    audit: Audit, all_items: AllItems, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped:
        @staticmethod
        def now(_: Any) -> Any:
            return moment

    audit.keep(VIEW, CALL)
    (kept,) = all_items()
    from datetime import datetime

    moment = datetime.fromisoformat(kept["at"])
    monkeypatch.setattr("galley.approval.audit.datetime", Stopped)

    audit.keep(VIEW, {**CALL, "http": {"method": "GET", "sourceIp": "203.0.113.9"}})

    assert [kept] == all_items()


def test_a_long_user_agent_is_cut(audit: Audit, all_items: AllItems) -> None:
    audit.keep(VIEW, {**CALL, "http": {"method": "GET", "userAgent": "x" * 10_000}})

    assert "x" * 200 == all_items()[0]["user_agent"]


def test_an_audit_that_cannot_be_kept_is_no_answer() -> None:
    class Broken:
        def put_item(self, **_: Any) -> None:
            raise aws_error("ThrottlingException")

    broken: Any = Broken()

    with pytest.raises(StorageUnavailableError):
        Audit(broken).keep(VIEW, CALL)
