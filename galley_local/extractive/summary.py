"""Summary: the sentences of one source that carry a topic, word for word."""

import json
from collections import Counter, defaultdict
from typing import Any

from galley_local.extractive.form import leans
from galley_local.extractive.salience import centrality, feedback, rarity, telling
from galley_local.extractive.sameness import Statement, overlap
from galley_local.extractive.sentences import Sentence, sentences
from galley_local.extractive.tools import UseTool, read_by
from galley_local.extractive.topic import Topic
from galley_local.extractive.words import content_stems

# A long source is read on, but not to its end: five more parts are about 100 KB.
MORE_PARTS = 5

_WEAKEST = 0.3  # of the best score
_ENOUGH = 3  # sentences
_NAMED = 2  # words of the topic, or mentions of its only word, make a source relevant
_SHORT = 5  # sentences; a source of no more need not say its topic twice
_OFTEN = 4  # mentions of a topic that the title names too
_FIT = 0.5  # to stand in a report, of 1
_GIVEN = 0.6  # of its weight keeps a topic's word that is in the title
_BESIDE = 0.35  # of its score a sentence's neighbour needs to come with it
_REDUNDANCY = 0.6  # how much likeness to a chosen sentence costs


def summarize(topic: Topic, source: dict[str, Any], max_claims: int, use_tool: UseTool) -> str:
    """Return the summary agent's answer: claims that are sentences of the source."""
    text = _whole_text(source, use_tool)
    chosen = choose(topic, source.get("title", ""), sentences(text), max_claims)
    return json.dumps({"claims": [_claim(one) for one in chosen]}, ensure_ascii=False)


def _claim(one: Sentence) -> dict[str, str]:
    stands_alone = one.text == " ".join(one.quote.split())
    return {"quote": one.quote} if stands_alone else {"quote": one.quote, "text": one.text}


def choose(topic: Topic, title: str, found: list[Sentence], most: int) -> list[Sentence]:
    """
    Return the sentences a report on the topic can use, at most `most`.

    Sentences of one paragraph stay together in their order; the paragraph that matters most
    comes first.
    """
    if not speaks_of(topic, title, found):
        return []
    # What leans on another sentence is quoted only where there is hardly anything else.
    standing = [one for one in found if not leans(one.text)]
    found = standing if len(standing) >= _ENOUGH else found
    scores = _scores(topic, title, found)
    ranked = sorted(range(len(found)), key=lambda index: (-scores[index], index))
    ranked = ranked[: max(60, 5 * most)]
    likeness = dict.fromkeys(ranked, 0.0)
    statements = {index: Statement(found[index].text) for index in ranked}
    chosen: list[int] = []

    def take(one: int) -> None:
        chosen.append(one)
        del likeness[one]
        for other in list(likeness):
            if statements[other].repeats(statements[one]):
                del likeness[other]
            else:
                alike = overlap(found[other].stems, found[one].stems)
                likeness[other] = max(likeness[other], alike)

    while likeness and len(chosen) < most:
        best = min(
            likeness, key=lambda one: (-scores[one] * (1 - _REDUNDANCY * likeness[one]), one)
        )
        if chosen and scores[best] < _WEAKEST * scores[chosen[0]]:
            break
        take(best)
        # Two or three sentences in a row read better than as many picked from all over, and
        # one whose subject was introduced just before is understood only there.
        for near in (best - 1, best + 1) if found[best].follows else (best + 1, best - 1):
            if (
                near in likeness
                and len(chosen) < most
                and found[near].paragraph == found[best].paragraph
                and abs(found[near].position - found[best].position) == 1
                and scores[near] >= _BESIDE * scores[best]
                and found[near].fitness >= _FIT
            ):
                take(near)
    return _by_paragraph([found[index] for index in chosen], found[0].paragraph)


def speaks_of(topic: Topic, title: str, found: list[Sentence]) -> bool:
    """Tell whether a source is about the topic and does not just share a word with it."""
    counts = Counter(one for sentence in found for one in sentence.stems)
    named = {one for one in topic.strong if counts[one]}
    in_title = topic.strong & set(content_stems(title))
    needed = min(_NAMED, len(topic.strong))
    if needed == 1:
        often = 1 if len(found) <= _SHORT else _NAMED
        return bool(in_title) or any(counts[one] >= often for one in named)
    if in_title and sum(counts[one] for one in named) >= _OFTEN:
        return True
    by_paragraph: defaultdict[int, set[str]] = defaultdict(set)
    for sentence in found:
        by_paragraph[sentence.paragraph] |= sentence.stems | set(content_stems(sentence.heading))
    together = max((len(topic.strong & stems) for stems in by_paragraph.values()), default=0)
    return len(named) >= needed and (together >= needed or bool(in_title))


def _scores(topic: Topic, title: str, found: list[Sentence]) -> list[float]:
    said = [one.stems for one in found]
    value = rarity(topic, said)
    # A source entitled to the topic's word is about it in every sentence.
    for one in value.keys() & set(content_stems(title)):
        value[one] *= _GIVEN
    around: defaultdict[int, set[str]] = defaultdict(set)
    first_of: dict[int, int] = {}
    for sentence in found:
        around[sentence.paragraph] |= sentence.stems
        first_of.setdefault(sentence.paragraph, sentence.position)
    near = {number: topic.coverage(stems, value) for number, stems in around.items()}
    under = {
        heading: topic.coverage(content_stems(heading), value)
        for heading in {one.heading for one in found}
    }
    relevance = [
        topic.coverage(one.stems, value) + 0.8 * near[one.paragraph] + 0.8 * under[one.heading]
        for one in found
    ]
    # What the relevant sentences speak of is relevant too, though the topic does not name it.
    counted = feedback(said, relevance)
    for one in content_stems(title):
        counted[one] = 1.5 * counted.get(one, 0.0)
    central = centrality(topic, said, counted)
    beside: defaultdict[int, list[float]] = defaultdict(list)
    for sentence, share in zip(found, central, strict=True):
        beside[sentence.paragraph].append(share)
    last = max((one.position for one in found), default=1)
    return [
        s.fitness
        * (
            0.8 * relevance[index]
            + 0.4 * central[index]
            + 0.3 * sum(beside[s.paragraph]) / (1 + len(beside[s.paragraph]))
            + 0.25 * telling(topic, s.text)
            # The first sentence of a paragraph says what the paragraph is about, and the first
            # paragraph what the document is about.
            + (0.2 if first_of[s.paragraph] == s.position else 0.0)
            + (0.4 if s.paragraph == found[0].paragraph else 0.0)
            + 0.1 * (1 - s.position / (last + 1))
        )
        for index, s in enumerate(found)
    ]


def _by_paragraph(chosen: list[Sentence], first: int) -> list[Sentence]:
    rank: dict[int, int] = {}
    for place, sentence in enumerate(chosen):
        rank.setdefault(sentence.paragraph, place)
    # Where the opening paragraph is worth quoting it is the best introduction to the rest.
    rank[first] = -1
    return sorted(chosen, key=lambda one: (rank[one.paragraph], one.position))


def _whole_text(source: dict[str, Any], use_tool: UseTool) -> str:
    text, characters = str(source.get("text", "")), int(source.get("characters") or 0)
    if passages := source.get("passages"):
        return "\n\n".join([text, *(str(each["text"]) for each in passages)])
    for _ in range(MORE_PARTS):
        if len(text) >= characters:
            break
        part = read_by(use_tool, "read_source", start=str(len(text)))
        more = str(part.get("text", ""))[max(0, len(text) - int(part.get("start", 0))) :]
        if not more:
            break
        text += more
    return text
