import pytest

from catalogue.formats.records import LicenceRecord, TitleRecord
from tests.catalogue.formats.marc_files import (
    FILM,
    collection,
    control,
    field,
    read,
    read_one,
    record,
)


def test_a_film_is_described_by_its_fields() -> None:
    title = read_one(
        control("003", "DE-605"),
        control("007", "vd cvaizu"),
        control("008", "150312s2014    gw 045 e     v|ger  "),
        field("024", ("a", "4006381333931"), indicators="3 "),
        field("028", ("a", "Best.-Nr. 46 02345")),
        field("041", ("a", "ger"), ("a", "eng")),
        field("264", ("a", "Grünwald :"), ("b", "FWU,"), ("c", "[2014]"), indicators=" 1"),
        field("300", ("a", "1 DVD-Video (ca. 22 Min.)")),
        field("338", ("b", "vd")),
        field("490", ("a", "Didaktische DVD ;"), ("v", "12")),
        field("520", ("a", "Wie Vulkane entstehen.")),
        field("521", ("a", "FSK ab 6 freigegeben")),
        field("521", ("a", "Klasse 5-7")),
        field("650", ("a", "Erdkunde")),
        field("653", ("a", "Vulkan"), ("a", "vulkan"), ("a", "Lava")),
        field("700", ("a", "Meier, Anna,"), ("4", "drt")),
        leader=FILM,
        name="Vulkane :",
    )
    assert title == TitleRecord(
        number=1,
        source="DE-605",
        source_id="m1",
        media_type="film",
        name="Vulkane",
        series="Didaktische DVD, 12",
        summary="Wie Vulkane entstehen.",
        persons=("Meier, Anna",),
        publisher="FWU",
        year=2014,
        duration_minutes=22,
        languages=("de", "en"),
        keywords=("Erdkunde", "Vulkan", "Lava"),
        subjects=("EK",),
        grade_from=5,
        grade_to=7,
        age_rating="fsk_6",
        isbn="4006381333931",
        media_number="4602345",
    )


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        pytest.param("\x98Der\x9c Wald", "Der Wald", id="marks of what is not sorted"),
        pytest.param("<<Die>> Insel", "Die Insel", id="the same in angle brackets"),
        pytest.param("Gro\u0308\u00dfe", "Größe", id="decomposed umlauts"),
        pytest.param("Wald /", "Wald", id="ISBD punctuation"),
        pytest.param("Der\n   Wald", "Der Wald", id="a line break"),
        pytest.param("Was ist was?", "Was ist was?", id="a question mark stays"),
        pytest.param("a" * 501, "a" * 499 + "…", id="longer than a title may be"),
    ],
)
def test_a_name_reads_as_people_write_it(written: str, read_as: str) -> None:
    assert read_one(name=written).name == read_as


@pytest.mark.parametrize(
    ("subfields", "name"),
    [
        pytest.param((("a", "Lexikon"), ("n", "4"), ("p", "Erz")), "Lexikon. 4, Erz", id="volume"),
        pytest.param((("n", "I"),), "Reihe. I", id="only a number: the series' name helps"),
    ],
)
def test_a_part_carries_the_name_of_the_whole(
    subfields: tuple[tuple[str, str], ...], name: str
) -> None:
    content = record("m1", field("490", ("a", "Reihe")))
    old = field("245", ("a", "Das Blatt"))
    (title,) = read(collection(content.replace(old, field("245", *subfields))))
    assert isinstance(title, TitleRecord)
    assert title.name == name


@pytest.mark.parametrize(
    ("leader", "fields", "media_type"),
    [
        pytest.param("a", (), "book", id="text"),
        pytest.param("a", (control("007", "tu"),), "book", id="printed text"),
        pytest.param(
            "a", (control("007", "cr |||||||||||"),), "online_document", id="online text"
        ),
        pytest.param("g", (field("338", ("b", "vd")),), "film", id="video disc"),
        pytest.param("g", (control("007", "vf ||||||"),), "video_cassette", id="video cassette"),
        pytest.param("g", (field("338", ("b", "cr")),), "online_video", id="online film"),
        pytest.param("g", (control("007", "gs"),), "slides", id="slides"),
        pytest.param("g", (control("007", "mr"),), "film_reel", id="film reel"),
        pytest.param("i", (field("338", ("b", "sd")),), "audio", id="spoken word"),
        pytest.param("j", (control("007", "cr"),), "online_audio", id="music online"),
        pytest.param("m", (field("338", ("b", "cd")),), "software", id="computer disc"),
        pytest.param("m", (field("338", ("b", "cr")),), "online_software", id="online software"),
        pytest.param("e", (field("338", ("b", "nc")),), "map", id="an atlas stays a map"),
        pytest.param("o", (), "media_box", id="a kit"),
        pytest.param("r", (), "model", id="an object"),
        pytest.param("k", (), "document", id="a picture"),
        pytest.param(" ", (), "document", id="no hint at all"),
    ],
)
def test_the_media_type_is_told_by_leader_and_carrier(
    leader: str, fields: tuple[str, ...], media_type: str
) -> None:
    title = read_one(*fields, leader=f"00000n{leader}m a2200000 c 4500")
    assert title.media_type == media_type


