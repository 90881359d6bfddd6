"""What the demo county lacks, so that every page has something to show.

An empty centre with its people, jobs and imports, links for newcomers, a request, a title no
line can hold, lists, saved searches and class codes, units and an order, customers who wait, and
a defect with a photo.
"""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from PIL import Image
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from app.courier.links import driver_address
from app.demo.logins import hash_of_password
from app.factory import create_app
from app.finder.class_links import card_token
from app.finder.shared_links import shared_address
from app.settings import Settings, read_settings
from app.uploads import FOLDER
from catalogue.changes import watch_titles
from catalogue.models.attachment import Attachment
from catalogue.models.class_code import ClassCode
from catalogue.models.copy import Copy
from catalogue.models.defect import Defect, DefectKind
from catalogue.models.import_run import ImportKind, ImportLine, ImportRun
from catalogue.models.title import Title
from catalogue.models.title_list import ListEntry, SavedSearch, TitleList
from catalogue.rules.class_codes import class_code
from catalogue.rules.copy_states import CopyState
from catalogue.rules.defect_states import STILL_OPEN
from database.job_runs import JobRun, JobState
from loans.models.basket import BasketLine
from loans.models.booking import BookingPick
from loans.models.closure import Closure, ExceptionalOpening, MovableHoliday
from loans.models.collective_order import OrderState
from loans.models.desk_session import DeskSession
from loans.models.tour import Tour, TourState
from loans.queries.tour_heads import head_of_tour
from loans.rules.booking_states import BookingState
from schools.models.account import Account, AccountState, AccountToken, Registration, TokenKind
from schools.models.institution import Institution
from schools.models.media_centre import Branch, MediaCentre
from schools.models.person import Membership, Person
from schools.rules.imports import Outcome
from schools.rules.periods import Period
from schools.rules.roles import Role
from schools.rules.tokens import hash_of
from tests.journeys.things import (
    Things,
    account_of,
    film_on_offer,
    find_things,
    first_of,
    shown_centre,
    shown_school,
)
from tests.make import NOW, Make

NEWCOMERS = {
    Role.TEACHER: "neu.lehrkraft@example.org",
    Role.SCHOOL_ADMIN: "neu.schule@example.org",
    Role.STAFF: "neu.theke@example.org",
    Role.CENTRE_ADMIN: "neu.leitung@example.org",
}
"""Sign-ins at a centre and a school that have nothing yet."""

INVITED, FORGOTTEN, UNPROVED = "test-invited", "test-forgotten", "test-unproved"
"""Tokens of links that have not been followed."""

LONG = "Donaudampfschifffahrtsgesellschaftskapitänspatentprüfungsunterlagensammlung"
"""A word no line of a phone can hold."""


def add_and_name(data: Path) -> Things:
    """Add what is lacking to the store in a data folder that nobody serves yet."""
    watch_titles(Session)
    engine = create_engine(f"sqlite:///{data}/store.sqlite")
    with Session(engine) as session:
        make = Make(session)
        _add_links(session)
        _add_newcomers(make)
        _add_photo(session, data)
        _add_request(make)
        _add_basket(make)
        group = _add_series(make)
        calendar = _add_calendar(make)
        jobs = _add_jobs(session)
        _add_hold_for_days(make)
        _add_long_title(make)
        lists = _add_lists(session, data)
        plans = _add_plans(make)
        codes = _add_codes(session, data, lists["list"])
        courier = _add_courier(make, data)
        people = _add_customers(session)
        session.commit()
        things = find_things(session)
    engine.dispose()
    named = jobs | lists | plans | codes | calendar | group | courier | people
    return Things({**things.values, **named})


