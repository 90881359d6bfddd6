"""What every vocabulary promises, and the facts that each holds."""

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from schools.rules.grades import GRADES
from schools.vocabularies.age_ratings import age_rating, age_ratings
from schools.vocabularies.content_fields import (
    content_field,
    content_fields,
    content_fields_of,
)
from schools.vocabularies.districts import (
    DistrictKind,
    RegionalAssociation,
    district,
    district_of_municipality,
    districts,
)
from schools.vocabularies.holidays import public_holidays, school_holidays
from schools.vocabularies.languages import language, language_called, languages
from schools.vocabularies.learning_competences import learning_competence, learning_competences
from schools.vocabularies.licence_types import licence_type, licence_types
from schools.vocabularies.media_competences import (
    competence_areas,
    media_competence,
    media_competences,
)
from schools.vocabularies.media_types import (
    MediaCategory,
    MediaKind,
    media_type,
    media_type_called,
    media_type_of_number,
    media_types,
)
from schools.vocabularies.school_forms import is_school_form, school_form, school_forms
from schools.vocabularies.subjects import subject, subject_called, subjects
from schools.vocabularies.tables import UnknownCodeError

VOCABULARIES = [
    (subjects, subject),
    (school_forms, school_form),
    (media_competences, media_competence),
    (learning_competences, learning_competence),
    (media_types, media_type),
    (age_ratings, age_rating),
    (licence_types, licence_type),
    (languages, language),
    (content_fields, content_field),
    (districts, district),
]
BOTH = pytest.mark.parametrize(("entries", "one"), VOCABULARIES, ids=lambda f: f.__name__)


@BOTH
def test_every_entry_is_found_by_its_code(entries: Any, one: Any) -> None:
    assert [one(entry.code) for entry in entries()] == list(entries())


@BOTH
def test_no_code_is_given_twice(entries: Any, one: Any) -> None:
    codes = Counter(entry.code for entry in entries())
    assert max(codes.values()) == 1


@BOTH
def test_an_unknown_code_is_an_error_that_names_it(entries: Any, one: Any) -> None:
    with pytest.raises(UnknownCodeError) as unknown:
        one("?")
    assert unknown.value.code == "?"


@pytest.mark.parametrize(
    "entries",
    [*(pair[0] for pair in VOCABULARIES[:-1]), competence_areas, public_holidays, school_holidays],
    ids=lambda f: f.__name__,
)
def test_every_entry_has_a_german_and_an_english_name(entries: Any) -> None:
    for entry in entries():
        assert entry.name("de") == entry.name_de.strip() != ""
        assert entry.name("en") == entry.name_en.strip() != ""


def test_a_german_locale_of_any_country_gives_german_names() -> None:
    assert subject("BI").name("de_AT") == "Biologie"
    assert subject("BI").name("fr") == "Biology"


@BOTH
def test_a_vocabulary_is_read_once(entries: Any, one: Any) -> None:
    assert entries() is entries()


def test_every_subject_has_an_address_in_the_kim_vocabulary() -> None:
    assert all(entry.kim.startswith("s10") for entry in subjects())
    assert subject("BI").kim_uri == "http://w3id.org/kim/schulfaecher/s1001"


@pytest.mark.parametrize("text", ["BI", "bi", " Biologie ", "BIOLOGY"])
def test_a_subject_is_found_by_code_or_name(text: str) -> None:
    assert subject_called(text) == subject("BI")


def test_german_is_also_found_by_its_one_letter() -> None:
    assert subject_called("D") == subject("DE")
    assert subject_called("Zauberei") is None


def test_no_word_means_two_subjects() -> None:
    for entry in subjects():
        words = (entry.code, entry.short_name, entry.name_de, entry.name_en)
        assert {subject_called(word) for word in words} == {entry}


def test_there_are_24_media_competences_four_in_each_of_six_areas() -> None:
    assert len(media_competences()) == 24
    assert len(competence_areas()) == 6
    assert Counter(entry.area.code for entry in media_competences()) == dict.fromkeys("123456", 4)


