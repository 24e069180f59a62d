"""
Words and stems: what a text speaks of, with the words of grammar left out.

Two short lists stand in for the word frequencies that a model would know: words that mean
nothing on their own, and words that mean little (`make`, `good`, `number`).
"""

import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import Stemmer

WORD = re.compile(r"\w+(?:['’]\w+)?")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")

STOP_WORDS = frozenset(
    ["a", "about", "above", "according", "across", "after", "again", "against", "all", "almost", "along", "already", "also", "although", "always", "am", "among", "amid", "an", "and", "another", "any", "anybody", "anyone", "anything", "are", "aren't", "around", "as", "at", "away", "be", "became", "because", "become", "becomes", "been", "before", "behind", "being", "below", "beneath", "beside", "besides", "between", "beyond", "both", "but", "by", "can", "can't", "cannot", "could", "couldn't", "despite", "did", "didn't", "do", "does", "doesn't", "doing", "don't", "done", "down", "during", "each", "either", "else", "enough", "etc", "even", "ever", "every", "everyone", "everything", "few", "fewer", "for", "from", "further", "furthermore", "had", "hadn't", "has", "hasn't", "have", "haven't", "having", "he", "hence", "her", "here", "hers", "herself", "him", "himself", "his", "how", "however", "i", "i'm", "if", "in", "indeed", "inside", "instead", "into", "is", "isn't", "it", "it's", "its", "itself", "just", "least", "less", "lest", "let", "let's", "like", "likewise", "many", "may", "maybe", "me", "meanwhile", "might", "mine", "moreover", "most", "mostly", "much", "must", "my", "myself", "near", "nearly", "neither", "never", "nevertheless", "no", "nobody", "none", "nor", "not", "nothing", "now", "of", "off", "often", "on", "once", "one", "only", "onto", "or", "other", "others", "otherwise", "ought", "our", "ours", "ourselves", "out", "outside", "over", "own", "per", "perhaps", "quite", "rather", "really", "same", "several", "shall", "she", "should", "shouldn't", "since", "so", "some", "somebody", "someone", "something", "sometimes", "somewhat", "soon", "still", "such", "than", "that", "that's", "the", "their", "theirs", "them", "themselves", "then", "thence", "there", "there's", "thereby", "therefore", "these", "they", "this", "those", "though", "through", "throughout", "thus", "till", "to", "together", "too", "toward", "towards", "under", "underneath", "unless", "until", "unlike", "up", "upon", "us", "usually", "very", "via", "was", "wasn't", "we", "well", "were", "weren't", "what", "whatever", "when", "whence", "whenever", "where", "whereas", "whereby", "wherein", "wherever", "whether", "which", "whichever", "while", "who", "whoever", "whole", "whom", "whose", "why", "will", "with", "within", "without", "won't", "would", "wouldn't", "yet", "you", "your", "yours", "yourself", "yourselves", "e.g", "i.e", "vs"]
)  # fmt: skip

WEAK_WORDS = frozenset(
    ["shown", "given", "known", "begun", "became", "came", "done", "brought", "built", "rebuilt", "cheap", "cheaply", "deep", "fast", "faster", "farther", "farthest", "low", "lower", "quick", "quickly", "reliable", "reliably", "safe", "safely", "slow", "slowly", "strong", "strongly", "wide", "widely", "able", "act", "actual", "add", "allow", "amount", "appear", "approach", "area", "aspect", "available", "back", "bad", "based", "basic", "begin", "best", "better", "big", "bring", "build", "call", "called", "came", "case", "cause", "certain", "change", "choose", "come", "common", "complete", "consider", "contain", "current", "day", "describe", "detail", "different", "difficult", "easy", "effect", "end", "ensure", "especially", "example", "exist", "explain", "fact", "far", "feature", "final", "find", "first", "follow", "following", "form", "found", "full", "gave", "general", "get", "give", "given", "go", "going", "good", "got", "great", "group", "grow", "hand", "help", "high", "hold", "idea", "important", "include", "including", "increase", "information", "introduction", "involve", "issue", "keep", "kept", "kind", "know", "known", "large", "last", "late", "later", "lead", "learn", "left", "level", "likely", "list", "little", "long", "longer", "look", "lot", "low", "made", "main", "maintain", "make", "making", "man", "mean", "means", "method", "modern", "move", "name", "need", "new", "next", "note", "number", "occur", "old", "order", "overview", "part", "particular", "people", "place", "point", "possible", "present", "problem", "process", "produce", "properly", "provide", "put", "question", "reason", "report", "require", "result", "right", "run", "said", "saw", "say", "second", "see", "seem", "seen", "serve", "set", "short", "show", "similar", "simple", "simply", "single", "small", "sort", "specific", "stand", "start", "state", "step", "stop", "store", "subject", "take", "taken", "tell", "term", "thing", "third", "three", "time", "today", "topic", "total", "true", "try", "turn", "two", "type", "understand", "use", "used", "useful", "using", "usual", "value", "various", "version", "view", "want", "way", "went", "work", "world", "would", "year"]
)  # fmt: skip

_LOCAL = threading.local()


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return the stem of one word: lower case, accents folded, English endings cut."""
    folded = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", word.lower())
        if not unicodedata.combining(letter)
    )
    folded = folded.removesuffix("'s").removesuffix("’s").replace("’", "'")
    # A stemmer keeps state between calls, so each thread has its own.
    if not hasattr(_LOCAL, "stemmer"):
        _LOCAL.stemmer = Stemmer.Stemmer("english", 0)
    return str(_LOCAL.stemmer.stemWord(folded))


WEAK_STEMS = frozenset(stem(word) for word in WEAK_WORDS)


def words(text: str) -> list[str]:
    """Return the words of a text in order, as written."""
    return WORD.findall(text)


def is_stop_word(word: str) -> bool:
    """Tell whether a word only holds a sentence together."""
    return word.lower().replace("’", "'") in STOP_WORDS or (len(word) == 1 and not word.isdigit())


def content_stems(text: str) -> list[str]:
    """Return the stems of the words that carry meaning, in order."""
    return [stem(word) for word in WORD.findall(text) if not is_stop_word(word)]


def weight(stem_: str) -> float:
    """Return how much a stem says on its own: little for words that are found everywhere."""
    return 0.25 if stem_ in WEAK_STEMS else 1.0


def numbers(text: str) -> frozenset[str]:
    """Return the numbers in a text, with thousands separators removed."""
    return frozenset(number.replace(",", "") for number in NUMBER.findall(text))


class Topic:
    """A topic as weighted stems; `strong` are those that say something on their own."""

    def __init__(self, text: str) -> None:
        self.text = " ".join(text.split())
        stems = content_stems(self.text) or [stem(word) for word in words(self.text)]
        self.weights = {one: weight(one) for one in stems}
        self.strong = frozenset(one for one in stems if one not in WEAK_STEMS) or frozenset(stems)

    def coverage(self, stems: Iterable[str]) -> float:
        """Return which share of the topic's weight is found among `stems`, from 0 to 1."""
        total = sum(self.weights.values())
        found = self.weights.keys() & set(stems)
        return sum(self.weights[one] for one in found) / total if total else 0.0
