"""The search index of each host: how it is, and what can be done about it."""

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.answers import earlier_answer, keep_answer
from app.index_jobs import INDEX_CHECK, INDEX_REBUILD, queue_index_job
from app.security import requires
from app.sessions import session
from app.visitor import actor
from database.unit_of_work import unit_of_work
from schools.rules.roles import Right
from search_index.hosts import conditions, host_name
from search_index.rebuild import count_titles

index_page = Blueprint("office_index", __name__, url_prefix="/office/index")


@index_page.get("")
@requires(Right.MANAGE_SYSTEM)
def host_list() -> ResponseReturnValue:
    """Show the index of each host; the page reloads itself while one is being built."""
    hosts = conditions(session())
    return render_template(
        "office/index.html",
        hosts=hosts,
        titles=count_titles(session()),
        is_building=any(host.written is not None for host in hosts),
    )


@index_page.post("/<int:host_id>/rebuild")
@requires(Right.MANAGE_SYSTEM)
def rebuild(host_id: int) -> ResponseReturnValue:
    """Have the index of a host made anew."""
    return _queued(INDEX_REBUILD, host_id)


@index_page.post("/<int:host_id>/check")
@requires(Right.MANAGE_SYSTEM)
def check(host_id: int) -> ResponseReturnValue:
    """Have the files of an index read, and its titles compared with the store."""
    return _queued(INDEX_CHECK, host_id)


def _queued(kind: str, host_id: int) -> ResponseReturnValue:
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            name = host_name(session(), host_id)
            if name is None:
                raise NotFound
            answer = {"job": queue_index_job(kind, name, actor())}
            keep_answer(answer)
    return redirect(f"/office/jobs/{answer['job']}", 303)
