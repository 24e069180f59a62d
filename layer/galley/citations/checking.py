"""
The citation gate: what a draft says, held against the sources that it cites. No model is asked.

What is certain fails the draft: a source that is none, a quotation or a number in digits or a date
that no cited source has. What is only suspicious is a warning for the reviewer: names, numbers in
words, numbers that stand elsewhere in the source, sentences that are like nothing in it or cite
nothing. Whether a sentence says of its facts what the source says of them, nobody here can tell.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from galley.citations import findings
from galley.citations.figures import Figure, figures_in
from galley.citations.findings import Check, Finding, shortened
from galley.citations.names import names_in
from galley.citations.quotations import Quotation, quotations_in
from galley.citations.readings import Reading, stems_in
from galley.citations.statements import Statement, statements_of
from galley.contracts import Claim, Source
from galley.reports.rendering import Manuscript

# Of a sentence's words, the passage of a source that has most of them has at least this share.
LIKE = 0.34
FEWEST_WORDS = 4  # of a sentence that is looked for
# A passage speaks of the same where it has this share of the words that the likest one has.
NEAR = 0.5
_FEW_WORDS = 4  # of a sentence that need not cite
_OPENS_LIST = ":"
_ASKS = "?"


@dataclass
class _Asked:
    """What a sentence states, and what the cited sources have of it so far."""

    statement: Statement
    figures: list[Figure]
    names: list[str]
    quotations: list[Quotation]
    stems: frozenset[str]
    missing: set[object] = field(default_factory=set)  # figures, names, quotations
    far: set[Figure] = field(default_factory=set)
    loose: set[Figure] = field(default_factory=set)  # dates of which only the numbers stand there
    likeness: float = 0.0
    others: defaultdict[object, list[int]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.missing = {*self.figures, *self.names, *self.quotations}
        self.far = set(self.figures)

    def read(self, reading: Reading) -> None:
        """Take note of what a cited source has."""
        counts = reading.passages_like(self.stems)
        best = max(counts.values(), default=0)
        self.likeness = max(self.likeness, best / max(1, len(self.stems)))
        near = frozenset(passage for passage, count in counts.items() if count >= NEAR * best)
        for figure in self.figures:
            place = reading.place_of(figure, near)
            if place.stands:
                self.missing.discard(figure)
            elif figure.days and reading.has_parts_of(figure):
                self.loose.add(figure)
            if place.is_near:
                self.far.discard(figure)
        self.missing -= {name for name in self.names if reading.has_name(name)}
        self.missing -= {each for each in self.quotations if each.stands_in(reading.words)}

    def read_other(self, number: int, reading: Reading) -> None:
        """Take note of the figures that stand in a source which is not cited."""
        for figure in self.figures:
            if reading.place_of(figure, frozenset()).stands:
                self.others[figure].append(number)


def check(
    draft: str,
    known: Mapping[int, Sequence[Claim]],
    read: Callable[[int], Source],
    given: str = "",
) -> Check:
    """
    Return what is wrong with a draft and what is suspicious in it.

    `known` are the sources that it may cite, by number, each with its claims. Each is `read` once,
    and only one is held at a time. `given` is what the writer was given besides them, such as the
    topic: its numbers are no inventions.
    """
    manuscript = Manuscript.from_markdown(draft)
    statements = statements_of(manuscript)
    asked = [_asked(each) for each in statements if known.keys() & set(each.numbers)]
    cited = manuscript.cited
    claims: list[Finding] = []
    for number in sorted(known):
        reading = Reading(read(number))
        for each in asked:
            if number in each.statement.numbers:
                each.read(reading)
            else:
                each.read_other(number, reading)
        if number in cited:
            claims += _baseless(number, known[number], reading)
    uncited = [each for each in statements if _must_cite(each)]
    values: set[object] = {figure.values or figure.days for figure in figures_in(given)}
    found = [finding for each in asked for finding in _findings(each, values)]
    unknown = [
        each for number in sorted(cited - known.keys()) for each in _unknown(number, statements)
    ]
    return _bounded(
        [*unknown, *(each for each in found if each.kind in _CERTAIN)],
        [
            *(each for each in found if each.kind not in _CERTAIN),
            *claims,
            *(Finding(findings.UNCITED, sentence=each.text) for each in uncited),
        ],
        Check(
            sentences=sum(not each.is_beside for each in statements),
            uncited=len(uncited),
            unused=sorted(known.keys() - cited),
        ),
    )


_CERTAIN = {findings.UNKNOWN_SOURCE, findings.QUOTATION, findings.FIGURE}


def _asked(statement: Statement) -> _Asked:
    text = statement.text
    return _Asked(
        statement,
        list({each.said: each for each in figures_in(text) if not _is_any(each)}.values()),
        list(dict.fromkeys(names_in(text))),
        quotations_in(statement),
        stems_in(text),
    )


def _is_any(figure: Figure) -> bool:
    # `one` and `once` are rarely counts, nor are `double` and its like.
    return figure.is_word and figure.values in {(("0",),), (("1",),)} and not figure.span


def _findings(asked: _Asked, given: set[object]) -> Iterable[Finding]:
    for figure in asked.figures:
        if figure in asked.missing:
            is_certain = not (
                figure.is_word
                or figure in asked.loose
                or asked.statement.is_beside
                or (figure.values or figure.days) in given
            )
            kind = findings.FIGURE if is_certain else findings.COUNT
            yield _finding(kind, figure.said, asked, asked.others[figure])
        elif figure in asked.far:
            yield _finding(findings.FAR_FIGURE, figure.said, asked)
    for quotation in asked.quotations:
        if quotation in asked.missing:
            is_certain = quotation.is_certain and not asked.statement.is_beside
            kind = findings.QUOTATION if is_certain else findings.PHRASE
            yield _finding(kind, quotation.text, asked)
    for name in asked.names:
        if name in asked.missing:
            yield _finding(findings.NAME, name, asked)
    if asked.statement.is_beside:
        return
    if len(asked.stems) >= FEWEST_WORDS and asked.likeness < LIKE:
        yield _finding(findings.UNLIKE, "", asked)


def _finding(kind: str, what: str, asked: _Asked, others: Sequence[int] = ()) -> Finding:
    said = asked.statement
    return Finding(kind, what, said.text, sorted(said.numbers), said.place, list(others))


def _unknown(number: int, statements: Sequence[Statement]) -> list[Finding]:
    found = [
        Finding(findings.UNKNOWN_SOURCE, str(number), each.text, place=each.place)
        for each in statements
        if number in each.numbers
    ]
    return found or [Finding(findings.UNKNOWN_SOURCE, str(number))]


def _baseless(number: int, claims: Sequence[Claim], reading: Reading) -> Iterable[Finding]:
    return [
        Finding(findings.CLAIM, claim.quote, cites=[number])
        for claim in claims
        if reading.words.find(claim.quote) is None
    ]


def _must_cite(statement: Statement) -> bool:
    """Tell whether a sentence states something: a lead-in, a question or a few words do not."""
    said = statement.text.rstrip("*_ ")
    is_short = len(said.split()) < _FEW_WORDS or said.endswith((_OPENS_LIST, _ASKS))
    states_nothing = is_short and not any(map(str.isdigit, said))
    return not (statement.numbers or statement.is_beside or states_nothing)


def _bounded(failures: list[Finding], warnings: list[Finding], counted: Check) -> Check:
    kept = [list(map(shortened, each[: findings.MOST_KEPT])) for each in (failures, warnings)]
    more = len(failures) + len(warnings) - sum(map(len, kept))
    return Check(kept[0], kept[1], counted.sentences, counted.uncited, more, counted.unused)
