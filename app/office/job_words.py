"""What kinds of jobs are called."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

JOB_WORDS: Mapping[str, LazyString] = {
    "night_alerts": _("Letters about saved searches"),
    "night_check": _("Check of the store"),
    "night_demand": _("Count of loans by title"),
    "night_due_soon": _("Letters before the return day"),
    "night_forget": _("Forgetting what is past its time"),
    "night_holds": _("Waiting lists"),
    "night_lapse": _("Reservations that lapse"),
    "night_memory": _("Forgetting borrowers"),
    "night_overdue": _("Reminders"),
    "night_renew": _("Automatic renewals"),
    "import": _("Import"),
    "index_check": _("Check of the search index"),
    "index_rebuild": _("Search index made anew"),
    "recall": _("Recall of loans"),
}


def job_words(kind: str) -> str:
    """Return what a kind of job is called."""
    return str(JOB_WORDS.get(kind, kind))
