"""Scope: keys and session ids that are derived from the workflow, and fit where they go."""

import re

from galley.scope import Scope

from tests.unit.fakes import FUNCTIONS

LONGEST = Scope("t" * 40, "w" * 80)


def test_every_key_lies_under_tenant_and_workflow() -> None:
    scope = Scope("press", "lighthouses-1")

    keys = {
        scope.found_key("a"): "found/a.json",
        scope.source_key("a"): "sources/a.json",
        scope.summary_key("a"): "summaries/a.json",
        scope.draft_key(1): "drafts/1.md",
        scope.review_key(1): "reviews/1.json",
        scope.brief_key(1): "briefs/1.json",
        scope.published_key("report.md"): "published/report.md",
    }

    assert {f"press/lighthouses-1/{name}" for name in keys.values()} == set(keys)


def test_the_longest_session_id_is_one_that_bedrock_takes() -> None:
    roles = [name.removesuffix("_agent") for name in FUNCTIONS if name.endswith("_agent")]

    session_ids = [LONGEST.session_id(role, "f" * 8) for role in roles]

    assert len(roles) == 4
    assert all(re.fullmatch(r"[0-9a-zA-Z._:-]{2,100}", each) for each in session_ids)


def test_attributes_carry_the_scope_and_what_is_added() -> None:
    scope = Scope("press", "lighthouses-1")

    assert scope == Scope.from_event(scope.attributes(round="2"))
    assert scope.attributes(round="2")["round"] == "2"
