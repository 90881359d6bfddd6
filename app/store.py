"""Makes the store ready: its tables, and what every installation knows from the start."""

from app.sessions import engine, session
from database.migrate import alone, migrate
from database.unit_of_work import unit_of_work
from loans.operations.load_holidays import load_holidays
from schools.operations.load_vocabulary import load_vocabulary


def prepare_store() -> None:
    """Migrate the store and load vocabulary and holidays; quick and harmless when repeated.

    Several processes may call it at once.
    """
    session().rollback()
    migrate(engine())
    with unit_of_work(session()):
        alone(session().connection())
        load_vocabulary(session())
        load_holidays(session())
