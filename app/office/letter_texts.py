"""A centre's own words for its letters: edit with preview, send to oneself, go back."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.answers import earlier_answer, keep_answer
from app.languages import LANGUAGES, LOCALES
from app.letter_facts import (
    PLACEHOLDERS,
    fillings,
    placeholders_of,
    readable,
    sample_facts,
)
from app.letter_preview import framed
from app.letters import PATHS, SAMPLE, WrittenLetter, write_letter
from app.office.forms import LetterTextForm
from app.office.pages import office_scope
from app.security import requires
from app.sessions import session
from app.settings import current_settings
from app.today import now
from app.visitor import actor
from database.unit_of_work import unit_of_work
from schools.errors import ChangedMeanwhileError
from schools.models.letter_topics import INTERNAL
from schools.models.media_centre import MediaCentre
from schools.models.owed_letter import LetterKind
from schools.models.person import Person
from schools.operations.edit_letter_text import Wording, edit_letter_text
from schools.operations.owe import Addressee, Letter, owe
from schools.operations.send_letters import ClaimedLetter
from schools.queries.centres import centre_within
from schools.queries.letter_texts import OwnWords, letter_text_of, letter_texts_of
from schools.rules.letter_placeholders import Filling
from schools.rules.roles import Right

letter_texts = Blueprint("office_letter_texts", __name__, url_prefix="/office/centres")

PATH = "/<int:centre_id>/letters/<letter_kind>/<locale>"
SAMPLE_NAME = "Ada Beispiel"
EDITABLE = tuple(kind for kind in LetterKind if kind not in INTERNAL)


@dataclass(frozen=True, slots=True)
class Edited:
    """Which words are edited: whose, of which kind, in which language."""

    centre: MediaCentre
    kind: LetterKind
    locale: str

    @property
    def address(self) -> str:
        """The address of the page."""
        return f"{self.list_address}/{self.kind.value}/{self.locale}"

    @property
    def list_address(self) -> str:
        """The address of the list."""
        return f"/office/centres/{self.centre.id}/letters"

    @property
    def path(self) -> str:
        """Where such a letter leads."""
        return PATHS.get(self.kind, "")

    @property
    def known(self) -> list[str]:
        """The names that may stand in braces."""
        return placeholders_of(self.kind.value, self.path)


@letter_texts.get("/<int:centre_id>/letters")
@requires(Right.MANAGE_CENTRE)
def text_list(centre_id: int) -> ResponseReturnValue:
    """List the kinds of letters, and where the centre has words of its own."""
    centre = _centre(centre_id)
    rows = letter_texts_of(session(), office_scope(), centre.id)
    own = {(row.kind, row.locale): row for row in rows if row.subject or row.text}
    return render_template("office/letter_texts.html", centre=centre, kinds=EDITABLE, own=own)


@letter_texts.get(PATH)
@requires(Right.MANAGE_CENTRE)
def text_form(centre_id: int, letter_kind: str, locale: str) -> ResponseReturnValue:
    """Show the words for editing, with the letter as it is sent now."""
    edited = _edited(centre_id, letter_kind, locale)
    return _page(edited, _form_of(edited))


@letter_texts.post(PATH)
@requires(Right.MANAGE_CENTRE)
def save_text(centre_id: int, letter_kind: str, locale: str) -> ResponseReturnValue:
    """Take over the words; who saves after somebody else is shown both."""
    edited, form = _edited(centre_id, letter_kind, locale), LetterTextForm()
    if not form.accept(edited.known):
        return _page(edited, form), 422
    wish = _wording(edited, form, form.subject.data, form.text.data)
    return _saved(edited, form, wish)


@letter_texts.post(f"{PATH}/preview")
@requires(Right.MANAGE_CENTRE)
def preview_text(centre_id: int, letter_kind: str, locale: str) -> ResponseReturnValue:
    """Show what was typed as a letter, and save nothing."""
    edited, form = _edited(centre_id, letter_kind, locale), LetterTextForm()
    if not form.accept(edited.known):
        return _page(edited, form), 422
    return _page(edited, form, previewed=True)


@letter_texts.post(f"{PATH}/reset")
@requires(Right.MANAGE_CENTRE)
def reset_text(centre_id: int, letter_kind: str, locale: str) -> ResponseReturnValue:
    """Go back to the built-in words."""
    edited, form = _edited(centre_id, letter_kind, locale), LetterTextForm()
    if not form.version.validate(form):
        return _page(edited, _form_of(edited)), 422
    return _saved(edited, form, _wording(edited, form, "", ""))


@letter_texts.post(f"{PATH}/sample")
@requires(Right.MANAGE_CENTRE)
def send_sample(centre_id: int, letter_kind: str, locale: str) -> ResponseReturnValue:
    """Send the letter with made-up facts, in the words that are saved, to whoever asks."""
    edited = _edited(centre_id, letter_kind, locale)
    person = session().get_one(Person, actor().person_id)
    to = Addressee(person.email, person.name, locale, person.id, None, edited.centre.id)
    facts = sample_facts(edited.kind.value, edited.path) | {SAMPLE: True}
    with unit_of_work(session()):
        if earlier_answer() is None:
            occasion = f"sample:{uuid4().hex}"
            owe(session(), Letter(edited.kind, occasion, facts, always=True), to, now())
            keep_answer({"sample": edited.kind.value})
    if to.address:
        flash(_("A sample is on its way to %(address)s.", address=to.address), "success")
    else:
        flash(_("Your account has no e-mail address, so nothing was sent."), "warning")
    return redirect(edited.address, 303)


def _centre(centre_id: int) -> MediaCentre:
    centre = centre_within(session(), office_scope(), centre_id)
    if centre is None:
        raise NotFound
    return centre


def _edited(centre_id: int, letter_kind: str, locale: str) -> Edited:
    centre = _centre(centre_id)
    if letter_kind not in EDITABLE or locale not in LANGUAGES:
        raise NotFound
    return Edited(centre, LetterKind(letter_kind), locale)


def _form_of(edited: Edited) -> LetterTextForm:
    row = letter_text_of(session(), office_scope(), edited.centre.id, edited.kind, edited.locale)
    if row is None:
        return LetterTextForm(formdata=None, version="0")
    return LetterTextForm(
        formdata=None, subject=row.subject, text=row.text, version=str(row.version)
    )


def _wording(edited: Edited, form: LetterTextForm, subject: str, text: str) -> Wording:
    version = form.opened_version()
    return Wording(edited.centre.id, edited.kind, edited.locale, subject, text, version)


def _saved(edited: Edited, form: LetterTextForm, wish: Wording) -> ResponseReturnValue:
    known, address = edited.known, edited.address
    try:
        with unit_of_work(session()):
            if earlier_answer() is None:
                edit_letter_text(session(), wish, known, actor(), now())
                keep_answer({"kind": wish.kind.value})
    except ChangedMeanwhileError as changed:
        return _changed(wish, form, changed), 409
    if wish.subject or wish.text:
        flash(_("Saved. It holds from the next letter on."), "success")
    else:
        flash(_("The built-in words hold again."), "success")
    return redirect(address, 303)


def _changed(wish: Wording, form: LetterTextForm, changed: ChangedMeanwhileError) -> Response:
    """Show the stored words beside one's own; saving again then replaces the stored ones."""
    edited = _edited(wish.centre_id, wish.kind.value, wish.locale)
    form.version.data = _form_of(edited).version.data
    return _page(edited, form, changed=changed)


