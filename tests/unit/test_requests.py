"""Requests: what a caller may ask, and one message that names all that is wrong."""

from typing import Any

import pytest
from galley.approval.decisions import Rule
from galley.errors import InvalidRequestError
from galley.requests import TOPIC_CHARACTERS, Request

from tests.unit.fakes import load_event

GOOD = load_event("research")
BARE = {"topic": "How lighthouses work", "reviewer": "editor@example.com"}


def checked(**fields: Any) -> Request:
    """Check a good request with some of its fields changed."""
    return Request.from_event({**GOOD, **fields}, workflow_id="execution-1")


def test_what_is_left_out_has_a_default() -> None:
    expected = Request(
        "execution-1", "default", BARE["topic"], [BARE["reviewer"]], Rule.ANY, 10, 3, fresh=False
    )

    assert expected == Request.from_event(BARE, workflow_id="execution-1")


@pytest.mark.parametrize(
    "topic",
    [
        pytest.param("x", id="one letter"),
        pytest.param("7", id="one digit"),
        pytest.param("a" * TOPIC_CHARACTERS, id="as long as allowed"),
        pytest.param("the \"lens\" and 'lamp'", id="quotes"),
        pytest.param(r"C:\lights\new", id="backslashes"),
        pytest.param("{% $states.input %} and ${Version} and {{topic}}", id="templates"),
        pytest.param("<script>alert(1)</script>", id="markup"),
        pytest.param("lights 💡 at sea", id="emoji among words"),
        pytest.param("灯台の歴史", id="Japanese"),
        pytest.param("تاريخ المنارات", id="Arabic"),
        pytest.param("история маяков", id="Russian"),
    ],
)
def test_a_topic_may_be_any_words(topic: str) -> None:
    assert topic == checked(topic=topic).topic


@pytest.mark.parametrize(
    "topic",
    [
        pytest.param("  lights  at   sea ", id="spaces"),
        pytest.param("lights\nat sea", id="line feed"),
        pytest.param("lights\r\nat sea", id="the line ends of a web form"),
        pytest.param("lights\tat sea", id="tab"),
    ],
)
def test_a_topic_becomes_one_line(topic: str) -> None:
    assert checked(topic=topic).topic == "lights at sea"


@pytest.mark.parametrize(
    "topic",
    [
        pytest.param(None, id="missing"),
        pytest.param("", id="empty"),
        pytest.param(" \n\t", id="blank"),
        pytest.param("?!… -", id="no letters"),
        pytest.param("💡🎉", id="emoji alone"),
        pytest.param("a" * 10_000, id="10,000 characters"),
        pytest.param("lights\x00at sea", id="NUL"),
        pytest.param("lights\x1b[31m", id="an escape sequence"),
        pytest.param("lights \ud83d at sea", id="half a character"),
        pytest.param(7, id="a number"),
        pytest.param(["lights"], id="a list"),
        pytest.param({"text": "lights"}, id="an object"),
    ],
)
def test_a_topic_that_says_nothing_is_refused(topic: Any) -> None:
    with pytest.raises(InvalidRequestError, match=r"^topic: "):
        checked(topic=topic)


def test_a_long_topic_is_told_how_long_it_is() -> None:
    with pytest.raises(InvalidRequestError, match="10,000 characters, expected at most 500"):
        checked(topic="a" * 10_000)


@pytest.mark.parametrize("tenant", ["a", "7", "press", "press-2", "a" * 40])
def test_a_tenant_is_a_plain_name(tenant: str) -> None:
    assert tenant == checked(tenant=tenant).tenant


