"""Review: what a reviewer sees beside a draft, however hostile the texts and poor the storage."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from http import HTTPStatus
from typing import Any, NoReturn

import pytest
from galley.approval.answers import Answer
from galley.approval.decisions import Verdict
from galley.approval.forms import comments_of
from galley.approval.review import Proof, proof_of
from galley.artifacts import Artifacts, sha256
from galley.citations.findings import Check, Checked, Finding
from galley.contracts import Change, Claim, Source, Summary
from galley.errors import GalleyError, StorageRefusedError, StorageUnavailableError
from galley.reports.markdown import with_list_of_sources
from galley.scope import Scope
from galley.workflows import Workflows

from functions.approval_api import app
from tests.unit.fakes import (
    FRESNEL,
    LIGHTSHIPS,
    REVIEWER,
    SCOPE,
    a_brief,
    a_review,
    a_source,
    a_summary,
    a_vote,
    an_approval,
)

TEXT = (
    "# Lights\n\n## Summary\n\nThe Fresnel lens gathers light [1].\n\n## Fog\n\nBells rang [1].\n"
)
DRAFT = with_list_of_sources(TEXT.strip(), {1: a_summary()})
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\" ' onfocus=alert(1) {{ 7 * 7 }}"


@pytest.fixture
def kept(artifacts: Artifacts) -> Artifacts:
    """Give a bucket with one source, its summary and a draft."""
    keep(artifacts, a_source(reason="It speaks of lenses.", score=0.7312), a_summary())
    artifacts.keep(SCOPE.draft_key(1), DRAFT)
    return artifacts


def keep(artifacts: Artifacts, source: Source, summary: Summary | None = None) -> None:
    """Keep a source, and the summary of one that has any."""
    artifacts.keep(SCOPE.source_key(source.source_id), source)
    if summary:
        artifacts.keep(SCOPE.summary_key(summary.source_id), summary)


def page_of(proof: Proof, **approval: Any) -> str:
    """Return the page that shows a proof."""
    shown = an_approval(round=2, **approval)
    answer = Answer(HTTPStatus.OK, "", shown, DRAFT, reviewer=REVIEWER)
    return app.PAGE.fill(answer=answer, proof=proof, record={}, typed={})


class Elements(HTMLParser):
    """Collects a page's elements, and the text in its marks."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.marked: list[str] = []
        self._is_marked = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep one element."""
        self.found.append((tag, dict(attrs)))
        self._is_marked = tag == "mark"

    def handle_endtag(self, tag: str) -> None:
        """End a mark."""
        self._is_marked = False

    def handle_data(self, data: str) -> None:
        """Keep what is marked."""
        if self._is_marked:
            self.marked.append(data)

    def ids(self) -> list[str | None]:
        """Return every id."""
        return [attrs["id"] for _, attrs in self.found if "id" in attrs]

    def links(self) -> list[str]:
        """Return where all links lead."""
        return [str(attrs.get("href")) for tag, attrs in self.found if tag == "a"]


# ---- what is shown -------------------------------------------------------------------------------


def test_a_draft_is_shown_in_its_sections_each_with_a_field(kept: Artifacts) -> None:
    proof = proof_of(kept, SCOPE, 1, DRAFT)

    assert proof.title == "Lights"
    assert [("Summary", "section-1"), ("Fog", "section-2")] == [
        (part.heading, part.field) for part in proof.parts
    ]


def test_every_link_inside_the_page_leads_to_something_there(kept: Artifacts) -> None:
    elements = Elements(page_of(proof_of(kept, SCOPE, 1, DRAFT)))

    inside = {link.removeprefix("#") for link in elements.links() if link.startswith("#")}
    assert "source-1-1" in inside
    assert inside <= set(elements.ids())
    assert len(elements.ids()) == len(set(elements.ids()))


def test_the_quote_is_marked_in_the_words_around_it(kept: Artifacts) -> None:
    page = page_of(proof_of(kept, SCOPE, 1, DRAFT))

    assert Elements(page).marked == ["The Fresnel lens gathers light"]
    assert "that a mirror would lose." in page


def test_a_source_says_why_it_was_chosen_and_how_it_scored(kept: Artifacts) -> None:
    page = page_of(proof_of(kept, SCOPE, 1, DRAFT))

    assert "It speaks of lenses. (search score 0.731)" in page


def test_a_source_without_a_summary_is_a_gap(kept: Artifacts) -> None:
    keep(kept, a_source(LIGHTSHIPS, title="Lightships"))

    proof = proof_of(kept, SCOPE, 1, DRAFT)

    assert (proof.gaps, proof.unused) == (["Lightships"], [])
    assert "Left out, because no summary of it could be made: Lightships" in page_of(proof)


def test_a_document_that_could_not_be_read_is_named_with_the_reason(kept: Artifacts) -> None:
    keep(kept, a_source(LIGHTSHIPS, title="ships.pdf", text="", gap="scanned: only pictures"))

    proof = proof_of(kept, SCOPE, 1, DRAFT)

    assert proof.gaps == []
    assert "Found, but not read: ships.pdf (scanned: only pictures)" in page_of(proof)


def test_a_source_says_of_which_kind_it_is_and_where_its_copies_are(artifacts: Artifacts) -> None:
    keep(
        artifacts, a_source(kind="official source", also_at=["Lens (s3://b/lens.md)"]), a_summary()
    )

    page = page_of(proof_of(artifacts, SCOPE, 1, DRAFT))

    assert "Kind of source: official source" in page
    assert "The same text also at: Lens (s3://b/lens.md)" in page


def test_a_quote_says_on_which_page_it_stands(artifacts: Artifacts) -> None:
    keep(artifacts, a_source(pages=[0, 12]), a_summary())

    assert '<p class="quiet">Page 2</p>' in page_of(proof_of(artifacts, SCOPE, 1, DRAFT))


def test_a_source_that_the_draft_does_not_cite_is_named(kept: Artifacts) -> None:
    keep(kept, a_source(LIGHTSHIPS), a_summary(LIGHTSHIPS, title="Lightships"))

    proof = proof_of(kept, SCOPE, 1, DRAFT)

    assert (proof.gaps, proof.unused) == ([], ["Lightships"])


def test_a_quote_that_does_not_stand_in_its_source_is_a_warning(artifacts: Artifacts) -> None:
    invented = a_summary(claims=[Claim("The lens gathers light.", "It gathers all light.")])
    keep(artifacts, a_source(), invented)

    proof = proof_of(artifacts, SCOPE, 1, DRAFT)

    assert ["It gathers all light."] == [each.passage.quote for each in proof.warnings]
    assert "A quote does not stand in its source" in page_of(proof)


def test_two_sources_of_one_title_are_told_apart_by_their_names(artifacts: Artifacts) -> None:
    one, other = (
        a_summary(each, title="The same", claims=[Claim(each, each)])
        for each in (FRESNEL, LIGHTSHIPS)
    )
    for summary in (one, other):
        keep(artifacts, a_source(summary.source_id, text=summary.source_id), summary)
    draft = with_list_of_sources("# T\n\n## S\n\nA [1]. B [2].", {1: other, 2: one})

    proof = proof_of(artifacts, SCOPE, 1, draft)

    assert [[LIGHTSHIPS], [FRESNEL]] == [
        [quoted.passage.quote for quoted in source.quotes] for source in proof.sources
    ]


# ---- the round before ----------------------------------------------------------------------------


@pytest.fixture
def second(kept: Artifacts) -> str:
    """Give the second round's draft, after a review of the first."""
    kept.keep(SCOPE.review_key(1), a_review("More on fog signals."))
    kept.keep(SCOPE.brief_key(1), a_brief(Change("expand", "fog signals"), Change("shorten")))
    return DRAFT.replace("Bells rang [1].", "Bells rang at every station [1].")


