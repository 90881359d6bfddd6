"""The demo's content is whole, varied and speaks the vocabularies' codes."""

from collections import Counter

import pytest

from app.demo.content import county, homes, planned_media, titles, units, units_of
from app.demo.entries import TitleEntry
from schools.vocabularies.age_ratings import age_rating
from schools.vocabularies.content_fields import content_field
from schools.vocabularies.languages import language
from schools.vocabularies.learning_competences import learning_competence
from schools.vocabularies.licence_types import licence_type
from schools.vocabularies.media_competences import media_competence, media_competences
from schools.vocabularies.media_types import MediaCategory, media_type
from schools.vocabularies.school_forms import school_form
from schools.vocabularies.subjects import subject

FILMS = {"film", "didactic_package"}
CASES = {"media_box", "device_case", "vr_headset"}
CAMERA_SET = 6


def _of_types(codes: set[str]) -> list[TitleEntry]:
    return [title for title in titles() if title.type in codes]


def _about(word: str) -> list[TitleEntry]:
    folded = word.casefold()
    return [
        title
        for title in titles()
        if folded in " ".join((title.name, title.subtitle, *title.keywords)).casefold()
    ]


def test_there_are_500_titles_and_no_two_have_the_same_name() -> None:
    names = [title.name.casefold() for title in titles()]
    assert len(names) == 500
    assert len(set(names)) == 500


def test_no_two_summaries_begin_or_end_alike() -> None:
    beginnings = Counter(title.summary[:40] for title in titles())
    endings = Counter(title.summary[-40:] for title in titles())
    assert max(beginnings.values()) == 1
    assert max(endings.values()) == 1


def test_the_centres_own_4000_copies() -> None:
    assert sum(title.copies for title in titles()) == 4000


def test_online_media_have_a_licence_and_no_copies_all_others_copies_and_a_value() -> None:
    for title in titles():
        online = media_type(title.type).category is MediaCategory.ONLINE
        assert online == (title.licence is not None), title.name
        assert online == (title.copies == 0), title.name
        assert online == (title.value_euro == 0), title.name
        assert 0 <= title.copies <= 32, title.name


def test_the_stock_is_mixed_as_in_a_media_centre() -> None:
    counts = Counter(title.type for title in titles())
    online = [title for title in titles() if title.licence]
    assert sum(counts[code] for code in FILMS) == 190
    assert len(online) == 90
    assert counts["media_box"] == 60
    assert counts["class_set"] == 50
    assert counts["robot"] == 40
    assert counts["camera"] + counts["audio_device"] == 35
    assert counts["device_case"] == 20
    assert sum(counts[code] for code in ("projector", "vr_headset", "device")) == 15


def test_every_box_and_case_has_parts_and_a_box_misses_some_at_its_peril() -> None:
    for title in _of_types(CASES):
        assert title.parts, title.name
        assert any(part.critical for part in title.parts), title.name
        assert all(part.count >= 1 for part in title.parts), title.name


def test_every_code_of_a_title_is_in_its_vocabulary() -> None:
    known = (
        ((title.type for title in titles()), media_type),
        ((code for title in titles() for code in title.subjects), subject),
        ((code for title in titles() for code in title.mkr), media_competence),
        ((code for title in titles() for code in title.learn), learning_competence),
        ((code for title in titles() for code in title.languages), language),
        ((title.fsk for title in titles() if title.fsk), age_rating),
        ((title.licence.type for title in titles() if title.licence), licence_type),
    )
    for codes, look_up in known:
        for code in codes:
            look_up(code)


def test_content_fields_belong_to_a_subject_of_the_title() -> None:
    for title in titles():
        for code in title.fields:
            assert content_field(code).subject in title.subjects, (title.name, code)


def test_every_title_has_subjects_grades_competences_keywords_and_words() -> None:
    for title in titles():
        assert title.subjects, title.name
        assert title.mkr, title.name
        assert title.learn, title.name
        assert 1 <= title.grades[0] <= title.grades[1] <= 13, title.name
        assert len(title.summary) > 80, title.name
        assert len(title.keywords) >= 2, title.name
        assert 2003 <= title.year <= 2026, title.name