@pytest.mark.parametrize(
    "tenant",
    [
        pytest.param("", id="empty"),
        pytest.param("a/b", id="a slash"),
        pytest.param("..", id="dots"),
        pytest.param("a.b", id="a dot"),
        pytest.param("Press", id="a capital"),
        pytest.param("-press", id="a hyphen first"),
        pytest.param("press-", id="a hyphen last"),
        pytest.param("press\n", id="a line end"),
        pytest.param("preß", id="not ASCII"),
        pytest.param("a*", id="a wildcard"),
        pytest.param("a" * 41, id="too long"),
        pytest.param(None, id="null"),
        pytest.param(True, id="a boolean"),
        # its artifacts would lie among the documents that every tenant searches
        pytest.param("corpus", id="the knowledge base's folder"),
        pytest.param("prompts", id="the variants' folder"),
    ],
)
def test_a_tenant_that_is_unsafe_in_a_key_is_refused(tenant: Any) -> None:
    with pytest.raises(InvalidRequestError, match=r"^tenant: "):
        checked(tenant=tenant)


@pytest.mark.parametrize("workflow_id", ["a", "Run_7-b", "a" * 80])
def test_a_workflow_id_is_a_plain_name(workflow_id: str) -> None:
    assert workflow_id == checked(workflow_id=workflow_id).workflow_id


@pytest.mark.parametrize(
    "workflow_id",
    [
        pytest.param("a b", id="a space"),
        pytest.param("a/b", id="a slash"),
        pytest.param("a.b", id="a dot, which parts a session id"),
        pytest.param("a\n", id="a line end"),
        pytest.param("ä", id="not ASCII"),
        pytest.param("a" * 81, id="too long"),
        pytest.param(7, id="a number"),
    ],
)
def test_a_workflow_id_that_is_unsafe_in_a_key_is_refused(workflow_id: Any) -> None:
    with pytest.raises(InvalidRequestError, match=r"^workflow_id: "):
        checked(workflow_id=workflow_id)


def test_an_executions_name_is_checked_like_a_workflow_id() -> None:
    with pytest.raises(InvalidRequestError, match=r"^workflow_id: "):
        Request.from_event(BARE, workflow_id="my run")


@pytest.mark.parametrize(
    "reviewer", ["editor@example.com", "first.last+tag@mail.example.co.uk", "ö@example.com"]
)
def test_a_reviewer_is_an_address(reviewer: str) -> None:
    assert [reviewer] == checked(reviewer=reviewer).reviewers


@pytest.mark.parametrize(
    "reviewer",
    [
        pytest.param(None, id="missing"),
        pytest.param("", id="empty"),
        pytest.param("editor", id="no at sign"),
        pytest.param("a@b@c.org", id="two at signs"),
        pytest.param("a@example.com, b@example.com", id="two addresses"),
        pytest.param("Editor <a@example.com>", id="with a name"),
        pytest.param("a@example.com\nBcc: b@example.com", id="a header"),
        pytest.param("a@example.com\n", id="a line end"),
        pytest.param("x" * 65 + "@example.com", id="too long"),
        pytest.param(["a@example.com"], id="a list"),
    ],
)
def test_a_reviewer_who_cannot_get_mail_is_refused(reviewer: Any) -> None:
    with pytest.raises(InvalidRequestError, match=r"^reviewer: expected an e-mail address$"):
        checked(reviewer=reviewer)


def several(**fields: Any) -> Request:
    """Check a good request with several reviewers."""
    return Request.from_event({"topic": BARE["topic"], **fields}, workflow_id="execution-1")


def test_several_reviewers_can_be_asked_for_any_or_all_approvals() -> None:
    asked = several(reviewers=["a@example.com", "b@example.com"], approval="all")

    assert (["a@example.com", "b@example.com"], Rule.ALL) == (asked.reviewers, asked.approval)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"reviewers": []}, id="nobody"),
        pytest.param({"reviewers": "a@example.com"}, id="no list"),
        pytest.param({"reviewers": ["a@example.com", "nobody"]}, id="no address"),
        pytest.param({"reviewers": ["a@example.com", 7]}, id="a number"),
        pytest.param({"reviewers": ["a@example.com", "A@Example.com"]}, id="the same twice"),
        pytest.param({"reviewers": [f"{n}@example.com" for n in range(9)]}, id="too many"),
        pytest.param({"reviewers": ["a@example.com"], "reviewer": "b@example.com"}, id="both"),
    ],
)
def test_reviewers_who_cannot_all_be_asked_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequestError, match=r"^reviewers: expected"):
        several(**fields)


