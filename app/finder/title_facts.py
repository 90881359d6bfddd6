"""What a title's page says besides its free days: facts, licences, and its use in class."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from app.age_notes import too_young
from app.dates import day, span
from app.facet_words import PARAMETERS, words_for
from app.finder.hits import grades_words
from app.visitor import actor
from catalogue.queries.found_titles import Plan
from catalogue.queries.title_page import Description, LicenceTerm, TitlePage
from schools.models.curriculum import Scheme
from schools.rules.grades import grade_label
from schools.rules.periods import ReversedPeriodError
from schools.rules.roles import Right
from schools.rules.school_year import NoSuchWeekError, calendar_weeks, school_year_of
from schools.vocabularies.age_ratings import age_rating
from schools.vocabularies.content_fields import content_field
from schools.vocabularies.licence_types import licence_type
from schools.vocabularies.media_competences import media_competence
from schools.vocabularies.media_types import media_type
from search_index.engine import Facet

SEPARATOR = ";"


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the facts; `lines` stand below each other."""

    name: str
    lines: tuple[str, ...]
    code: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """What the title is good for in class.

    `address` finds everything else that is; of a unit that plans with it, its other media.
    """

    name: str
    note: str
    address: str = ""
    planned: bool = False


def lead(said: Description, language: str) -> str:
    """Return the line below the title: what it is, how long, how old, in which language."""
    parts = [media_type(said.media_type).name(language)]
    if said.duration_minutes:
        parts.append(_("%(minutes)s min", minutes=said.duration_minutes))
    if said.year:
        parts.append(str(said.year))
    parts += [words_for(Facet.LANGUAGE, code, language) for code in _split(said.languages)]
    return " · ".join(parts)


def uses(page: TitlePage, language: str, today: date) -> list[Use]:
    """Return units of the reader's school first, then what the curricula say."""
    return [
        *(_plan_use(plan, language, today) for plan in page.plans),
        *_subject_uses(page, language),
        *_competence_uses(page, language),
    ]


def age_warning(page: TitlePage) -> str:
    """Return a sentence where the rating is above the age of classes it is meant for; or none.

    Source:
        docs/rules.md, Lending 2.5.
    """
    said = page.description
    if said.grade_from and said.grade_to:
        return too_young(said.age_rating, range(said.grade_from, said.grade_to + 1))
    return too_young(said.age_rating, {plan.grade for plan in page.plans})


def facts(page: TitlePage, language: str, today: date) -> list[Fact]:
    """Return what is to be said in short lines; empty ones are left out."""
    said = page.description
    rating = age_rating(said.age_rating).name(language) if said.age_rating else ""
    forms = tuple(
        words_for(Facet.SCHOOL_FORM, code, language) for code in page.codes_of(Scheme.SCHOOL_FORM)
    )
    every = (
        Fact(_("Shelf mark"), tuple(each.shelf_mark for each in page.offers), code=True),
        Fact(_("Media number"), (said.media_number or "",), code=True),
        Fact(_("ISBN"), (said.isbn or "",), code=True),
        Fact(_("Series"), (said.series,)),
        Fact(_("By"), (", ".join(_split(said.persons)),)),
        Fact(_("Publisher"), (said.publisher,)),
        Fact(_("Age rating"), (rating,)),
        Fact(_("Grades"), (grades_words(said.grade_from, said.grade_to),)),
        Fact(_("School forms"), forms),
        Fact(_("Licence"), tuple(dict.fromkeys(_licence_lines(page, language, today)))),
        Fact(_("Copies"), tuple(_stock_lines(page))),
        Fact(_("Keywords"), (", ".join(_split(said.keywords)),)),
    )
    return [
        Fact(fact.name, tuple(filter(None, fact.lines)), fact.code)
        for fact in every
        if any(fact.lines)
    ]


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a plain text."""
    return [part.strip() for part in text.splitlines() if part.strip()]


def _plan_use(plan: Plan, language: str, today: date) -> Use:
    notes = [
        f"{words_for(Facet.SUBJECT, plan.subject, language)}, "
        + _("Grade %(grade)s", grade=grade_label(plan.grade))
    ]
    if plan.hours:
        notes.append(ngettext("%(num)s lesson", "%(num)s lessons", plan.hours))
    when = _weeks(plan, today)
    if when:
        notes.append(when)
    address = f"/units/{plan.unit_id}" if actor().may(Right.RESERVE) else ""
    return Use(f"{plan.number} {plan.name}".strip(), " · ".join(notes), address, planned=True)


def _weeks(plan: Plan, today: date) -> str:
    try:
        period = calendar_weeks(school_year_of(today), plan.first_week, plan.last_week)
    except (NoSuchWeekError, ReversedPeriodError):
        return ""
    return span(period.first, period.last)


def _subject_uses(page: TitlePage, language: str) -> Iterator[Use]:
    fields = [content_field(code) for code in page.codes_of(Scheme.CONTENT_FIELD)]
    subjects = dict.fromkeys((*page.codes_of(Scheme.SUBJECT), *(each.subject for each in fields)))
    for subject in subjects:
        notes = [each.name(language) for each in fields if each.subject == subject]
        yield Use(
            words_for(Facet.SUBJECT, subject, language),
            " · ".join(notes) or _("Subject"),
            _address(Facet.SUBJECT, subject),
        )


def _competence_uses(page: TitlePage, language: str) -> Iterator[Use]:
    for code in page.codes_of(Scheme.MEDIA_COMPETENCE):
        competence = media_competence(code)
        yield Use(
            _("Medienkompetenzrahmen %(code)s", code=code),
            f"{competence.area.name(language)}: {competence.name(language)}",
            _address(Facet.MEDIA_COMPETENCE, code),
        )
    for code in page.codes_of(Scheme.LEARNING_COMPETENCE):
        yield Use(
            words_for(Facet.LEARNING_COMPETENCE, code, language),
            _("Learning competence"),
            _address(Facet.LEARNING_COMPETENCE, code),
        )


def _address(facet: Facet, code: str) -> str:
    return f"/search?{PARAMETERS[facet]}={code}"


def _licence_lines(page: TitlePage, language: str, today: date) -> Iterator[str]:
    centre_ids = {offer.centre_id for offer in page.offers}
    for term in page.licences:
        over = term.last is not None and term.last < today
        elsewhere = term.centre_id is not None and centre_ids and term.centre_id not in centre_ids
        if not over and not elsewhere:
            yield _licence_words(term, language)


def _licence_words(term: LicenceTerm, language: str) -> str:
    parts = [licence_type(term.licence_type).name(language)]
    if term.last is not None:
        parts.append(_("until %(day)s", day=day(term.last)))
    if term.showing:
        parts.append(_("public showing allowed"))
    if not term.lending and not term.online:
        parts.append(_("not to be lent"))
    return ", ".join(parts)


def _stock_lines(page: TitlePage) -> Iterator[str]:
    for stock in page.stocks:
        pieces = ngettext("%(num)s copy", "%(num)s copies", stock.copies)
        yield f"{pieces}, {stock.branch}"


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(SEPARATOR) if part.strip()]