@pytest.mark.parametrize(
    ("note", "rating", "grades"),
    [
        pytest.param("FSK ab 12 freigegeben", "fsk_12", (None, None), id="twelve"),
        pytest.param("Freigegeben ohne Altersbeschränkung", "fsk_0", (None, None), id="for all"),
        pytest.param("FSK Nicht freigegeben unter 18 Jahren", "fsk_18", (None, None), id="adults"),
        pytest.param("FSK: Keine Jugendfreigabe", "fsk_18", (None, None), id="not for the young"),
        pytest.param("Lehrprogramm gemäß § 14 JuSchG", "educational", (None, None), id="lesson"),
        pytest.param("Info-Programm", "educational", (None, None), id="information"),
        pytest.param("Jahrgangsstufe 9 bis EF", "", (9, 11), id="grades"),
        pytest.param("A(5-7); Q", "", (5, 7), id="target groups"),
        pytest.param("Sekundarstufe I", "", (5, 10), id="a stage"),
        pytest.param("ab 12 Jahren", "", (None, None), id="an age is neither"),
    ],
)
def test_the_audience_gives_age_rating_and_grades(
    note: str, rating: str, grades: tuple[int | None, int | None]
) -> None:
    title = read_one(field("521", ("a", note)))
    assert (title.age_rating, (title.grade_from, title.grade_to)) == (rating, grades)


@pytest.mark.parametrize(
    ("fields", "minutes"),
    [
        pytest.param((field("306", ("a", "003417")),), 34, id="hours, minutes, seconds"),
        pytest.param((field("300", ("a", "1 DVD (1 Std. 30 Min.)")),), 90, id="in words"),
        pytest.param((field("300", ("a", "32 Seiten")),), None, id="pages are none"),
        pytest.param((field("306", ("a", "abc")),), None, id="nonsense"),
    ],
)
def test_the_playing_time_is_in_minutes(fields: tuple[str, ...], minutes: int | None) -> None:
    assert read_one(*fields).duration_minutes == minutes


@pytest.mark.parametrize(
    ("fields", "url"),
    [
        pytest.param(
            (field("856", ("u", "https://a.example/1")),), "https://a.example/1", id="web"
        ),
        pytest.param((field("856", ("u", "javascript:alert(1)")),), "", id="no address"),
        pytest.param((field("856", ("u", "http://[bad")),), "", id="a broken address"),
        pytest.param(
            (field("856", ("u", "https://a.example/toc"), ("3", "Inhaltsverzeichnis")),),
            "",
            id="only its contents",
        ),
    ],
)
def test_an_online_medium_has_its_address(fields: tuple[str, ...], url: str) -> None:
    assert read_one(control("007", "cr"), *fields).online_url == url


def test_a_printed_book_has_none() -> None:
    assert read_one(field("856", ("u", "https://a.example/1"))).online_url == ""


def test_groups_are_those_of_the_classification_called_eaf() -> None:
    title = read_one(
        field("084", ("a", "080 04"), ("a", "620"), ("2", "EAF")),
        field("084", ("a", "AP 43900"), ("2", "rvk")),
        field("084", ("a", "080 04"), ("2", "eaf")),
    )
    assert title.groups == ("080 04", "620")


def test_an_open_licence_is_recognised() -> None:
    terms = field("540", ("u", "https://creativecommons.org/licenses/by/4.0/"))
    assert read_one(terms).licence == LicenceRecord("open")


@pytest.mark.parametrize(
    ("fields", "languages"),
    [
        pytest.param((field("041", ("a", "gerengfre")),), ("de", "en", "fr"), id="run together"),
        pytest.param((field("041", ("a", "swe")),), ("swe",), id="one without two letters here"),
        pytest.param((field("041", ("a", "und")),), (), id="undetermined"),
        pytest.param((control("008", " " * 35 + "tur"),), ("tr",), id="in the fixed field"),
    ],
)
def test_languages_have_their_short_codes(
    fields: tuple[str, ...], languages: tuple[str, ...]
) -> None:
    assert read_one(*fields).languages == languages


def test_the_digest_tells_a_change_and_ignores_the_place() -> None:
    first, second = read(collection(record("a"), record("b")))
    assert isinstance(first, TitleRecord)
    assert isinstance(second, TitleRecord)
    (moved,) = read(collection(record("b")))
    assert isinstance(moved, TitleRecord)
    assert moved.digest == second.digest != first.digest
    assert moved.number != second.number
