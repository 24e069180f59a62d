"""Search: which documents are about a topic, found with several queries."""

import json
import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import combinations

from galley_local.extractive.sameness import same_title, shared_wording
from galley_local.extractive.tools import UseTool, found_by
from galley_local.extractive.topic import Topic
from galley_local.extractive.web import pages_on
from galley_local.extractive.words import content_stems, is_stop_word, stem, weight, words

_MOST_TERMS = 5
_MOST_QUERIES = 10
_QUERY_WORDS = 24
_WEAKEST = 0.45  # of the best document's score
_RANK_DAMPING = 10  # of reciprocal rank fusion: how little the very first places stand out
_RELATED = 8
_NEARLY_ALL = 0.9  # of the topic's words, rare ones counting more
_COMMON = 0.4  # of the topic's words, rare ones counting more: common ones alone are no topic
_KINDRED = 0.5  # of the related words, or of the topic's ideas
_COPIED = 0.35  # of the wording: related documents share a tenth, copies two fifths
_CORE = 8  # passages that show what else belongs to the topic


# Lists of changes name everything and tell nothing of how it works.
_LISTING = re.compile(
    r"\b(?:change ?logs?|release (?:history|notes|\d)|what.s new|new features|table of contents)\b"
    r"|^(?:changes|news|copyright|index|glossary|bibliography)\b",
    re.IGNORECASE,
)
_NO_TEXT = 0.5


@dataclass
class Hit:
    """A document that some query found, with the passages that matched."""

    source_id: str
    title: str
    passages: list[str] = field(default_factory=list)
    fused: float = 0.0

    def stems(self) -> set[str]:
        """Return what its title and the passages found in it speak of."""
        return set(content_stems(" ".join([self.title, *self.passages])))


def search(topic: Topic, max_sources: int, use_tool: UseTool) -> str:
    """Return the search agent's answer: documents about the topic, best first."""
    hits: dict[str, Hit] = {}
    terms = sorted(topic.strong, key=lambda one: _first_place(one, topic.text))[:_MOST_TERMS]
    written = {one: _written(one, topic.text) for one in terms}
    _, *best = _ask([(topic.text, 1.2), *((written[one], 0.3) for one in terms)], hits, use_tool)
    # A word of which the best passage scores high is rare, so it says more.
    rarity = dict(zip(terms, best, strict=True))
    rarest = sorted(terms, key=lambda one: (-rarity[one], one))[:3]
    kin = topic.related()
    more = [(" ".join([written[rarest[0]], *kin][:_QUERY_WORDS]), 1.2)] if kin else []
    pairs = [*combinations(rarest, 2)][: _MOST_QUERIES - 3 - len(terms)]
    more += [(" ".join(written[one] for one in pair), 1.0) for pair in pairs]
    if related := _related(topic, rarity, list(hits.values())):
        more.append((f"{written[rarest[0]]} {' '.join([*related][:4])}", 1.5))
    _ask(more, hits, use_tool)
    for rank, (source_id, title, passage) in enumerate(pages_on(topic, use_tool)):
        hits[source_id] = Hit(source_id, title, [passage], 3.0 / (_RANK_DAMPING + rank))
        # What only the web speaks of is rare here, and no less a part of the topic.
        rarity |= {one: rarity[one] or 1.0 for one in terms if one in hits[source_id].stems()}
    known = {one for one in terms if rarity[one]}
    if 2 * len(known) < len(terms):
        return json.dumps({"sources": []})
    related = _related(topic, rarity, list(hits.values()))
    kept = _without_copies(about(topic, list(hits.values()), rarity, related))
    sources = [
        {"source_id": one.source_id, "reason": _reason(topic, one, related)}
        for one in kept[: max(0, max_sources)]
    ]
    return json.dumps({"sources": sources}, ensure_ascii=False)


