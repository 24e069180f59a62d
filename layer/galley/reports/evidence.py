"""What the sources of a draft say: the passages that its citations rest on, each in its place."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from galley.contracts import Claim, Source, Summary
from galley.reports.markdown import entry_of, is_on_the_web, name_of
from galley.reports.rendering import Citation, Manuscript, text_from_markdown
from galley.sources.passages import Passage, in_context, page_of, sentences_of, stems_of

# What a sentence rests on has at least this share of its words.
SAME_STATEMENT = 0.5
# Where the draft rests on no claim of a source, this many show what it says.
FEWEST_QUOTES = 2
MOST_QUOTES = 8
QUOTE_CHARACTERS = 400
# Among so many sentences of a source the nearest is looked for, for each citation that needs it.
MOST_SENTENCES = 3000

Leads = Mapping[Citation, str]


@dataclass(frozen=True)
class Use:
    """A citation, by the id it has on the page, and the section it stands in."""

    anchor: str
    section: str


@dataclass(frozen=True)
class Quoted:
    """
    A claim of a source, and the words it rests on between those around them.

    `is_nearest` where the draft says what no claim does: the sentence of the source that is most
    like it. `stands` is false where the source does not hold the words.
    """

    anchor: str
    claim: str
    passage: Passage
    stands: bool
    is_nearest: bool
    uses: list[Use]
    page: int = 0

    @property
    def note(self) -> str:
        """What a reader should know of the words."""
        if not self.stands:
            return "These words were not found in the source."
        if self.is_nearest:
            return "The source's nearest words; no claim of its summary says this."
        return ""


@dataclass(frozen=True)
class Evidence:
    """An entry of the draft's list of sources, with what is kept of the source."""

    number: int
    title: str
    anchor: str
    name: str = ""
    link: str = ""
    reason: str = ""
    score: float = 0.0
    left_out: int = 0
    kind: str = ""
    also_at: list[str] = field(default_factory=list)
    quotes: list[Quoted] = field(default_factory=list)
    others: int = 0
    uses: list[Use] = field(default_factory=list)

    @property
    def reading(self) -> str:
        """What a reader should know of how the source was read."""
        if not self.left_out:
            return ""
        return f"Only its beginning was read: {self.left_out:,} characters followed."


class Witness:
    """A source that is asked what it says to sentences of a draft."""

    def __init__(self, number: int, summary: Summary, source: Source | None) -> None:
        self.anchor = f"source-{number}"
        self.summary = summary
        self.source = source
        self.claims = list(summary.claims)
        self._said = [stems_of(f"{claim.text} {claim.quote}") for claim in self.claims]
        self._used: set[int] = set()

    def anchor_for(self, sentence: str) -> str:
        """Return the id of the claim that a sentence rests on, or of the whole source."""
        place = self._place_of(sentence)
        if place is None or len(self._used | {place}) > MOST_QUOTES:
            return self.anchor
        self._used.add(place)
        return f"{self.anchor}-{place + 1}"

    def _place_of(self, sentence: str) -> int | None:
        place = _most_like(sentence, self._said)
        if place is not None:
            return place
        nearest = _most_like(sentence, [stems for _, stems in self._sentences])
        if nearest is None:
            return None
        words, stems = self._sentences[nearest]
        self.claims.append(Claim(words, words))
        self._said.append(stems)
        return len(self.claims) - 1

    def quotes(self, uses: Mapping[str, list[Use]]) -> list[Quoted]:
        """Return the claims that the draft uses, or the first ones where it uses none."""
        anchors = [f"{self.anchor}-{place}" for place in range(1, len(self.claims) + 1)]
        shown = [anchor for anchor in anchors if anchor in uses] or anchors[:FEWEST_QUOTES]
        return [
            self._quoted(anchor, claim, place >= len(self.summary.claims), uses.get(anchor, []))
            for place, (anchor, claim) in enumerate(zip(anchors, self.claims, strict=True))
            if anchor in shown
        ]

    def _quoted(self, anchor: str, claim: Claim, is_nearest: bool, uses: list[Use]) -> Quoted:
        said, quote = (" ".join(text.split()) for text in (claim.text, claim.quote))
        alone = Passage("", quote, "")
        found = in_context(self.source.text, quote) if self.source else alone
        passage = found or alone
        if len(passage.quote) > QUOTE_CHARACTERS:
            passage = Passage(passage.before, _cut(passage.quote), "")
        said = "" if said == quote else _cut(said)
        page = page_of(self.source.text, self.source.pages, quote) if self.source else 0
        return Quoted(anchor, said, passage, found is not None, is_nearest, uses, page)

    @cached_property
    def _sentences(self) -> list[tuple[str, set[str]]]:
        sentences = sentences_of(self.source.text) if self.source else []
        return [(sentence, stems_of(sentence)) for sentence in sentences[:MOST_SENTENCES]]