def test_a_later_round_shows_what_changed_beside_what_was_asked(
    kept: Artifacts, second: str
) -> None:
    proof = proof_of(kept, SCOPE, 2, second)

    assert proof.earlier is not None
    assert proof.earlier.comments == "More on fog signals."
    assert proof.earlier.changes == ["Say more on fog signals", "Shorten the draft"]
    assert "<ins>at every station</ins>" in page_of(proof)
    assert "1 paragraph unchanged" in page_of(proof)


def test_the_list_of_sources_is_compared_by_entry(kept: Artifacts, second: str) -> None:
    lightships = a_summary(LIGHTSHIPS)
    draft = with_list_of_sources(TEXT.replace("[1]", "[2]"), {2: lightships})

    earlier = proof_of(kept, SCOPE, 2, draft).earlier

    assert earlier is not None
    assert earlier.sources_added == [f"[2] Title of {LIGHTSHIPS} ({LIGHTSHIPS}.md)"]
    assert earlier.sources_removed == [f"[1] Title of {FRESNEL} ({FRESNEL}.md)"]


def test_a_first_round_has_nothing_to_compare(kept: Artifacts) -> None:
    assert proof_of(kept, SCOPE, 1, DRAFT).earlier is None
    assert "changes" not in Elements(page_of(proof_of(kept, SCOPE, 1, DRAFT))).ids()


# ---- storage -------------------------------------------------------------------------------------