def _add_courier(make: Make, data: Path) -> dict[str, object]:
    """Add a tour that is past, a box to be counted, and a pick that goes back."""
    session = make.session
    away = first_of(session, select(Tour).where(Tour.state == TourState.UNDER_WAY))
    early = first_of(session, select(Tour).where(Tour.state == TourState.PLANNED))
    session.add(Tour(route_id=away.route_id, day=away.day - timedelta(days=7)))
    stop = next(each for each in early.stops if each.place.institution_id is not None)
    school = session.get_one(Institution, stop.place.institution_id)
    person = make.person(school, given_name="Kiste", family_name=LONG)
    holding = make.holding(make.title(LONG), centre=school.centre)
    parcel = make.part(make.copy(holding, barcode="MZ-9999997"), LONG)
    soon = Period(early.day, early.day + timedelta(days=3))
    make.booking(
        parcel.copy.holding, soon, person=person, place_id=stop.place_id, number="R-99995"
    )
    over = film_on_offer(session, skip=2)
    booking = make.booking(
        over, soon, person=person, state=BookingState.CANCELLED, number="R-99996"
    )
    free = select(Copy).where(Copy.holding_id == over.id, Copy.state == CopyState.AVAILABLE)
    copy = first_of(session, free.where(Copy.id.not_in(select(BookingPick.copy_id))))
    line_id = booking.lines[0].id
    pick = BookingPick(line_id=line_id, copy_id=copy.id, first=soon.first, picked_at=NOW)
    session.add(pick)
    session.flush()
    with create_app(_settings(data), testing=True).app_context():
        return {
            "parcel": parcel.copy.barcode,
            "driver_token": _token_of(session, away),
            "early_token": _token_of(session, early),
        }


def _token_of(session: Session, tour: Tour) -> str:
    head = head_of_tour(session, tour.id)
    assert head is not None
    return driver_address(head).rsplit("/", 1)[-1]


def _settings(data: Path) -> Settings:
    return read_settings(
        {
            "MEDIENBRUECKE_DATA": str(data),
            "MEDIENBRUECKE_DATABASE_URL": f"sqlite:///{data}/store.sqlite",
        }
    )


def _add_newcomers(make: Make) -> None:
    centre = make.centre("Medienzentrum Neustadt")
    school = make.school("Gesamtschule Neustadt", centre)
    for role, name in NEWCOMERS.items():
        person = make.person(school, email=name, given_name="Neu", family_name="Ling")
        make.account(
            role, school=school, centre=centre, person=person, password_hash=hash_of_password()
        )


def _add_customers(session: Session) -> dict[str, int]:
    """Block whom the desk took in, and park two customers of the shown counter."""
    taken_in = first_of(session, select(Membership).where(Membership.provisional))
    person = session.get_one(Person, taken_in.person_id)
    person.blocked, person.block_reason = True, LONG
    counter = Branch.centre_id == shown_centre(session)
    branch = first_of(session, select(Branch.id).where(counter).order_by(Branch.id))
    for customer in (taken_in.person_id, None):
        desk = DeskSession(
            account_id=account_of(session, Role.STAFF).id,
            branch_id=branch,
            person_id=customer,
            institution_id=customer and taken_in.institution_id,
            started_at=datetime.now(UTC).replace(year=NOW.year, month=NOW.month, day=NOW.day),
            parked=True,
        )
        session.add(desk)
    return {"blocked_person": person.id}


def _add_long_title(make: Make) -> None:
    title = make.title(LONG, summary=LONG, publisher=LONG, subtitle=LONG)
    holding = make.holding(title, shelf_mark=LONG[:40])
    make.copy(holding, barcode="MZ-9999999")


def _add_lists(session: Session, data: Path) -> dict[str, object]:
    """Add an empty list, one that is shared and full of titles, and two saved searches."""
    account = account_of(session, Role.TEACHER).id
    newest = session.scalars(select(Title).order_by(Title.id.desc()).limit(24)).all()
    newest[1].withdrawn_at = NOW
    lists = {
        "empty_list": _list(account, "Für später"),
        "list": _list(account, f"Vulkane {LONG}", remark="Für die 7b", share_nonce="0" * 32),
    }
    lists["list"].entries = [ListEntry(title_id=each.id, added_at=NOW) for each in newest]
    session.add_all(lists.values())
    searches = [
        SavedSearch(
            account_id=account,
            name=name,
            parameters=parameters,
            alert=alert,
            looked_at=NOW,
            created_at=NOW,
        )
        for name, parameters, alert in (
            ("Vulkane", {"words": ["Vulkane"], "subject": ["EK"], "grade": ["7"]}, True),
            (LONG, {"words": [LONG], "from": ["2026-12-03"], "free": ["1"]}, False),
        )
    ]
    session.add_all(searches)
    session.flush()
    named: dict[str, object] = {name: each.id for name, each in lists.items()}
    with create_app(_settings(data), testing=True).app_context():
        token = shared_address(lists["list"]).rsplit("/", 1)[-1]
    return named | {"saved_search": searches[0].id, "shared_token": token}


