"""The questions of the search figures: 17 kinds, drawn from the records that are asked for."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from random import Random

from search_index import german
from search_index.engine import Document, Facet, Question, Sort

COMMON_SHARE = 0.07
"""A word in so many of the records is common; it has 7,000 findings in 100,000."""

COMMONEST = 30
"""So many are taken for common where none is that common, as among real records."""

MIDDLE_SHARES = (0.004, 0.02)
RAREST, LEAST_RARE = 1, 3
"""Records of the sample that have a rare word."""

SHORTEST_MISTYPED = 7
SHARE_NOT_FREE = 0.05
FILTERED = (Facet.SUBJECT, Facet.GRADE, Facet.MEDIA_TYPE, Facet.LANGUAGE)
COUNTED = (
    Facet.SUBJECT,
    Facet.GRADE,
    Facet.MEDIA_TYPE,
    Facet.SCHOOL_FORM,
    Facet.LANGUAGE,
    Facet.MEDIA_COMPETENCE,
)


class Kind(StrEnum):
    """What a question is like."""

    COMMON = "common word"
    RARE = "rare word"
    TWO_WORDS = "two words"
    THREE_WORDS = "three words"
    PHRASE = "phrase"
    PREFIX = "prefix"
    TYPO = "one typo"
    EXCLUSION = "exclusion"
    NUMBER = "number"
    FILTER = "one filter"
    THREE_FILTERS = "three filters"
    SIX_FACETS = "six facets"
    NEWEST = "sort by newest"
    TITLE = "sort by title"
    BROWSE = "browse"
    LOOSENED = "loosened"
    PERIOD = "period"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a kind; facets are counted by the one kind that is about them."""

    kind: Kind
    question: Question


def questions(sample: Sequence[Document], titles: int, each: int) -> tuple[Asked, ...]:
    """Draw questions, so many of each kind, the same for the same sample.

    Args:
        sample: some of the records, at least a thousand.
        titles: how many records there are in all, ids from 1.
        each: questions of a kind.
    """
    drawer = _Drawer(sample, titles)
    return tuple(drawer.draw(kind) for kind in Kind for _ in range(each))


class _Drawer:
    def __init__(self, sample: Sequence[Document], titles: int) -> None:
        self._luck = Random("questions")
        self._sample = sample
        self._titles = titles
        self._numbers = [each.numbers[0] for each in sample if each.numbers]
        self._words = [_telling_words(each) for each in sample]
        self._often = Counter(word for words in self._words for word in words)
        commonest = [word for word, _ in self._often.most_common(COMMONEST)]
        self._common = self._between(COMMON_SHARE, 1) or sorted(commonest)
        self._middle = self._between(*MIDDLE_SHARES)
        self._rare = sorted(w for w, n in self._often.items() if RAREST <= n <= LEAST_RARE)

    def draw(self, kind: Kind) -> Asked:
        counted = frozenset(COUNTED) if kind is Kind.SIX_FACETS else frozenset[Facet]()
        return Asked(kind, replace(self._drawn()[kind](), facets=counted))

    def _drawn(self) -> dict[Kind, Callable[[], Question]]:
        return {
            Kind.COMMON: lambda: Question(self._a_common()),
            Kind.RARE: lambda: Question(self._luck.choice(self._rare)),
            Kind.TWO_WORDS: lambda: Question(self._together(2)),
            Kind.THREE_WORDS: lambda: Question(self._together(3)),
            Kind.PHRASE: lambda: Question(self._phrase()),
            Kind.PREFIX: lambda: Question(self._beginning(), typing=True),
            Kind.TYPO: lambda: Question(self._mistyped()),
            Kind.EXCLUSION: lambda: Question(
                f"{self._a_common()} -{self._luck.choice(self._middle)}"
            ),
            Kind.NUMBER: lambda: Question(self._luck.choice(self._numbers)),
            Kind.FILTER: lambda: self._filtered(1),
            Kind.THREE_FILTERS: lambda: self._filtered(3),
            Kind.SIX_FACETS: lambda: Question(self._a_common()),
            Kind.NEWEST: lambda: Question(self._a_common(), sort=Sort.NEWEST),
            Kind.TITLE: lambda: Question(self._a_common(), sort=Sort.TITLE),
            Kind.BROWSE: lambda: Question(
                filters=self._filters(self._luck.choice(self._sample), 1)
            ),
            Kind.LOOSENED: lambda: Question(" ".join(self._luck.sample(self._rare, 3))),
            Kind.PERIOD: lambda: Question(self._a_common(), excluded=self._not_free()),
        }

    def _between(self, least: float, most: float) -> list[str]:
        size = len(self._sample)
        return sorted(w for w, n in self._often.items() if least * size <= n <= most * size)

    def _a_common(self) -> str:
        return self._luck.choice(self._common)

    def _together(self, number: int) -> str:
        """Words of one record: a common one and others that are not rare."""
        while True:
            words = sorted(self._luck.choice(self._words))
            common = [word for word in words if word in set(self._common)]
            others = [word for word in words if self._often[word] >= len(self._sample) / 200]
            if common and len(others) > number:
                first = self._luck.choice(common)
                rest = self._luck.sample([word for word in others if word != first], number - 1)
                return " ".join((first, *rest))

    def _phrase(self) -> str:
        while True:
            words = german.words(self._luck.choice(self._sample).summary)
            if len(words) < 2:
                continue
            place = self._luck.randrange(len(words) - 1)
            pair = words[place : place + 2]
            if all(self._often[word] >= len(self._sample) / 300 for word in pair):
                return f'"{" ".join(pair)}"'

    def _beginning(self) -> str:
        word = self._luck.choice([word for word in self._middle if len(word) > 5])
        return word[: self._luck.choice((3, 4, 5))]

    def _mistyped(self) -> str:
        while True:
            word = self._luck.choice(self._middle)
            if len(word) < SHORTEST_MISTYPED:
                continue
            place = self._luck.randrange(2, len(word) - 1)
            typed = word[:place] + word[place + 1 :]
            if typed not in self._often:
                return typed

    def _filtered(self, number: int) -> Question:
        """A common word, with values of a record that has it."""
        word = self._a_common()
        record = self._luck.choice(
            [place for place, each in enumerate(self._words) if word in each]
        )
        return Question(word, filters=self._filters(self._sample[record], number))

    @staticmethod
    def _filters(record: Document, number: int) -> dict[Facet, frozenset[str]]:
        first = ((facet, next(facet_values(record, facet), "")) for facet in FILTERED)
        known = {facet: frozenset({value}) for facet, value in first if value}
        return dict(islice(known.items(), number))

    def _not_free(self) -> frozenset[int]:
        ids = range(1, self._titles + 1)
        return frozenset(self._luck.sample(ids, int(self._titles * SHARE_NOT_FREE)))


def facet_values(document: Document, facet: Facet) -> Iterator[str]:
    """Yield a document's values of one of the facets that are filtered or counted here."""
    values = {
        Facet.SUBJECT: document.subjects,
        Facet.GRADE: map(str, document.grades),
        Facet.MEDIA_TYPE: (document.media_type,),
        Facet.SCHOOL_FORM: document.school_forms,
        Facet.LANGUAGE: document.languages,
        Facet.MEDIA_COMPETENCE: document.media_competences,
    }
    yield from sorted(values[facet])


def _telling_words(document: Document) -> set[str]:
    texts = (document.name, document.summary, *document.keywords)
    words = {word for text in texts for word in german.words(text)}
    return {word for word in words if len(word) > 3 and not german.is_stop_word(word)}
