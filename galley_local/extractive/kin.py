"""
Families of everyday words that speak of one thing: what is `safe` is `protected`.

They stand in for the synonyms that a model would know, so that a document on a topic is found
even if it uses other words. No family holds the terms of a particular subject.
"""

from galley_local.extractive.words import stem

_FAMILIES = """
    see seen saw sight sighted visible visibility
    far farther farthest further distance distant range reach miles
    near nearby close proximity
    bright brighter brightness brilliance brilliant intensity
    loud louder loudness volume audible
    strong stronger strongest strength powerful
    fast faster fastest speed quick quickly rapid rapidly performance throughput latency
    slow slower delay
    safe safely safety secure security protect protection preserve guard integrity durable
        durability guarantee consistent consistency corrupt corruption
    fail fails failure crash crashed crashes outage lost loss lose
    danger dangerous risk hazard hazardous unsafe
    error errors bug bugs mistake mistakes fault faults defect defects
    find finds found detect detects detected detection detector discover catch diagnose locate
    prove proof evidence verify verification check checked
    store stores stored storage save saved record recorded records archive
    read reader reading
    history past log revision revisions version versions ancestor
    copy copies duplicate replicate replica clone
    send sends sent transmit transmission transfer deliver
    change changes changed modify modified modification update updated alter
    replace replaced replacement successor supersede superseded abandon abandoned
    build built builds building builder construct constructed construction
    make maker manufacture manufacturer firm workshop
    invent invented invention inventor design designed designer patent devise devised
    install installed installer installation setup
    begin began beginning origin origins founded introduced
    grow growth grew increase increased rise rose
    shrink decline declined decrease decreased fall fell
    cheap cheaper cheaply cost costs expensive price
    buy bought sell sold trade merchant market
    pay paid wages money
    big bigger large larger largest size huge
    small smaller smallest tiny
    hot heat heated heating warm temperature
    cold cool cooled cooling
    heavy heavier weight weigh weighs
    expand expands expanded expansion
    many several concurrent concurrently concurrency parallel simultaneously
    run runs running execute executes executed execution
    collect collects collected collection collector
    reclaim reclaims reclaimed reclamation free freed frees
    manage manages managed management
    divide divided division split splits
    join joined merge merged combine combined
    choose chosen choice select selected selection
    teach taught learn learned learning
    work works worked mechanism operate operation
    travel travelled journey voyage
    die died death dead
    ill illness disease sick
    heal cure cured remedy treatment
    eat eaten food diet
    fight fought battle war
    law laws legal rule rules
    people population inhabitants
"""


def _families() -> dict[str, list[str]]:
    known: dict[str, list[str]] = {}
    # A line that is indented further continues the one above it.
    for line in _FAMILIES.replace("\n        ", " ").strip().splitlines():
        family = line.split()
        for one in {stem(word) for word in family}:
            known[one] = known.get(one, []) + family
    return known


_KIN = _families()


def kin(stem_: str) -> frozenset[str]:
    """Return the stems that speak of the same thing, without the one given."""
    return frozenset(stem(word) for word in kin_words(stem_))


def kin_words(stem_: str) -> list[str]:
    """Return words that speak of the same thing, one for each stem."""
    by_stem = {stem(word): word for word in reversed(_KIN.get(stem_, [])) if stem(word) != stem_}
    return [*reversed(by_stem.values())]
