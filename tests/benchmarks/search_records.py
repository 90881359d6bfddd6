"""Catalogue records in German for the search figures: invented, of any number, always the same.

A record has about 104 words: a title, in part a series, keywords, an abstract and the topics that
the projection adds. A handful of words are its subject and come again and again in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from schools.vocabularies.content_fields import ContentField, content_fields
from schools.vocabularies.learning_competences import learning_competences
from schools.vocabularies.media_competences import media_competences
from schools.vocabularies.media_types import MediaType, media_types
from schools.vocabularies.school_forms import school_forms
from schools.vocabularies.subjects import Subject, subjects
from search_index.engine import Document
from search_index.german import sort_key
from tests.benchmarks.search_words import Drawer, Item, glue_drawer, vocabulary, word_drawer

CENTRES = 12
SERIES = 2000
PUBLISHERS = 300
GROUPS = 400
LAST_GRADE = 13
NEWEST = date(2026, 1, 5)
DAYS_BACK = 7000
"""Records came into the catalogue within so many days before `NEWEST`."""

OLDEST_YEAR, NEWEST_YEAR = 1960, 2026
LANGUAGES = ("de", "de", "de", "de", "de", "de", "en", "fr", "es", "tr", "ar", "ru")


def generate(number: int, seed: int = 1) -> Iterator[Document]:
    """Yield so many documents, ids from 1; the first of a longer run are those of a shorter."""
    maker = _Maker(Random(seed))  # data that must repeat, no secret
    return (maker.document(title_id) for title_id in range(1, number + 1))


@dataclass(frozen=True, slots=True)
class _Tables:
    """What facets are drawn from, with the skew that catalogues have."""

    subjects: Drawer[Subject]
    fields: dict[str, list[ContentField]]
    types: Drawer[MediaType]
    media_competences: Drawer[str]
    learning_competences: Drawer[str]
    centres: Drawer[int]
    groups: Drawer[str]
    series: Drawer[str]
    publishers: Drawer[str]


def _tables() -> _Tables:
    words = vocabulary()
    by_subject: dict[str, list[ContentField]] = {}
    for each in content_fields():
        by_subject.setdefault(each.subject, []).append(each)
    return _Tables(
        subjects=Drawer(_shuffled(subjects()), 0.6),
        fields=by_subject,
        types=Drawer(_shuffled(media_types()), 0.8),
        media_competences=Drawer([each.code for each in media_competences()], 0.6),
        learning_competences=Drawer([each.code for each in learning_competences()], 0.6),
        centres=Drawer(range(1, CENTRES + 1), 0.7),
        groups=Drawer([f"{each:05}" for each in range(10_000, 10_000 + GROUPS)], 0.7),
        series=Drawer([f"Reihe {words[900 + n]} {words[5000 + n]}" for n in range(SERIES)], 0.8),
        publishers=Drawer([f"Verlag {words[3000 + n]}" for n in range(PUBLISHERS)], 1.0),
    )


class _Maker:
    def __init__(self, luck: Random) -> None:
        self._luck = luck
        self._words = word_drawer()
        self._glue = glue_drawer()
        self._tables = _tables()

    def document(self, title_id: int) -> Document:
        luck, tables = self._luck, self._tables
        topic = self._words.draw(luck, 4)
        name = self._name(topic)
        medium = tables.types.one(luck)
        taught = list(dict.fromkeys(tables.subjects.draw(luck, luck.choice((1, 1, 2)))))
        fields = self._fields(taught)
        first = luck.randint(1, LAST_GRADE - 1)
        grades = frozenset(range(first, min(LAST_GRADE, first + luck.randint(0, 4)) + 1))
        online = medium.online or luck.random() < 0.1
        return Document(
            title_id=title_id,
            name=name,
            subtitle=" ".join(self._words.draw(luck, 3)) if luck.random() < 0.3 else "",
            series=tables.series.one(luck) if luck.random() < 0.4 else "",
            keywords=tuple(
                dict.fromkeys([*self._words.draw(luck, luck.randint(2, 6)), *topic[:2]])
            ),
            summary=self._summary(topic),
            persons=(tables.publishers.one(luck),),
            topics=_topics(taught, fields, medium),
            numbers=self._numbers(title_id, medium),
            media_type=medium.code,
            kind=medium.kind.value,
            subjects=frozenset(each.code for each in taught),
            content_fields=frozenset(each.code for each in fields),
            grades=grades,
            school_forms=_forms(grades),
            media_competences=frozenset(
                tables.media_competences.draw(luck, luck.choice((0, 0, 1, 1, 2)))
            ),
            learning_competences=frozenset(
                tables.learning_competences.draw(luck, luck.choice((0, 0, 1)))
            ),
            languages=frozenset({luck.choice(LANGUAGES)}),
            year=max(OLDEST_YEAR, int(NEWEST_YEAR - abs(luck.gauss(0, 14)))),
            online=online,
            lendable=not medium.online,
            centre_ids=frozenset(tables.centres.draw(luck, luck.choice((1, 1, 2, 4)))),
            added_on=NEWEST - timedelta(days=int(DAYS_BACK * luck.random() ** 2)),
            sort_name=sort_key(name),
            groups=self._groups(),
            lent=int(luck.paretovariate(1.2)) - 1,
        )

    def _name(self, topic: list[str]) -> str:
        words = [
            topic[0],
            *(self._word(topic, 0.25, 0.25) for _ in range(self._luck.randint(2, 6))),
        ]
        self._luck.shuffle(words)
        return " ".join(words)

    def _summary(self, topic: list[str]) -> str:
        length = self._luck.randint(40, 120)
        return " ".join(self._word(topic, 0.38, 0.08) for _ in range(length)) + "."

    def _word(self, topic: list[str], glue: float, own: float) -> str:
        drawn = self._luck.random()
        if drawn < glue:
            return self._glue.one(self._luck)
        if drawn < glue + own:
            return self._luck.choice(topic)
        return self._words.one(self._luck)

    def _fields(self, taught: list[Subject]) -> list[ContentField]:
        offered = [field for each in taught for field in self._tables.fields.get(each.code, ())]
        return self._luck.sample(offered, min(len(offered), self._luck.choice((0, 1, 1, 2))))

    def _numbers(self, title_id: int, medium: MediaType) -> tuple[str, ...]:
        prefix = medium.prefixes[0] if medium.prefixes else "46"
        barcodes = (f"MZ{title_id:07}{copy}" for copy in range(self._luck.choice((0, 1, 1, 2, 4))))
        return (f"{prefix}{title_id:05}", *barcodes)

    def _groups(self) -> frozenset[str]:
        code = self._tables.groups.one(self._luck)
        return frozenset({code, code[:3]})


def _topics(
    taught: list[Subject], fields: list[ContentField], medium: MediaType
) -> tuple[str, ...]:
    named = [(each.name_de, each.name_en) for each in taught]
    named += [(medium.name_de, medium.name_en)]
    named += [(each.name_de, each.name_en) for each in fields]
    return tuple(dict.fromkeys(name for names in named for name in names))


def _forms(grades: frozenset[int]) -> frozenset[str]:
    return frozenset(form.code for form in school_forms() if grades & set(form.grades))


def _shuffled(items: tuple[Item, ...]) -> list[Item]:
    mixed = list(items)
    Random("order").shuffle(mixed)  # data that must repeat, no secret
    return mixed