def test_there_are_the_five_learning_competences_of_the_declaration() -> None:
    assert [entry.name("de") for entry in learning_competences()] == [
        "Strukturieren",
        "Recherchieren",
        "Kooperieren",
        "Produzieren",
        "Präsentieren",
    ]


def test_a_school_form_knows_its_grades() -> None:
    assert school_form("02").grades == (1, 2, 3, 4)
    assert school_form("20").grades == (5, 6, 7, 8, 9, 10, 11, 12, 13)
    assert school_form("25").grades == ()
    assert all(set(entry.grades) <= set(GRADES) for entry in school_forms())
    assert is_school_form("0A")
    assert not is_school_form("2")


@pytest.mark.parametrize(
    ("number", "code"), [("4602345", "film"), ("55 12345", "online_package"), ("99", None)]
)
def test_a_media_number_tells_the_type(number: str, code: str | None) -> None:
    found = media_type_of_number(number)
    assert (found.code if found else None) == code


def test_no_prefix_means_two_media_types() -> None:
    prefixes = Counter(prefix for entry in media_types() for prefix in entry.prefixes)
    assert set(prefixes.values()) == {1}
    assert all(len(prefix) == 2 and prefix.isdigit() for prefix in prefixes)


def test_every_kind_and_category_of_media_occurs() -> None:
    assert {entry.kind for entry in media_types()} == set(MediaKind)
    assert {entry.category for entry in media_types()} == set(MediaCategory)
    assert all(entry.online == (entry.kind is MediaKind.ONLINE) for entry in media_types())


def test_a_media_type_is_found_by_its_german_name() -> None:
    assert media_type_called("medienkiste") == media_type("media_box")


def test_age_ratings_rise() -> None:
    assert [entry.youngest for entry in age_ratings()][:5] == [0, 6, 12, 16, 18]


def test_only_an_open_licence_is_for_everyone() -> None:
    everyone = [entry.code for entry in licence_types() if entry.scope.value == "everyone"]
    assert everyone == ["open"]


@pytest.mark.parametrize("text", ["de", "ger", "Deutsch", "german"])
def test_a_language_is_found_by_either_code_or_name(text: str) -> None:
    assert language_called(text) == language("de")


def test_ten_subjects_have_content_fields() -> None:
    known = {entry.subject for entry in content_fields()}
    assert len(known) == 10
    for code in known:
        numbers = [entry.code for entry in content_fields_of(subject(code).code)]
        assert numbers == [f"{code}.{number}" for number in range(1, len(numbers) + 1)]


def test_there_are_53_districts() -> None:
    assert len(districts()) == 53
    assert Counter(entry.kind for entry in districts()) == {
        DistrictKind.COUNTY: 31,
        DistrictKind.CITY: 22,
    }


def test_the_seat_of_the_government_tells_the_regional_association() -> None:
    rhenish = {"Düsseldorf", "Köln"}
    for entry in districts():
        assert (entry.association is RegionalAssociation.LVR) == (entry.government in rhenish)


def test_a_municipality_lies_in_a_district() -> None:
    found = district_of_municipality("05158008")
    assert found is not None
    assert found.name == "Kreis Mettmann"
    assert district_of_municipality("06412000") is None


def test_each_year_has_eleven_public_holidays_of_one_day() -> None:
    years = Counter(entry.period.first.year for entry in public_holidays())
    assert years == dict.fromkeys(range(2024, 2031), 11)
    assert all(entry.period.days == 1 for entry in public_holidays())


def test_holidays_stand_in_order_and_never_overlap_their_kind() -> None:
    for entries in (public_holidays(), school_holidays()):
        assert all(one.period.last < two.period.first for one, two in pairwise(entries))


def test_summer_holidays_are_known_for_each_year_and_last_over_six_weeks() -> None:
    summers = [entry for entry in school_holidays() if entry.name_de == "Sommerferien"]
    assert [entry.period.first.year for entry in summers] == list(range(2024, 2031))
    assert all(entry.period.days in {43, 44} for entry in summers)
