"""Decisions: one per round, whoever votes in whichever order."""

from dataclasses import replace

import pytest
from galley.approval.decisions import Approval, Decision, Rule, Verdict, Vote, in_words
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.unit.fakes import a_vote, an_approval

REVIEWERS = [f"{letter}@example.com" for letter in "abcd"]
NOW = 1_800_000_000

verdicts = st.sampled_from(Verdict)
rules = st.sampled_from(Rule)
ballots = st.lists(st.tuples(st.sampled_from(REVIEWERS), verdicts), max_size=12)


def asked(rule: Rule, reviewers: list[str] = REVIEWERS) -> Approval:
    """Return an approval of several reviewers."""
    return an_approval(rule=rule, reviewers=reviewers)


def after(approval: Approval, attempts: list[tuple[str, Verdict]]) -> Approval:
    """Return an approval after attempts to vote, as the table lets them pass."""
    for reviewer, verdict in attempts:
        if approval.takes_vote_of(reviewer, NOW):
            approval = approval.with_vote(a_vote(verdict, reviewer=reviewer))
    return approval


@given(rules, ballots)
def test_nobody_votes_twice_and_nobody_after_the_decision(
    rule: Rule, attempts: list[tuple[str, Verdict]]
) -> None:
    approval = after(asked(rule), attempts)

    voters = [vote.reviewer for vote in approval.votes]
    assert len(voters) == len(set(voters))
    assert all(
        replace(approval, votes=approval.votes[:count]).deciding is None
        for count in range(len(voters))
    )


@given(rules, ballots, ballots)
def test_what_is_decided_stays(
    rule: Rule, attempts: list[tuple[str, Verdict]], later: list[tuple[str, Verdict]]
) -> None:
    decided = after(asked(rule), attempts)
    assume(decided.deciding)

    assert decided == after(decided, later)


@given(ballots)
def test_an_approval_by_all_needs_every_one_of_them(attempts: list[tuple[str, Verdict]]) -> None:
    approval = after(asked(Rule.ALL), attempts)

    last = approval.deciding
    is_approved = last is not None and last.decision is Verdict.APPROVED
    assert is_approved == (sorted(approval.approvers) == REVIEWERS)


@given(ballots.filter(bool))
def test_where_any_may_decide_the_first_does(attempts: list[tuple[str, Verdict]]) -> None:
    approval = after(asked(Rule.ANY), attempts)

    assert len(approval.votes) == 1
    assert approval.deciding == a_vote(attempts[0][1], reviewer=attempts[0][0])


@given(rules, st.permutations(REVIEWERS), verdicts)
def test_the_order_of_the_same_votes_does_not_matter(
    rule: Rule, order: list[str], verdict: Verdict
) -> None:
    approval = after(asked(rule), [(each, verdict) for each in order])

    assert approval.deciding is not None
    assert approval.deciding.decision is verdict


@given(
    rules,
    st.lists(verdicts, max_size=4),
    st.text(max_size=50),
    st.integers(min_value=0, max_value=2**40),
)
@settings(max_examples=50)
def test_the_table_gives_back_what_it_got(
    rule: Rule, said: list[Verdict], comment: str, expires_at: int
) -> None:
    votes = [
        Vote(reviewer, verdict, comment, "2026-11-23T08:00:00+00:00", by=comment)
        for reviewer, verdict in zip(REVIEWERS, said, strict=False)
    ]
    approval = replace(asked(rule), votes=votes, expires_at=expires_at)

    assert approval == Approval.from_item(approval.to_item())


@given(rules, st.integers(min_value=-5, max_value=5))
def test_no_vote_is_taken_from_the_deadline_on(rule: Rule, seconds: int) -> None:
    approval = replace(asked(rule), expires_at=NOW)

    assert approval.takes_vote_of(REVIEWERS[0], NOW + seconds) == (seconds < 0)


def test_a_stranger_has_no_vote() -> None:
    assert not asked(Rule.ANY).takes_vote_of("eve@example.com", NOW)


def test_the_first_rejection_decides_where_all_must_approve() -> None:
    votes = [("a@example.com", Verdict.APPROVED), ("b@example.com", Verdict.REJECTED)]

    approval = after(asked(Rule.ALL), votes)

    assert str(approval) == "rejected by b@example.com at 2026-11-23T08:00:00+00:00"


@pytest.mark.parametrize(
    ("comments", "expected"),
    [
        pytest.param(["", ""], "", id="none"),
        pytest.param(["", "Shorter."], "Shorter.", id="one"),
        pytest.param(
            ["Fine.", "Shorter."], "a@example.com:\nFine.\n\nb@example.com:\nShorter.", id="both"
        ),
    ],
)
def test_comments_of_several_stand_under_their_names(comments: list[str], expected: str) -> None:
    votes = [a_vote(comments=text, reviewer=who) for text, who in zip(comments, REVIEWERS)]  # noqa: B905  # two of four

    assert replace(asked(Rule.ALL), votes=votes).comments == expected


def test_who_signed_in_for_another_is_named() -> None:
    vote = replace(a_vote(), by="chief@example.com")

    assert str(vote).startswith("approved by chief@example.com for editor@example.com at ")


def test_a_vote_says_the_same_only_with_the_same_comments() -> None:
    vote = a_vote(Verdict.REJECTED, "Shorter.")

    assert vote.says(Decision(Verdict.REJECTED, "Shorter."))
    assert not vote.says(Decision(Verdict.REJECTED, "Longer."))
    assert not vote.says(Decision(Verdict.APPROVED, "Shorter."))


def test_names_are_joined_as_in_a_sentence() -> None:
    assert ["a", "a and b", "a, b and c"] == [in_words("abc"[:count]) for count in (1, 2, 3)]