@pytest.mark.parametrize("rule", ["", "ALL", "both", None, True, ["all"]], ids=repr)
def test_an_unknown_rule_is_refused(rule: Any) -> None:
    with pytest.raises(InvalidRequestError, match="approval: expected 'any' or 'all'"):
        several(reviewers=["a@example.com"], approval=rule)


@pytest.mark.parametrize(
    ("name", "bounds"), [("max_sources", (1, 40)), ("max_revisions", (0, 10))], ids=str
)
def test_options_reach_to_their_bounds_and_no_farther(name: str, bounds: tuple[int, int]) -> None:
    lowest, highest = bounds

    assert bounds == tuple(getattr(checked(options={name: value}), name) for value in bounds)
    for value in (lowest - 1, highest + 1):
        with pytest.raises(InvalidRequestError, match=f"options.{name}: .* {lowest} to {highest}"):
            checked(options={name: value})


@pytest.mark.parametrize("value", [True, False, "3", 3.0, None, [3]], ids=repr)
def test_an_option_is_a_whole_number_and_nothing_like_one(value: Any) -> None:
    with pytest.raises(InvalidRequestError, match=r"options\.max_revisions"):
        checked(options={"max_revisions": value})


@pytest.mark.parametrize("options", [None, [], "none", 3], ids=repr)
def test_options_are_an_object(options: Any) -> None:
    with pytest.raises(InvalidRequestError, match="options: expected an object"):
        checked(options=options)


def test_an_unknown_field_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidRequestError, match=r"maxSources: not a field .*max_sources"):
        checked(options={"maxSources": 3})


def test_one_error_names_all_wrong_fields() -> None:
    wrong = {
        "workflow_id": "a b",
        "tenant": "A/B",
        "topic": "",
        "reviewer": "nobody",
        "options": {"max_sources": 0, "max_revisions": 99, "colour": "red"},
        "subject": "lights",
    }

    with pytest.raises(InvalidRequestError) as refused:
        Request.from_event(wrong, workflow_id="execution-1")

    names = [*wrong, "options.max_sources", "options.max_revisions", "options.colour"]
    assert [] == [name for name in names if name not in str(refused.value)]


@pytest.mark.parametrize("event", [[], "lighthouses", 7, None, [GOOD]], ids=repr)
def test_a_request_that_is_no_object_is_refused(event: Any) -> None:
    with pytest.raises(InvalidRequestError, match="object"):
        Request.from_event(event, workflow_id="execution-1")


def test_a_refusal_does_not_repeat_a_long_field() -> None:
    with pytest.raises(InvalidRequestError) as refused:
        checked(topic="secret" * 1000, **{"x" * 1000: 1})

    assert len(str(refused.value)) < 400


def test_a_search_can_be_asked_for_anew() -> None:
    assert checked(options={"fresh": True}).fresh


@pytest.mark.parametrize("value", ["true", 1, None])
def test_fresh_is_true_or_false(value: Any) -> None:
    with pytest.raises(InvalidRequestError, match=r"options\.fresh: expected true or false"):
        checked(options={"fresh": value})


@pytest.mark.parametrize(
    ("value", "expected"), [(0.01, "0.01"), (2.50, "2.5"), (10_000, "10000"), (None, "")]
)
def test_a_budget_is_an_amount_of_dollars(value: Any, expected: str) -> None:
    assert checked(options={"budget_usd": value}).budget_usd == expected


@pytest.mark.parametrize("value", [0, 0.009, 10_000.01, -1, "5", True, [], float("nan")], ids=repr)
def test_what_is_no_budget_is_refused(value: Any) -> None:
    with pytest.raises(InvalidRequestError, match=r"options\.budget_usd: .* from 0\.01 to 10,000"):
        checked(options={"budget_usd": value})


def test_a_request_says_what_becomes_of_it_at_its_budget() -> None:
    assert checked(options={"at_budget": "fail"}).at_budget == "fail"
    with pytest.raises(
        InvalidRequestError, match=r"options\.at_budget: expected 'partial' or 'fail'"
    ):
        checked(options={"at_budget": "stop"})
