"""What we remember of the visitor: past loans by consent, and all that is stored about them."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _

from app.answers import earlier_answer, keep_answer
from app.paging import asked_page
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.operations.look_at_history import LOOK
from loans.queries.audit_log import entries_about
from loans.queries.choices import choices_of_centres
from loans.queries.loan_page import past_loans
from loans.queries.stored_about import stored_about
from loans.rules.choices import DEFAULTS
from loans.rules.memory import AUDIT_DAYS, BOOKING_DAYS
from schools.models.account import Account
from schools.operations.edit_profile import edit_profile, profile_of
from schools.queries.accounts import held_roles
from schools.rules.pages import last_page
from schools.rules.roles import Right
from schools.vocabularies.media_types import media_type

memory = Blueprint("memory", __name__, url_prefix="/profile")

ROWS = 50

KINDS: Mapping[str, LazyString] = {
    "loans_out": lazy_gettext("Loans you have now"),
    "loans_back": lazy_gettext("Past loans"),
    "bookings": lazy_gettext("Reservations"),
    "holds": lazy_gettext("Holds"),
    "baskets": lazy_gettext("Lines of your basket"),
    "wishes": lazy_gettext("Wishes to buy"),
    "defects": lazy_gettext("Defects you reported or answer for"),
    "briefings": lazy_gettext("Briefings on devices"),
    "letters": lazy_gettext("Letters to you"),
    "lists": lazy_gettext("Lists of titles"),
    "searches": lazy_gettext("Saved searches"),
    "feeds": lazy_gettext("Calendars"),
    "sign_ins": lazy_gettext("Sign-ins"),
}


@memory.get("/history")
@requires(Right.OWN_ACCOUNT)
def history() -> ResponseReturnValue:
    """Show one's own past loans, and whether they are kept."""
    by, page = actor(), asked_page()
    scope = by.scope(Right.OWN_ACCOUNT)
    loans, total = past_loans(session(), scope, by.person_id or 0, page, ROWS)
    return render_template(
        "account/history.html",
        keeps=profile_of(session(), by).keeps_history,
        days=kept_days(),
        loans=loans,
        kind_of=_kind_of,
        total=total,
        page=page,
        last=last_page(total, ROWS),
    )


@memory.post("/history/keep")
@requires(Right.OWN_ACCOUNT)
def keep() -> ResponseReturnValue:
    """Consent to a history of one's own loans."""
    _choose(keeps=True)
    flash(_("Your past loans are kept for you from now on."), "success")
    return redirect("/profile/history", 303)


@memory.post("/history/end")
@requires(Right.OWN_ACCOUNT)
def end() -> ResponseReturnValue:
    """Take the consent back; what is old enough loses its borrower the next night."""
    _choose(keeps=False)
    flash(_("Your past loans are no longer kept; older ones are forgotten tonight."), "success")
    return redirect("/profile/history", 303)


@memory.get("/data")
@requires(Right.OWN_ACCOUNT)
def data() -> ResponseReturnValue:
    """Show all that is stored about oneself, how long, and who looked at it."""
    by = actor()
    account_id = by.account_id or 0
    scope = by.scope(Right.OWN_ACCOUNT)
    counts = stored_about(session(), scope)
    return render_template(
        "account/data.html",
        account=session().get_one(Account, account_id),
        roles=held_roles(session(), [account_id], today())[account_id],
        rows=[(str(KINDS[name]), counts[name], _kept(name)) for name in KINDS],
        looks=entries_about(session(), scope, LOOK),
        year=AUDIT_DAYS,
    )


def kept_days() -> int:
    """Return how many days past loans keep their borrower, at the visitor's centres."""
    chosen = choices_of_centres(session(), actor().centre_ids()).values()
    return max((each.person_days for each in chosen), default=DEFAULTS.person_days)


def _choose(*, keeps: bool) -> None:
    with unit_of_work(session()):
        if earlier_answer() is None:
            profile = profile_of(session(), actor())
            edit_profile(session(), profile.with_history(keeps=keeps), actor())
            keep_answer({"keeps": keeps, "at": now().isoformat()})


def _kept(name: str) -> str:
    days = kept_days()
    words: Mapping[str, str] = {
        "loans_out": _("until they are back"),
        "loans_back": _(
            "%(days)s days after they were checked, or as long as you want", days=days
        ),
        "bookings": _("%(days)s days after their end, or as long as you want", days=BOOKING_DAYS),
        "holds": _("up to %(days)s days after their end", days=BOOKING_DAYS),
        "baskets": _("a week after they ran out"),
        "wishes": _("%(days)s days after the answer", days=BOOKING_DAYS),
        "defects": _("%(days)s days after they were closed", days=days),
        "letters": _("%(days)s days", days=days),
        "sign_ins": _("%(days)s days", days=90),
    }
    return words.get(name, _("as long as you want"))


def _kind_of(type_code: str) -> str:
    return media_type(type_code).kind.value
