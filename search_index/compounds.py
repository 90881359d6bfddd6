"""German compounds and what they are made of: «Klimawandel» is «Klima» and «Wandel».

For those who write an index, and for words asked that occur nowhere. The splitter is HanTa's
model of German morphology (`docs/decisions/0008-compound-splitter.md`): 28 MB and an eighth of a
second when the first word is split, then some 60 µs a word, so callers remember what they got.
"""

import math
import re
from functools import cache
from pathlib import Path

from HanTa import HanoverTagger

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

_MODEL = Path(HanoverTagger.__file__).with_name("morphmodel_ger.pgz")
"""By its full path: HanTa would rather unpickle a file of that name in the current folder."""

_ENDINGS = ("FUGE", "SUF_NN", "SUF_FEM")
_KINDS = ("NN", "NN_VAR", "NN_VAR_EL", "NN_VAR_ELIS", "NN_IRR", "VV", "VVnp", *_ENDINGS)
"""Morphemes that nouns are made of: stems of nouns and verbs, and what joins and ends them."""

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
    _model()


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
    _stem, morphemes, _tag = _model().analyze(word, pos="NN", taglevel=3)
    spans: list[Span] = []
    start, last = 0, ""
    for letters, kind in morphemes:
        end = start + len(letters)
        if kind not in _ENDINGS:
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


class _Nouns(HanoverTagger.HanoverTagger):  # type: ignore[misc]  # HanTa ships no types
    """HanTa for nouns of known morphemes only: eight times as fast, and it guesses nothing."""

    def __init__(self) -> None:
        super().__init__(str(_MODEL))
        kinds = {self.tag2int[kind] for kind in _KINDS}
        for followers in self.LP_trans_nonfinal.values():
            followers[:] = [(kind, chance) for kind, chance in followers if kind in kinds]

    def lp_m_t(self, m: str, t: int, wlen: int, strict: bool) -> float:  # noqa: FBT001, ARG002
        """Return the log probability of a morpheme; HanTa would guess at unknown ones."""
        return float(self.LP_m_t[t].get(m, -math.inf))


@cache
def _model() -> _Nouns:
    return _Nouns()
