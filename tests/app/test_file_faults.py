"""Whoever sends a faulty file reads what is wrong with it and what to do, in both languages."""

import re
from collections.abc import Iterator
from enum import StrEnum

import pytest
from flask import Flask

from app.file_faults import SENTENCES, KeptFileFault, sentence_of
from catalogue.formats.file_faults import ForeignFileFault
from catalogue.formats.records import Fault
from catalogue.operations.import_copies import CopyFault
from catalogue.operations.import_titles import TitleRefusal
from schools.formats.delimited import FileFault, RowFault
from schools.formats.school_file import SchoolFault
from schools.operations.import_schools import SchoolRefusal

FAULTS = (
    FileFault,
    RowFault,
    ForeignFileFault,
    Fault,
    SchoolFault,
    SchoolRefusal,
    CopyFault,
    TitleRefusal,
    KeptFileFault,
)
TWO_SENTENCES = re.compile(r".+[.;] .+\.$", re.DOTALL)


@pytest.fixture(params=["de", "en"])
def language(request: pytest.FixtureRequest, app: Flask) -> Iterator[str]:
    with app.test_request_context(headers={"Accept-Language": request.param}):
        yield request.param


@pytest.mark.parametrize("faults", FAULTS, ids=lambda faults: faults.__name__)
def test_every_fault_says_what_is_wrong_and_what_to_do(
    language: str, faults: type[StrEnum]
) -> None:
    for fault in faults:
        assert str(fault) in SENTENCES
        said = sentence_of(fault)
        assert TWO_SENTENCES.match(said), said


def test_a_sentence_says_what_it_is_about(language: str) -> None:
    said = sentence_of(Fault.BAD_ISBN, "978-3-1")
    assert said.endswith({"de": "Betrifft: 978-3-1", "en": "Concerns: 978-3-1"}[language])


def test_a_percent_sign_in_a_file_does_no_harm(language: str) -> None:
    assert "100 %s" in sentence_of(Fault.BAD_NUMBER, "100 %s")


def test_a_code_of_an_older_version_is_still_answered(language: str) -> None:
    assert TWO_SENTENCES.match(sentence_of("gone_since"))
