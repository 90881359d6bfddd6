"""The demo's catalogue as search documents, without its people, bookings and loans."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from app.demo.county import build_county
from app.demo.licences import build_licences
from app.demo.stock import build_stock
from app.demo.title_rows import build_titles
from database.engine import make_engine
from database.migrate import migrate
from database.unit_of_work import unit_of_work
from schools.operations.load_vocabulary import load_vocabulary
from search_index.engine import Document
from search_index.projection import all_documents

DAY = date(2026, 1, 5)
"""The demo is relative to a day; nothing that is judged depends on which."""


def demo_documents() -> tuple[Document, ...]:
    """Write the demo's titles, licences and copies into a store of their own and project them."""
    with TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'store.sqlite'}")
        try:
            migrate(engine)
            with Session(engine) as session:
                _fill(session)
                return tuple(all_documents(session))
        finally:
            engine.dispose()


def _fill(session: Session) -> None:
    with unit_of_work(session):
        load_vocabulary(session)
        county = build_county(session)
        titles = build_titles(session, county, DAY)
        build_licences(session, titles, county, DAY)
        build_stock(session, county, titles, DAY)
