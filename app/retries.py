"""Doing a request's work again where the store ended it for the sake of another's.

Everything a view changes lies in one unit of work, which was rolled back as a whole; mail, index
and files are only owed by it. So a view can run again from its beginning, and nobody is told that
two people met.
"""

import logging
import random
import time

from flask import Flask, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from app.sessions import session

log = logging.getLogger(__name__)

MOST_TRIES = 4
LONGEST_FIRST_PAUSE_SECONDS = 0.05
"""Before the second try; twice as long before each further one."""

ENDED_FOR_ANOTHER = frozenset({"40001", "40P01"})
"""SQLSTATE of a serialization failure and of a deadlock."""


class RetryingFlask(Flask):
    """Flask that runs a view again when the store says that trying again is all it takes."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view, a few times if need be.

        Raises:
            sqlalchemy.exc.OperationalError: it met others each time, or failed for good.
        """
        for turn in range(1, MOST_TRIES):
            try:
                return super().dispatch_request()
            except OperationalError as error:
                if not _is_worth_another_try(error):
                    raise
                log.info("the store ended try %s at %s for another's sake", turn, request.path)
            session().rollback()
            pause = LONGEST_FIRST_PAUSE_SECONDS * 2 ** (turn - 1)
            time.sleep(random.uniform(0, pause))  # noqa: S311  # to keep two apart, no secret
        return super().dispatch_request()


def _is_worth_another_try(error: OperationalError) -> bool:
    """Say whether the same request may succeed now; a file that was read cannot be read again."""
    return getattr(error.orig, "sqlstate", None) in ENDED_FOR_ANOTHER and not request.files
