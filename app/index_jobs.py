"""Jobs on an index that the office asks for; each names the host whose worker does it."""

from typing import Any

from app.index_work import enlist_host, heal, make_anew, mend
from app.jobs import Job, JobRefusedError, Progress, queue_job
from app.search_engine import search_engine
from app.sessions import session
from app.today import now
from database.audit import By
from search_index.engine import HealthState
from search_index.errors import SearchIndexError
from search_index.hosts import tell_health
from search_index.rebuild import count_titles

INDEX_REBUILD = "index_rebuild"
INDEX_CHECK = "index_check"


def queue_index_job(kind: str, host_name: str, by: By) -> int:
    """Ask a host for a job on its index, inside the view's unit of work; returns the job's id."""
    return queue_job(kind, {"host": host_name}, by)


def run_index_rebuild(_job: Job, progress: Progress) -> dict[str, Any]:
    """Make the index anew beside the live one.

    Raises:
        JobRefusedError: it cannot be written now.
    """
    host_id = enlist_host()
    progress(0, count_titles(session()))
    try:
        make_anew(host_id, lambda written: progress(written, None))
    except SearchIndexError as error:
        raise JobRefusedError({"reason": str(error)}) from error
    return _ended(progress)


def run_index_check(_job: Job, progress: Progress) -> dict[str, Any]:
    """Read every file, compare every title with the store, and mend what differs.

    Raises:
        JobRefusedError: the index cannot be read or written now.
    """
    host_id = enlist_host()
    progress(0, count_titles(session()))
    found = search_engine().check()
    try:
        if found.state is not HealthState.READY:
            heal(host_id, found)
        differences = mend(host_id, lambda compared: progress(compared, None))
    except SearchIndexError as error:
        raise JobRefusedError({"reason": str(error)}) from error
    tell_health(session(), host_id, search_engine().health(), now())
    return {
        **({"fault": found.fault} if found.fault else {}),
        "missing": len(differences.missing),
        "stale": len(differences.stale),
        "surplus": len(differences.surplus),
        **_ended(progress),
    }


def _ended(progress: Progress) -> dict[str, Any]:
    documents = search_engine().health().documents
    progress(documents, documents)
    return {"documents": documents}