def _add_plans(make: Make) -> dict[str, object]:
    """Add a unit without media, one whose only medium is taken, and an order nobody joined."""
    session = make.session
    school = session.get_one(Institution, shown_school(session))
    bare = make.unit(school, number="UV 9.8", name="Noch ohne Medien")
    taken = make.unit(school, number="UV 9.9", name=LONG, first_week=3, last_week=3)
    centre = session.get_one(MediaCentre, shown_centre(session))
    holding = make.holding(make.title(f"Vergeben {LONG}"), centre=centre)
    make.copy(holding, barcode="MZ-9999998")
    make.planned(taken, holding.title, note=LONG)
    person = session.get_one(Person, account_of(session, Role.SCHOOL_ADMIN).person_id)
    make.booking(holding, Period(date(2027, 1, 18), date(2027, 1, 22)), person=person)
    closed = make.order(school, Period(date(2027, 2, 1), date(2027, 2, 5)), name=LONG)
    closed.state = OrderState.CLOSED
    return {"bare_unit": bare.id, "taken_unit": taken.id, "closed_order": closed.number}


def _add_codes(session: Session, data: Path, list_id: object) -> dict[str, object]:
    """Add a code of a list beside the demo's, and name the links of both."""
    account = account_of(session, Role.TEACHER).id
    known = session.scalars(select(ClassCode).where(ClassCode.account_id == account)).one()
    of_list = ClassCode(
        code=class_code(1), account_id=account, list_id=list_id, made_at=NOW, ends_on=known.ends_on
    )
    session.add(of_list)
    session.flush()
    with create_app(_settings(data), testing=True).app_context():
        tokens = [card_token(each.id, each.code) for each in (known, of_list)]
    return {
        "code": known.id,
        "list_code": of_list.id,
        "class_token": tokens[0],
        "class_list_token": tokens[1],
    }


def _list(account: int, name: str, **facts: object) -> TitleList:
    return TitleList(account_id=account, name=name, created_at=NOW, changed_at=NOW, **facts)


def _add_links(session: Session) -> None:
    now = datetime.now(UTC)
    colleagues = select(Account).join(Membership, Membership.person_id == Account.person_id)
    at_school = colleagues.where(Membership.institution_id == shown_school(session))
    invited = first_of(session, at_school.order_by(Account.id.desc()))
    invited.state, invited.password_hash = AccountState.INVITED, None
    for account, kind, token in (
        (invited, TokenKind.INVITATION, INVITED),
        (account_of(session, Role.TEACHER), TokenKind.RESET, FORGOTTEN),
    ):
        session.add(
            AccountToken(
                account_id=account.id,
                kind=kind,
                token_hash=hash_of(token),
                created_at=now,
                expires_at=now + timedelta(days=2),
            )
        )
    unproved = first_of(session, select(Registration).where(Registration.proved_at.is_(None)))
    unproved.token_hash, unproved.expires_at = hash_of(UNPROVED), now + timedelta(days=7)


def _add_photo(session: Session, data: Path) -> None:
    """Give an open defect of the shown school a photo."""
    folder = data / "uploads" / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    Image.new("RGB", (640, 480), "#0b5a67").save(folder / "photo.jpg")
    of_school = select(Defect).where(Defect.institution_id == shown_school(session))
    defect = first_of(session, of_school.where(Defect.state.in_(STILL_OPEN)))
    photo = Attachment(
        stored_name="photo.jpg",
        media_type="image/jpeg",
        width=640,
        height=480,
        size=(folder / "photo.jpg").stat().st_size,
        centre_id=defect.centre_id,
        institution_id=defect.institution_id,
        created_at=NOW,
    )
    session.add(photo)
    session.flush()
    defect.photo_id, defect.kind = photo.id, DefectKind.BROKEN


def _add_request(make: Make) -> None:
    """Add a booking the centre has to decide about."""
    make.booking(
        film_on_offer(make.session, skip=1),
        Period(NOW.date() + timedelta(days=21), NOW.date() + timedelta(days=23)),
        person=_teacher(make),
        state=BookingState.REQUESTED,
        number="R-99999",
        remark=LONG,
    )


def _add_basket(make: Make) -> None:
    """Add a line that holds its stock, and one that ran out."""
    teacher = _teacher(make)
    centre = make.session.get_one(MediaCentre, shown_centre(make.session))
    for skip, until in ((1, timedelta(days=1)), (2, timedelta(minutes=-1))):
        make.session.add(
            BasketLine(
                person_id=teacher.id,
                institution_id=shown_school(make.session),
                place_id=make.place(centre).id,
                holding_id=film_on_offer(make.session, skip).id,
                quantity=1,
                first=NOW.date() + timedelta(days=14),
                last=NOW.date() + timedelta(days=16),
                held_until=NOW + until,
            )
        )


