"""Search: which documents are about a topic, found with several queries."""

import json
import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from galley_local.extractive.sameness import same_passage, same_title
from galley_local.extractive.tools import UseTool, found_by
from galley_local.extractive.words import Topic, content_stems, is_stop_word, stem, weight, words


_TERM_QUERIES = 4
_RANK_DAMPING = 10  # of reciprocal rank fusion: how little the very first places stand out


@dataclass
class Hit:
    """A document that some query found."""

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
    _ask(topic.text, 3.0, hits, use_tool)
    terms = sorted(topic.strong, key=lambda one: _first_place(one, topic.text))
    found_by = {one: _ask(_written(one, topic.text), 0.5, hits, use_tool) for one in terms[:_TERM_QUERIES]}
    kept = about(topic, list(hits.values()), found_by)
    expansion = _expansion(topic, kept)
    if expansion and kept:
        names = " ".join(_written(one, topic.text) for one in terms[:2])
        _ask(f"{names} {' '.join(expansion)}", 1.0, hits, use_tool)
        kept = about(topic, list(hits.values()), found_by)
    sources = [
        {"source_id": one.source_id, "reason": _reason(topic, one)}
        for one in _without_copies(kept)[: max(0, max_sources)]
    ]
    return json.dumps({"sources": sources}, ensure_ascii=False)


def about(topic: Topic, hits: list[Hit], found_by: dict[str, int]) -> list[Hit]:
    """Return the hits that are really about the topic, best first."""
    if not hits:
        return []
    # A term that few documents hold says more about a document that does.
    rarity = {one: math.log(1 + 30 / (1 + found_by.get(one, 15))) for one in topic.strong}
    whole = sum(rarity.values())
    ranked = sorted(hits, key=lambda hit: (-hit.fused, hit.source_id))
    core = Counter(one for hit in ranked[:5] for one in hit.stems())
    shared = {one for one, count in core.items() if count >= min(3, len(ranked))}
    best = ranked[0].fused
    kept: list[tuple[float, Hit]] = []
    for hit in ranked:
        stems = hit.stems()
        named = topic.strong & stems
        named_share = sum(rarity[one] for one in named) / whole
        in_title = bool(topic.strong & set(content_stems(hit.title)))
        enough = len(named) >= min(2, len(topic.strong)) and named_share >= 0.34
        kindred = sum(weight(one) for one in shared & stems) / (
            sum(weight(one) for one in shared) or 1.0
        )
        if enough and (kindred >= 0.3 or in_title):
            kept.append((hit.fused / best + named_share + 0.5 * kindred + 0.2 * in_title, hit))
    kept.sort(key=lambda scored: (-scored[0], scored[1].source_id))
    return [hit for score, hit in kept if score >= 0.4 * kept[0][0]]


def _ask(query: str, importance: float, hits: dict[str, Hit], use_tool: UseTool) -> int:
    """Merge one query's answer into `hits` and return how many documents it found."""
    found = found_by(use_tool, "search_knowledge_base", query=query)
    for rank, item in enumerate(found):
        hit = hits.setdefault(item["source_id"], Hit(item["source_id"], item.get("title") or ""))
        hit.fused += importance / (_RANK_DAMPING + rank)
        if item.get("passage") and item["passage"] not in hit.passages:
            hit.passages.append(item["passage"])
    return len(found)


def _expansion(topic: Topic, kept: list[Hit]) -> list[str]:
    """Return words, as written, that the best hits share beyond the topic's own."""
    counts: Counter[str] = Counter()
    written: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for hit in kept[:5]:
        text = " ".join([hit.title, *hit.passages[:2]])
        seen = {stem(word): word.lower() for word in words(text) if not is_stop_word(word)}
        for one, word in seen.items():
            if weight(one) == 1.0 and one not in topic.weights and not word.isdigit():
                counts[one] += 1
                written[one][word] += 1
    common = sorted(counts, key=lambda one: (-counts[one], one))
    return [
        min(written[one], key=lambda word: (-written[one][word], word))
        for one in common[:4]
        if counts[one] >= 2
    ]


def _without_copies(hits: list[Hit]) -> list[Hit]:
    kept: list[Hit] = []
    for hit in hits:
        if not any(_same_document(hit, other) for other in kept):
            kept.append(hit)
    return kept


def _same_document(one: Hit, other: Hit) -> bool:
    alike = sum(any(same_passage(mine, his) for his in other.passages) for mine in one.passages)
    needed = 1 if same_title(one.title, other.title) else max(1, (len(one.passages) + 1) // 2)
    return alike >= needed


def _reason(topic: Topic, hit: Hit) -> str:
    stems = hit.stems()
    terms = sorted(topic.strong & stems, key=lambda one: _first_place(one, topic.text))
    names = [_written(one, topic.text) for one in terms]
    listed = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
    return f"Its passages speak of {listed}."[:300]


def _written(one: str, text: str) -> str:
    return next((word for word in words(text) if stem(word) == one), one)


def _first_place(one: str, text: str) -> int:
    return next((place for place, word in enumerate(words(text)) if stem(word) == one), 0)
