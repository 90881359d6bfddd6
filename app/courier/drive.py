"""The driver's page: opened by a link, without an account; each stop in two taps."""

from flask import Blueprint, Response, make_response, redirect, render_template
from flask.typing import ResponseReturnValue

from app.answers import earlier_answer, keep_answer
from app.courier.forms import TapForm
from app.courier.links import opens, tour_of_token
from app.security import requires
from app.sessions import session
from app.today import now, today
from database.unit_of_work import unit_of_work
from loans.models.tour import TourState
from loans.operations.drive import Report, report
from loans.queries.tours import TourFacts, tour_of_link
from loans.rules.packing import Tap
from schools.errors import LinkDeadError
from schools.rules.roles import Right

drive = Blueprint("drive", __name__, url_prefix="/drive")


@drive.get("/<token>")
@requires(Right.VISIT)
def page(token: str) -> ResponseReturnValue:
    """Show the stops of a tour to whoever holds its link: places and boxes, nobody's name."""
    return _page(token, _opened(token), TapForm(formdata=None))


@drive.post("/<token>/stops/<int:stop_id>")
@requires(Right.VISIT)
def tap(token: str, stop_id: int) -> ResponseReturnValue:
    """Take down what the driver reports at a stop."""
    tour = _opened(token)
    form = TapForm()
    if not form.validate():
        return _page(token, tour, form, 422)
    wanted = Tap(form.tap.data) if form.tap.data else None
    told = Report(tour.head.id, stop_id, wanted, form.note.data)
    with unit_of_work(session()):
        if earlier_answer() is None:
            report(session(), told, None, now())
            keep_answer({"stop": stop_id})
    return redirect(f"/drive/{token}#stop-{stop_id}", 303)


def _opened(token: str) -> TourFacts:
    """Return the tour of a link.

    Raises:
        LinkDeadError: we never signed it, it was ended, or the tour is over for two days.
    """
    named = tour_of_token(token)
    if named is None:
        raise LinkDeadError
    tour_id, nonce = named
    found = tour_of_link(session(), tour_id)
    if found is None or not opens(found.head, nonce, today()):
        raise LinkDeadError
    return found


def _page(token: str, tour: TourFacts, form: TapForm, status: int = 200) -> Response:
    answer = make_response(
        render_template(
            "courier/drive.html",
            token=token,
            tour=tour,
            stops=list(enumerate(tour.stops, start=1)),
            bare=True,
            form=form,
            is_planned=tour.head.state is TourState.PLANNED,
        ),
        status,
    )
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