def _add_series(make: Make) -> dict[str, object]:
    """Add a series of two dates."""
    group = "0123456789abcdef" * 2
    for weeks in (5, 6):
        day = NOW.date() + timedelta(weeks=weeks)
        make.booking(
            film_on_offer(make.session, skip=1),
            Period(day, day),
            person=_teacher(make),
            group_key=group,
            number=f"R-9998{weeks}",
        )
    return {"group": group}


def _teacher(make: Make) -> Person:
    return make.session.get_one(Person, account_of(make.session, Role.TEACHER).person_id)


def _add_hold_for_days(make: Make) -> None:
    """Let the teacher who is shown wait for certain days of a film."""
    person = account_of(make.session, Role.TEACHER).person_id
    make.hold(
        film_on_offer(make.session, skip=2),
        make.session.get_one(Person, person),
        first=NOW.date() + timedelta(days=21),
        last=NOW.date() + timedelta(days=25),
        not_after=NOW.date() + timedelta(days=20),
    )


def _add_calendar(make: Make) -> dict[str, object]:
    """Add a closure, an opening, a day off, and what a closure and too many bookings lead to."""
    session = make.session
    centre = shown_centre(session)
    branch = first_of(session, select(Branch).where(Branch.centre_id == centre))
    day = date(2027, 2, 9)
    closure = Closure(
        centre_id=centre, name=LONG, first=day, last=day + timedelta(days=2), processed=True
    )
    opening = ExceptionalOpening(
        centre_id=centre,
        branch_id=branch.id,
        day=day + timedelta(days=4),
        opens=time(10),
        closes=time(14),
        name="Medientag",
    )
    off = MovableHoliday(institution_id=shown_school(session), day=day - timedelta(days=1))
    session.add_all([closure, opening, off])
    session.flush()
    person = session.get_one(Person, account_of(session, Role.TEACHER).person_id)
    holding = film_on_offer(session, skip=3)
    met = Period(day, day + timedelta(days=6))
    make.booking(holding, met, holding.lendable + 1, person=person, number="R-99997", remark=LONG)
    make.booking(holding, met, person=person, number="R-99998", overbooked_reason=LONG)
    return {
        "branch": branch.id,
        "closure": closure.id,
        "closed_day": day.isoformat(),
        "opening": opening.id,
    }


def _add_jobs(session: Session) -> dict[str, int]:
    """Add a nightly job, one that never ends, and two imports; returns their ids by name."""
    far = datetime.now(UTC) + timedelta(days=1)
    centre = shown_centre(session)
    jobs = {
        "done_job": _job(
            "nightly", JobState.DONE, centre, result={"forgotten": {"links": 3}, "index": "ok"}
        ),
        "running_job": _job("import", JobState.RUNNING, centre, claimed_until=far, total=900),
        "import_looked_at": _job("import", JobState.DONE, centre),
        "import_broken": _job("import", JobState.REFUSED, centre),
    }
    session.add_all(jobs.values())
    session.flush()
    looked_at = _run(jobs["import_looked_at"], read=14, imported=9, changed=1, same=2, refused=2)
    broken = _run(jobs["import_broken"], refused_whole="empty")
    session.add_all([looked_at, broken])
    session.flush()
    session.add_all(_refused(looked_at.id, number) for number in (3, 8))
    return {name: job.id for name, job in jobs.items()}


def _refused(run_id: int, number: int) -> ImportLine:
    return ImportLine(
        run_id=run_id,
        number=number,
        outcome=Outcome.REFUSED,
        key=f"99{number:05d}",
        reason="no_name",
    )


def _job(kind: str, state: JobState, centre: int, **facts: object) -> JobRun:
    wish = {
        "kind": "titles",
        "file_name": "Neuerwerbungen_des_Herbstes_2026_endgueltig.csv",
        "stored_name": "none",
        "dry_run": True,
    }
    return JobRun(
        kind=kind,
        occasion=f"test:{kind}:{state}",
        state=state,
        centre_id=centre,
        wish=wish if kind == "import" else {},
        done=14,
        queued_at=NOW,
        started_at=NOW,
        **facts,
    )


def _run(job: JobRun, **counts: object) -> ImportRun:
    return ImportRun(
        kind=ImportKind.TITLES,
        file_name=job.wish["file_name"],
        centre_id=job.centre_id,
        job_id=job.id,
        dry_run=True,
        started_at=NOW,
        finished_at=NOW,
        **counts,
    )
