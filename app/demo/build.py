"""Fills an empty store with the demo, all or nothing."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy.orm import Session

from app.demo.arrangements import arrange
from app.demo.concepts import build_concepts
from app.demo.counter import build_counter
from app.demo.county import build_county
from app.demo.courier import build_routes, prepare
from app.demo.deliveries import deliveries
from app.demo.future import Diary, future
from app.demo.history import past
from app.demo.house_rules import build_house_rules
from app.demo.letter_wishes import write_letter_wishes
from app.demo.letters import write_letters
from app.demo.licences import build_licences
from app.demo.logins import LOGINS, DemoLogins, hash_of_password
from app.demo.nights import build_nights
from app.demo.outages import Outages, choose_outages, write_outages, write_reports
from app.demo.people import build_people
from app.demo.placements import Placement, build_own_devices, build_placements
from app.demo.plans import open_order, taken_media
from app.demo.present import present
from app.demo.purchases import open_to_class, write_wishes
from app.demo.records import settle_copies, write_bookings, write_loans
from app.demo.scene import Scene
from app.demo.shelf import Shelf
from app.demo.showcase import showcase_bookings, showcase_lendings
from app.demo.stock import build_stock
from app.demo.title_rows import build_titles
from app.demo.waiting import write_waiting
from catalogue.changes import note_titles
from database.unit_of_work import unit_of_work

ON_TOP: tuple[Callable[[Session, Scene], object], ...] = (
    write_wishes,
    open_to_class,
    prepare,
    build_nights,
    write_waiting,
    build_counter,
    arrange,
    write_letters,
    write_letter_wishes,
)
"""What is done with the stock as it then stands, in this order; letters about it come last."""


def fill(session: Session, today: date) -> DemoLogins:
    """Write the demo in one unit of work, the same for the same day on every machine.

    Args:
        session: on a store that knows vocabulary and holidays and is otherwise empty.
        today: the day everything is relative to; any day, weekends and holidays too.

    Returns:
        How to sign in as each role.
    """
    password_hash = hash_of_password()
    with unit_of_work(session):
        scene = _set_scene(session, password_hash, today)
        _lend(session, scene)
    return LOGINS


def _set_scene(session: Session, password_hash: str, today: date) -> Scene:
    county = build_county(session)
    build_routes(session, county)
    titles = build_titles(session, county, today)
    build_licences(session, titles, county, today)
    note_titles(session, (title.id for title in titles))
    return Scene(
        county=county,
        rules=build_house_rules(session, county, today),
        people=build_people(session, county, password_hash, today),
        units=build_concepts(session, county, titles, today),
        stock=build_stock(session, county, titles, today),
        today=today,
    )


def _lend(session: Session, scene: Scene) -> None:
    """Fill the shelf from today on first; the past goes around what it holds then."""
    shelf = Shelf()
    out = list(showcase_lendings(scene, shelf))
    placements = build_placements(session, scene, shelf)
    outages = choose_outages(scene, shelf)
    out += present(scene, shelf)
    diary = Diary(scene, _capacity(scene, placements, outages), out)
    shown = [
        *showcase_bookings(scene, diary),
        *taken_media(scene, diary),
        *open_order(session, scene, diary),
    ]
    bookings = [*shown, *deliveries(scene, diary), *future(scene, diary, len(shown))]
    over = past(scene, shelf)
    lendings = [*out, *over.lendings]
    collected = [each.reservation for each in lendings if each.reservation is not None]
    lines = write_bookings(session, scene, [*collected, *bookings, *over.given_up])
    write_loans(session, scene, lendings, lines)
    write_outages(session, scene, outages)
    write_reports(session, scene, placements, build_own_devices(session, scene))
    settle_copies(session)
    for act in ON_TOP:
        act(session, scene)


def _capacity(scene: Scene, placements: Sequence[Placement], outages: Outages) -> dict[int, int]:
    placed = Counter(each.holding.id for each in placements)
    return {
        each.id: len(each.copies) - placed[each.id] - outages.lost_to(each)
        for each in scene.stock.holdings
    }