def failing(error: GalleyError) -> Callable[..., NoReturn]:
    """Return a method that fails."""

    def fail(*_: Any) -> NoReturn:
        raise error

    return fail


def test_where_storage_fails_the_draft_is_shown_alone(
    kept: Artifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(kept, "list_keys", failing(StorageUnavailableError("slow")))
        proof = proof_of(kept, SCOPE, 1, DRAFT)

    assert not proof.is_whole
    assert "cannot be shown at the moment" in page_of(proof)
    assert "The Fresnel lens gathers light" in page_of(proof)
    assert proof_of(kept, SCOPE, 1, DRAFT).is_whole


def test_an_artifact_that_is_gone_is_no_reason_to_show_nothing(kept: Artifacts) -> None:
    assert not proof_of(kept, SCOPE, 2, DRAFT).is_whole


def test_a_permission_that_is_missing_is_told(
    kept: Artifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "list_keys", failing(StorageRefusedError("denied")))

    with pytest.raises(StorageRefusedError):
        proof_of(kept, SCOPE, 1, DRAFT)


def test_a_second_look_reads_nothing_again(
    kept: Artifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = proof_of(kept, SCOPE, 1, DRAFT)
    monkeypatch.setattr(kept, "find_bytes", failing(StorageUnavailableError("slow")))

    assert proof_of(kept, SCOPE, 1, DRAFT) is first


# ---- hostile texts -------------------------------------------------------------------------------


def test_nothing_that_anyone_wrote_becomes_markup(artifacts: Artifacts, second: str) -> None:
    source = a_source(title=HOSTILE, text=f"{HOSTILE} stands here.", reason=HOSTILE)
    summary = a_summary(title=HOSTILE, claims=[Claim(f"Claim {HOSTILE}", HOSTILE)])
    keep(artifacts, source, summary)
    keep(artifacts, a_source(LIGHTSHIPS, title=HOSTILE))
    artifacts.keep(SCOPE.review_key(1), a_review(HOSTILE))
    artifacts.keep(SCOPE.brief_key(1), a_brief(Change("other", HOSTILE)))
    text = f"# {HOSTILE}\n\n## {HOSTILE}\n\n{HOSTILE} [1].\n\n[x](javascript:alert(1))"
    proof = proof_of(artifacts, SCOPE, 2, with_list_of_sources(text, {1: summary}))

    votes = [a_vote(Verdict.REJECTED, HOSTILE, reviewer=HOSTILE)]
    page = page_of(
        proof,
        topic=HOSTILE,
        reviewers=[REVIEWER, HOSTILE],
        votes=votes,
        scope=Scope(HOSTILE, SCOPE.workflow_id),
    )
    elements = Elements(page).found

    assert proof.earlier is not None
    assert [{}] == [attrs for tag, attrs in elements if tag == "script"]
    assert "img" not in [tag for tag, _ in elements]
    assert [] == [name for _, attrs in elements for name in attrs if name.startswith("on")]
    assert [] == [link for link in Elements(page).links() if not link.startswith("#")]
    assert "49" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)


def test_a_source_on_the_web_is_told_nothing_of_the_reviewer(artifacts: Artifacts) -> None:
    summary = a_summary(uri="https://example.org/a?b=\"'>")
    keep(artifacts, a_source(), summary)
    proof = proof_of(artifacts, SCOPE, 1, with_list_of_sources(TEXT, {1: summary}))

    (link,) = [attrs for tag, attrs in Elements(page_of(proof)).found if "rel" in attrs]

    assert link["href"] == summary.uri
    assert link["rel"] == "noreferrer noopener nofollow"


def test_texts_of_any_size_leave_a_page_of_bounded_size(artifacts: Artifacts) -> None:
    numbered = {}
    for number in range(1, 11):
        words = [" ".join([f"w{number}x{place}"] * 500) for place in range(12)]
        claims = [Claim(each[:2000], each) for each in words]
        numbered[number] = a_summary(f"{number:08d}", claims=claims)
        keep(artifacts, a_source(f"{number:08d}", text="\n\n".join(words)), numbered[number])
    sentences = (f"w{number}x{place} [{number}]." for number in numbered for place in range(12))
    draft = with_list_of_sources("# T\n\n## S\n\n" + " ".join(sentences), numbered)

    page = page_of(proof_of(artifacts, SCOPE, 1, draft))

    assert len(page.encode()) < 160_000


# ---- comments ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "comments"),
    [
        pytest.param({"comments": ["Shorter."]}, ["Shorter."], id="overall"),
        pytest.param({}, [""], id="none"),
        pytest.param(
            {"comments": [" Shorter. "], "section-1": [""], "section-2": [" More bells.\r\n"]},
            ["Shorter.\n\nOn the section “Fog”: More bells."],
            id="both",
        ),
        pytest.param(
            {"section-1": ["a"], "section-2": ["b"]},
            ["On the section “Summary”: a\n\nOn the section “Fog”: b"],
            id="sections alone",
        ),
        pytest.param({"comments": ["a", "b"], "section-1": ["c"]}, ["a", "b"], id="doubled"),
        pytest.param({"comments": [""], "section-9": ["c"]}, [""], id="no such section"),
    ],
)
def test_comments_on_sections_follow_those_on_the_whole(
    form: dict[str, list[str]], comments: list[str]
) -> None:
    assert comments == comments_of(form, DRAFT)