def about(
    topic: Topic, hits: list[Hit], rarity: dict[str, float], related: dict[str, str]
) -> list[Hit]:
    """
    Return the hits that are really about the topic, best first.

    Sharing one word is not enough: a document must hold two of the topic's words, or much of
    what goes with them.
    """
    known = sum(bool(value) for value in rarity.values())
    needed = min(2, known)
    best = max((hit.fused for hit in hits), default=1.0)
    kept: list[tuple[float, Hit]] = []
    for hit in hits:
        in_title = topic.strong & set(content_stems(hit.title))
        shares = [_share(set(content_stems(one)) | in_title, rarity) for one in hit.passages]
        stems = hit.stems()
        named = len(topic.strong & stems)
        kindred = len({stem(one) for one in related} & stems) / max(1, len(related))
        # The topic's weaker words (`seen`, `farther`) count by their kin (`visible`, `range`).
        spoken = topic.coverage(stems)
        whole = max((topic.coverage(content_stems(one)) for one in hit.passages), default=0.0)
        whole = (whole + spoken) / 2
        # A passage that says it all shows the topic best; all passages together show it too.
        share = (max(shares, default=0.0) + _share(stems, rarity)) / 2
        score = hit.fused / best + share + 0.5 * kindred + 0.2 * bool(in_title)
        score += 0.7 * whole
        score *= _NO_TEXT if _LISTING.search(hit.title) else 1.0
        if known > needed and _share(stems, rarity) < _COMMON:
            continue
        surely = kindred or in_title or max(shares, default=0.0) >= _NEARLY_ALL
        if (named >= needed and surely) or (named and max(kindred, spoken) >= _KINDRED):
            kept.append((score, hit))
    kept.sort(key=lambda scored: (-scored[0], scored[1].source_id))
    return [hit for score, hit in kept if score >= _WEAKEST * kept[0][0]]


def _share(stems: set[str], rarity: dict[str, float]) -> float:
    whole = sum(rarity.values()) or 1.0
    return sum(value for one, value in rarity.items() if one in stems) / whole


def _ask(queries: list[tuple[str, float]], hits: dict[str, Hit], use_tool: UseTool) -> list[float]:
    """Merge what queries find into `hits`, by their importance; return the best score of each."""
    if not queries:
        return []
    together = "\n".join(query for query, _ in queries)
    found = found_by(use_tool, "search_knowledge_base", queries=together)
    matches = sorted(
        (number, place, score, item["source_id"], item.get("title") or "", passage["text"])
        for item in found
        for passage in item["passages"]
        for number, place, score in passage["matches"]
    )
    best = [0.0] * len(queries)
    for number, place, score, source_id, title, text in matches:
        hit = hits.setdefault(source_id, Hit(source_id, title))
        hit.fused += queries[number - 1][1] / (_RANK_DAMPING + place - 1)
        best[number - 1] = max(best[number - 1], score)
        if text not in hit.passages:
            hit.passages.append(text)
    return best


def _related(topic: Topic, rarity: dict[str, float], hits: list[Hit]) -> dict[str, str]:
    """Return words (and stems) that the best passages share and others do not have."""
    pool = [(hit.fused, hit, passage) for hit in hits for passage in hit.passages]
    pool.sort(key=lambda one: (-one[0], one[1].source_id, one[2]))
    everywhere = Counter(one for _, _, passage in pool for one in set(content_stems(passage)))
    counts: Counter[str] = Counter()
    written: defaultdict[str, Counter[str]] = defaultdict(Counter)
    documents: set[str] = set()
    for _, hit, passage in pool:
        if hit.source_id in documents:
            continue
        documents.add(hit.source_id)
        for one, word in {stem(w): w for w in words(passage) if not is_stop_word(w)}.items():
            if weight(one) == 1.0 and one not in topic.weights and word.isalpha():
                counts[one] += 1
                written[one][word.lower()] += 1
        if len(documents) == _CORE:
            break
    value = {
        one: count * math.log(1 + len(pool) / everywhere[one])
        for one, count in counts.items()
        if count >= min(3, max(2, len(documents) // 2))
    }
    best = sorted(value, key=lambda one: (-value[one], one))[:_RELATED]
    return {min(written[one], key=lambda w: (-written[one][w], w)): one for one in best}


def _without_copies(hits: list[Hit]) -> list[Hit]:
    kept: list[Hit] = []
    for hit in hits:
        if not any(_same_document(hit, other) for other in kept):
            kept.append(hit)
    return kept


def _same_document(one: Hit, other: Hit) -> bool:
    enough = _COPIED / 2 if same_title(one.title, other.title) else _COPIED
    return shared_wording(one.passages, other.passages) >= enough


def _reason(topic: Topic, hit: Hit, related: dict[str, str]) -> str:
    stems = hit.stems()
    terms = sorted(topic.strong & stems, key=lambda one: _first_place(one, topic.text))
    names = [_written(one, topic.text) for one in terms]
    names += [word for word, one in related.items() if one in stems][:3]
    listed = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
    return f"Its passages speak of {listed}."[:300]


def _written(one: str, text: str) -> str:
    return next((word for word in words(text) if stem(word) == one), one)


def _first_place(one: str, text: str) -> int:
    return next((place for place, word in enumerate(words(text)) if stem(word) == one), 0)