def witnesses_of(
    manuscript: Manuscript, summaries: Iterable[Summary], sources: Iterable[Source]
) -> dict[int, Witness]:
    """Return the sources that a draft lists, by their numbers in it."""
    by_id = {source.source_id: source for source in sources}
    by_entry = {entry_of(summary): summary for summary in summaries}
    return {
        number: Witness(number, by_entry[entry], by_id.get(by_entry[entry].source_id))
        for number, entry in manuscript.entries.items()
        if entry in by_entry
    }


def leads_of(manuscript: Manuscript, witnesses: Mapping[int, Witness]) -> Leads:
    """Return for every citation the id of what it rests on, as far as words can tell."""
    return {
        citation: witnesses[citation.number].anchor_for(citation.sentence)
        if citation.number in witnesses
        else f"source-{citation.number}"
        for section in manuscript.sections
        for citation in section.citations
    }


def evidence_of(
    manuscript: Manuscript, witnesses: Mapping[int, Witness], leads: Leads
) -> list[Evidence]:
    """Return the entries of a draft's list of sources, each with what the draft takes from it."""
    uses: dict[str, list[Use]] = defaultdict(list)
    for section in manuscript.sections:
        for citation in section.citations:
            uses[leads[citation]].append(Use(f"cited-{citation.place}", section.heading))
    return [
        _evidence(number, text_from_markdown(entry), witnesses.get(number), uses)
        for number, entry in manuscript.entries.items()
    ]


def _evidence(
    number: int, entry: str, witness: Witness | None, uses: Mapping[str, list[Use]]
) -> Evidence:
    anchor = f"source-{number}"
    if witness is None:
        return Evidence(number, entry, anchor, uses=uses.get(anchor, []))
    quotes, uri = witness.quotes(uses), witness.summary.uri
    return Evidence(
        number,
        witness.summary.title,
        anchor,
        name=name_of(uri),
        link=uri if is_on_the_web(uri) else "",
        reason=witness.source.reason if witness.source else "",
        score=witness.source.score if witness.source else 0.0,
        left_out=witness.source.left_out if witness.source else 0,
        kind=witness.source.kind if witness.source else "",
        also_at=witness.source.also_at if witness.source else [],
        quotes=quotes,
        others=len(witness.summary.claims) - sum(not quoted.is_nearest for quoted in quotes),
        uses=uses.get(anchor, []),
    )


def _most_like(sentence: str, texts: Iterable[set[str]]) -> int | None:
    """Return the place of the text that has most of a sentence's words, if one has enough."""
    words = stems_of(sentence)
    shares = [len(words & stems) / max(1, len(words)) for stems in texts]
    best = max(shares, default=0.0)
    return shares.index(best) if best >= SAME_STATEMENT else None


def _cut(text: str) -> str:
    return text if len(text) <= QUOTE_CHARACTERS else f"{text[:QUOTE_CHARACTERS]} …"
