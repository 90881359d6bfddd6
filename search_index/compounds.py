"""German compounds and what they are made of: «Klimawandel» is «Klima» and «Wandel».

For those who write an index, and for words asked that occur nowhere. The splitter is HanTa's
model of German morphology (`docs/decisions/0008-compound-splitter.md`), loaded when the first word
is split; callers remember what they got.
"""

import re

from search_index.morphemes import ENDINGS, morphology

SHORTEST_COMPOUND = 8
LONGEST_COMPOUND = 40
"""Letters; the time for a word grows with the square of its length."""

SHORTEST_STEM = 3
SHORTEST_PART = 4
MOST_PARTS = 5
FEWEST_STEMS = 2
STEMS_WITH_NEIGHBOURS = 3

Span = tuple[int, int]
"""Where a part stands in its word: first letter, and the one behind its last."""

_INSEPARABLE = re.compile(
    r"(?:(?<![tf])isch(?:e[mnrs]?)?|ende[mnrs]?|iert(?:e[mnrs]?)?|ieren|(?:stell|mäß)ige?[mnrs]?)$"
)
"""Endings of adjectives and verbs, in which the model finds niches, ends, fish and kidneys."""

_PREFIXES = """
ab an auf aus be bei dar durch ein ent er fort ge gegen gleich her hin hinter in los mit nach ob
ohne rück über um un unter ur ver voll vor weg wider wieder zer zu zurück zusammen zwischen
"""
_SUFFIXES = (
    "artig bar det eller ende este haft heit innen ität keit ling lose ration schaft tig tion"
)
_NEVER_STEMS = frozenset([*_PREFIXES.split(), *_SUFFIXES.split()])
"""What words begin and end with, without meaning anything a reader would ask for."""

_NEVER_SPLIT = """
abenteuer antarktis bericht besonders brandenburg charakter computer deutschland elefant erzählung
experiment frankreich förderschule gesamtschule griechenland grundschule handlung hauptschule
hochzeit instrument kommunismus kommunitarismus konzentration landschaft literatur mannheim
mannschaft mathematik medikament minister mittelalter mitternacht nachricht niederlande nikolaus
oberschule orchester parlament partnerschaft realschule regeneration religion sekundarschule
temperament testament theater universum unterricht verantwortung waldorfschule wirtschaft
österreich
"""
_WHOLE = re.compile(rf"(?:{'|'.join(_NEVER_SPLIT.split())})(?:e[nrs]?|n|s)?")
"""Words whose parts have nothing to do with what they mean, or that have none; and school forms,
which nearly every title is filed under, so that «Schule» would find them all."""

_HEADS = """
analyse atlas aufgabe bildung biologie brille buch chemie didaktik drama energie erziehung ethik
expedition experiment film finanzierung förderung forschung führerschein funktion gedicht
geographie geografie geometrie geschichte gesetz gleichung gruppe informatik kamera karte kasten
kiste koffer kompetenz kommunikation konferenz krise kultur kunst maschine material methode
mikrofon mikroskop mobbing modell museum musik netzwerk ökonomie pädagogik philosophie physik
politik prävention programm projektor prozess psychologie quiz revolution roboter roman schule
sensor software spiel sprache station statistik stativ struktur system szenario tablet technik
technologie theorie training unterricht verhalten video werkstatt wissenschaft zentrum
"""
_BY_HEAD = re.compile(
    rf"(?P<first>[^\W\d_]{{3,}}?)(?:(?<=[bdfghklmnrt])s)?(?P<head>{'|'.join(_HEADS.split())})"
    r"(?:e[nrs]?|n|s)?"
)
"""Compounds the model takes for one unknown word: any beginning, and a head schools often use."""


def load() -> None:
    """Load the model now, so that nobody waits for it later."""
    morphology()


def parts(word: str) -> tuple[str, ...]:
    """Return the parts of a lower-case compound, without linking letters and endings.

    Of three stems each two neighbours are a part as well: «Blutkreislauf» is also «Kreislauf».
    Never the word itself; empty for what is no compound. Safe in several threads.
    """
    if not _may_be_compound(word):
        return ()
    spans = _stems(word)
    if len(spans) < FEWEST_STEMS:
        spans = _head_and_rest(word)
    if len(spans) < FEWEST_STEMS:
        return ()
    found = [_part(word, spans, number) for number in range(len(spans))]
    if len(spans) == STEMS_WITH_NEIGHBOURS:
        found += [word[: spans[1][1]], word[spans[1][0] :]]
    long_enough = (part for part in found if len(part) >= SHORTEST_PART)
    return tuple(dict.fromkeys(long_enough))[:MOST_PARTS]


def _may_be_compound(word: str) -> bool:
    return (
        SHORTEST_COMPOUND <= len(word) <= LONGEST_COMPOUND
        and word.isalpha()
        and not _WHOLE.fullmatch(word)
        and not _INSEPARABLE.search(word)
    )


def _stems(word: str) -> list[Span]:
    """Return where the stems stand, or nothing if the model's reading is not to be trusted."""
    spans: list[Span] = []
    start, last = 0, ""
    for letters, kind in morphology().reading(word):
        end = start + len(letters)
        if kind not in ENDINGS:
            spans.append((start, end))
            last = kind
        start = end
    trusted = last.startswith("NN") and all(_may_be_stem(word[a:b]) for a, b in spans)
    return spans if trusted else []


def _may_be_stem(letters: str) -> bool:
    return len(letters) >= SHORTEST_STEM and letters not in _NEVER_STEMS


def _head_and_rest(word: str) -> list[Span]:
    found = _BY_HEAD.fullmatch(word)
    if found is None or not _may_be_stem(found["first"]):
        return []
    return [found.span("first"), found.span("head")]


def _part(word: str, spans: list[Span], number: int) -> str:
    """Return a stem; a short one keeps its linking letters: «Daten», not «Dat»."""
    start, end = spans[number]
    if end - start < SHORTEST_PART and number + 1 < len(spans):
        end = spans[number + 1][0]
    return word[start:end]