def _page(
    edited: Edited,
    form: LetterTextForm,
    *,
    previewed: bool = False,
    changed: ChangedMeanwhileError | None = None,
) -> Response:
    faulty = bool(form.errors)
    own = OwnWords("", "") if faulty else OwnWords(form.subject.data or "", form.text.data or "")
    page = render_template(
        "office/letter_text.html",
        edited=edited,
        form=form,
        written=_sample(edited, own),
        placeholders=[(name, PLACEHOLDERS[name], filling) for name, filling in _shown(edited)],
        previewed=previewed,
        changed=changed,
        has_own=form.version.data != "0" and bool(own.subject or own.text),
    )
    return framed(page)


def _sample(edited: Edited, own: OwnWords) -> WrittenLetter:
    """Return the letter with made-up facts, in these words."""
    owed = ClaimedLetter(
        id=0,
        kind=edited.kind.value,
        to_address="",
        to_name=SAMPLE_NAME,
        locale=edited.locale,
        facts=sample_facts(edited.kind.value, edited.path),
        centre=edited.centre.name,
        reply_to=edited.centre.email,
        phone=edited.centre.phone,
        own={edited.kind.value: own},
    )
    return write_letter(owed, current_settings().public_url)


def _shown(edited: Edited) -> list[tuple[str, Filling]]:
    """Return what each placeholder stands for in the sample, in the language of the letter."""
    facts: dict[str, Any] = readable(sample_facts(edited.kind.value, edited.path))
    around = {
        "name": SAMPLE_NAME,
        "centre": edited.centre.name,
        "phone": edited.centre.phone,
    }
    with force_locale(LOCALES[edited.locale]):
        filled = fillings(facts | around, "long")
    return [(name, filled.get(name, "")) for name in edited.known]
