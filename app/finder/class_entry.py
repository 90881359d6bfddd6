"""Where a class comes in: by typing its code, or by the link behind the QR code. No account."""

from flask import Blueprint, Response, make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.exceptions import NotFound
from wtforms import StringField
from wtforms.validators import DataRequired

from app.attempts import nameless_attempt
from app.dates import language
from app.finder.class_links import card_token, thing_of_token
from app.finder.hits import open_address
from app.finder.listed import listed
from app.finder.reading import centres_of_maker
from app.finder.title_facts import lead, paragraphs
from app.forms import Form
from app.paging import asked_page
from app.security import requires
from app.sessions import session
from app.today import now, today
from catalogue.models.title_list import TitleList
from catalogue.queries.class_codes import ClassThing, thing_of_code
from catalogue.queries.found_titles import OnlineTerm
from catalogue.queries.title_lists import entries_of
from catalogue.queries.title_page import TitlePage, title_page
from catalogue.rules.class_codes import read_code
from database.unit_of_work import unit_of_work
from schools.operations.sign_in import begin_attempt, take_back
from schools.rules.roles import Right, Scope
from schools.vocabularies.media_types import media_type

class_entry = Blueprint("class_entry", __name__, url_prefix="/k")

PURPOSE = "class_code"
LONGEST_TYPED = 60


class CodeForm(Form):
    """A code as it stands on a card; case, blanks and hyphens do not matter."""

    code = StringField(
        lazy_gettext("Code"), validators=[DataRequired(lazy_gettext("Type the code."))]
    )


@class_entry.get("")
@requires(Right.VISIT)
def enter_page() -> ResponseReturnValue:
    """Ask for the code."""
    return render_template("classes/enter.html", form=CodeForm())


@class_entry.post("")
@requires(Right.VISIT)
def enter() -> ResponseReturnValue:
    """Lead on to what the code opens; whoever tries at random is heard less and less often."""
    form = CodeForm()
    if form.validate():
        found = _tried(form.code.data[:LONGEST_TYPED])
        if found is not None:
            return redirect(f"/k/{card_token(found.code_id, found.code)}", 303)
        sentence = _("This code opens nothing. Compare it with the card, or ask for a new one.")
        form.code.errors = [sentence]
    return render_template("classes/enter.html", form=form), 422


@class_entry.get("/<token>")
@requires(Right.VISIT)
def opened(token: str) -> ResponseReturnValue:
    """Show the medium or the list; whose it is stays unsaid, and who looks is not noted."""
    found = thing_of_token(token, today())
    if found is None:
        return _unlisted(make_response(render_template("classes/dead.html"), 404))
    page = _list(found) if found.list_id is not None else _medium(found)
    return _unlisted(make_response(page))


def _tried(typed: str) -> ClassThing | None:
    """Return what a typed code opens; a failure is counted, as one of signing in is.

    Raises:
        TooManyAttemptsError: this one is not heard.
    """
    code = read_code(typed)
    with unit_of_work(session()):
        counted = begin_attempt(session(), nameless_attempt(PURPOSE), now())
        found = None if code is None else thing_of_code(session(), code, today())
        if found is not None:
            take_back(session(), counted)
    return found


def _list(found: ClassThing) -> str:
    shared = session().get_one(TitleList, found.list_id)
    entries = entries_of(session(), shared.id)
    centres = centres_of_maker(found.account_id)
    return render_template(
        "classes/list.html",
        name=shared.name,
        remark=shared.remark,
        titles=len(entries),
        shown=listed(entries, centres, asked_page(), for_class=True),
    )


def _medium(found: ClassThing) -> str:
    centres = centres_of_maker(found.account_id)
    page = title_page(session(), Scope(), centres, found.title_id or 0)
    if page is None:
        raise NotFound
    return render_template(
        "classes/medium.html",
        said=page.description,
        kind=media_type(page.description.media_type).kind.value,
        lead=lead(page.description, language()),
        paragraphs=paragraphs(page.description.summary),
        opens=_opens(page, {None, *(centre.id for centre in centres)}),
    )


def _opens(page: TitlePage, here: set[int | None]) -> str | None:
    terms = tuple(
        OnlineTerm(each.first, each.last, each.centre_id in here)
        for each in page.licences
        if each.online
    )
    return open_address(page.description.online_url, terms, today())


def _unlisted(answer: Response) -> Response:
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