def test_what_was_typed_stays_where_a_form_says_nothing_clear(kept: Artifacts) -> None:
    proof = proof_of(kept, SCOPE, 1, DRAFT)
    answer = Answer(HTTPStatus.BAD_REQUEST, "Choose.", an_approval(), DRAFT, reviewer=REVIEWER)

    typed = {"comments": "Shorter <b>", "section-2": "More bells"}
    page = app.PAGE.fill(answer=answer, proof=proof, record={}, typed=typed)

    assert "Shorter &lt;b&gt;</textarea>" in page
    assert "More bells</textarea>" in page
    assert 'role="alert">Choose.' in page


def test_a_record_tells_since_when_the_work_goes_on(kept: Artifacts, registered: Workflows) -> None:
    proof, record = proof_of(kept, SCOPE, 1, DRAFT), registered.find(SCOPE.workflow_id)
    answer = Answer(HTTPStatus.OK, "", an_approval(), DRAFT, reviewer=REVIEWER)

    page = app.PAGE.fill(answer=answer, proof=replace(proof), record=record, typed={})

    assert re.search(r"<dt>Begun</dt><dd>\d+ \w+ \d{4}, \d\d:\d\d UTC, \d+ \w+ ago</dd>", page)


def test_a_page_says_what_the_agents_have_cost_and_that_a_draft_is_partial(kept: Artifacts) -> None:
    cost = {"cost_usd": Decimal("0.1218"), "agent_calls": 12, "budget_usd": Decimal(1)}
    answer = Answer(HTTPStatus.OK, "", an_approval(), DRAFT, reviewer=REVIEWER)
    proof, record = proof_of(kept, SCOPE, 1, DRAFT), {**cost, "partial": True}

    page = app.PAGE.fill(answer=answer, proof=proof, record=record, typed={})

    assert "<dd>$0.1218 of a budget of $1.00, 12 agent calls</dd>" in page
    assert "This draft is partial" in page
    assert "This draft is partial" not in page_of(proof)
    assert "Cost so far" not in page_of(proof)


# ---- what the citation gate has said -------------------------------------------------------------


def keep_check(artifacts: Artifacts, *warnings: Finding) -> None:
    """Keep what the gate said of the draft."""
    key = SCOPE.check_key(1, sha256(DRAFT.encode()))
    artifacts.keep(key, Checked(Check(warnings=list(warnings))))


def test_a_doubt_leads_to_its_sentence(kept: Artifacts) -> None:
    keep_check(kept, Finding("name", "Smeaton", "Bells rang.", [1], place=2))

    page = page_of(proof_of(kept, SCOPE, 1, DRAFT))

    assert "The name “Smeaton” does not stand in [1]." in page
    assert ("a", {"href": "#cited-2"}) in Elements(page).found
    assert "cited-2" in {attributes.get("id") for _, attributes in Elements(page).found}


def test_a_draft_without_doubts_has_none(kept: Artifacts) -> None:
    keep_check(kept)

    assert "Before you decide" not in page_of(proof_of(kept, SCOPE, 1, DRAFT))


def test_a_draft_that_was_not_checked_says_so(kept: Artifacts) -> None:
    keep_check(kept)

    page = page_of(proof_of(kept, SCOPE, 1, DRAFT + "One word more.\n"))

    assert "No check of this draft" in page


def test_many_doubts_are_counted(kept: Artifacts) -> None:
    keep_check(kept, *[Finding("uncited", sentence=f"Sentence {number}.") for number in range(50)])

    page = page_of(proof_of(kept, SCOPE, 1, DRAFT))

    assert "Sentence 29." in page
    assert "Sentence 30." not in page
    assert "has 20 more doubts about this draft" in page


def test_hostile_words_of_a_doubt_are_text(kept: Artifacts) -> None:
    keep_check(kept, Finding("name", HOSTILE, HOSTILE, [1], place=1))

    found = Elements(page_of(proof_of(kept, SCOPE, 1, DRAFT))).found

    assert not any(tag == "img" or "onerror" in attributes for tag, attributes in found)