def test_films_have_a_length_and_an_age_rating() -> None:
    for title in _of_types(FILMS):
        assert title.minutes, title.name
        assert title.fsk, title.name


def test_all_grades_many_subjects_and_all_competences_are_served() -> None:
    subjects = {code for title in titles() for code in title.subjects}
    grades = {grade for title in titles() for grade in range(title.grades[0], title.grades[1] + 1)}
    assert len(subjects) >= 30
    assert grades == set(range(1, 14))
    assert {code for title in titles() for code in title.mkr} == {
        entry.code for entry in media_competences()
    }


@pytest.mark.parametrize(
    ("word", "at_least"),
    [
        ("Erster Weltkrieg", 3),
        ("Zweiter Weltkrieg", 4),
        ("Klimawandel", 4),
        ("Mädchen", 8),
        ("Häuser", 8),
        ("Vulkane", 4),
        ("Ökosystem", 1),
        ("Schülerinnen", 3),
        ("Fotosynthese", 5),
        ("Photosynthese", 3),
    ],
)
def test_a_visitor_who_looks_for_a_common_topic_finds_it(word: str, at_least: int) -> None:
    assert len(_about(word)) >= at_least


def test_a_biology_teacher_of_grade_7_has_several_films_to_choose_from() -> None:
    fitting = [title for title in _of_types(FILMS) if title.suits("BI", 7)]
    assert len(fitting) >= 10
    assert any(title.name == "Fotosynthese" for title in fitting)


def test_camera_sets_are_there_in_numbers() -> None:
    sets = [title for title in titles() if title.name.startswith("Kamera-Set")]
    assert len(sets) >= 4
    assert all(title.copies >= CAMERA_SET for title in sets)


def test_the_county_has_24_schools_and_300_people() -> None:
    entries = county()
    assert len(entries.schools) == 24
    assert len({school.number for school in entries.schools}) == 24
    assert all(school.number.startswith("99") for school in entries.schools)
    assert entries.people == 300
    assert len(entries.given_names) * len(entries.family_names) >= 300 * 50


def test_schools_and_titles_name_centres_branches_and_authorities_that_exist() -> None:
    entries = county()
    branches = {branch.key: c.code for c in entries.centres for branch in c.branches}
    authorities = {authority.number for authority in entries.authorities}
    districts = {district.ags for district in entries.districts}
    assert [len(centre.branches) for centre in entries.centres] == [2, 1]
    assert all(centre.district in districts for centre in entries.centres)
    for school in entries.schools:
        school_form(school.form)
        assert branches[school.branch] == school.centre
        assert school.authority in authorities
    assert {title.branch for title in titles() if title.copies} == set(branches)


def test_all_copies_are_at_home_somewhere_and_class_sets_stay_together() -> None:
    for title in titles():
        shares = homes(title)
        assert sum(shares.values()) == title.copies, title.name
        assert title.type != "class_set" or len(shares) == 1, title.name


def test_the_county_has_most_copies_and_the_city_hundreds() -> None:
    at: Counter[str] = Counter()
    for title in titles():
        at.update(homes(title))
    assert at["lindenau"] > at["wiesental"] > 400
    assert at["brackenrode"] > 400


def test_there_are_teaching_units_enough_and_each_is_planned_with_media() -> None:
    assert len(units()) >= 120
    for unit in units():
        assert planned_media(unit), (unit.subject, unit.number)


def test_units_speak_the_vocabularies_codes() -> None:
    for unit in units():
        subject(unit.subject)
        for code in unit.forms:
            assert unit.grade in school_form(code).grades, (unit.number, code)
        for code in unit.mkr:
            media_competence(code)
        for code in unit.learn:
            learning_competence(code)
        assert 1 <= unit.first_week <= 53
        assert 1 <= unit.last_week <= 53


@pytest.mark.parametrize("form", ["02", "04", "08", "10", "14", "15", "20", "30"])
def test_no_school_form_has_two_units_of_one_number(form: str) -> None:
    keys = [(unit.subject, unit.number) for unit in units_of(form)]
    assert keys
    assert len(keys) == len(set(keys))
