"""A small catalogue with its index, and what pages show of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.search_engine import search_engine
from catalogue.models.curriculum_link import CurriculumLink
from catalogue.models.planned_medium import PlannedMedium
from catalogue.models.title import Title
from schools.models.curriculum import Scheme
from schools.models.media_concept import TeachingUnit
from schools.operations.load_vocabulary import load_vocabulary
from search_index.rebuild import rebuild
from tests.make import Make

Reindex = Callable[[], None]
HIT = re.compile(r'<li class="hit".*?</li>', re.DOTALL)
TAGS = re.compile(r"<[^>]+>")


@dataclass
class Shelf:
    """Makes titles that can be found."""

    make: Make
    session: Session

    def title(self, name: str, *, subject: str = "BI", **facts: object) -> Title:
        """A film for grades 7 to 9."""
        title = self.make.title(name, **({"grade_from": 7, "grade_to": 9} | facts))
        if subject:
            self.link(title, Scheme.SUBJECT, subject)
        return title

    def link(self, title: Title, scheme: Scheme, code: str) -> None:
        self.session.add(CurriculumLink(title_id=title.id, scheme=scheme, code=code))
        self.session.commit()

    def plan(self, unit: TeachingUnit, title: Title) -> None:
        """A school's unit plans with a title."""
        self.session.add(PlannedMedium(unit_id=unit.id, title_id=title.id))
        self.session.commit()

    def film(self, name: str, *, copies: int = 2, **facts: object) -> Title:
        """A title with copies at the first centre."""
        title = self.title(name, **facts)  # type: ignore[arg-type]  # facts of the row
        self.make.holding(title, copies=copies)
        return title


@pytest.fixture
def shelf(make: Make, session: Session) -> Shelf:
    load_vocabulary(session)
    session.commit()
    make.centre()
    return Shelf(make, session)


@pytest.fixture
def reindex(app: Flask, engine: Engine) -> Reindex:
    """Makes the index from what the store holds now."""

    def reindex() -> None:
        with app.app_context(), Session(engine) as reading:
            rebuild(reading, search_engine())

    return reindex


def hits(page: str) -> list[str]:
    """The text of each hit of a page, blanks made one."""
    return [plain(each) for each in HIT.findall(page)]


def plain(html: str) -> str:
    """What a reader sees of a piece of a page."""
    return " ".join(unescape(TAGS.sub(" ", html)).split())


def get_json(client: FlaskClient, address: str) -> dict[str, object]:
    answer = client.get(address, headers={"Accept": "application/json"})
    assert answer.is_json, answer.text
    return dict(answer.json or {})
