"""Offers, copies, parts, licences and covers on their pages."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.uploads import image_path
from catalogue.models.attachment import Attachment
from catalogue.models.copy import Copy, Part
from catalogue.models.holding import BookedBy, Holding
from catalogue.models.licence import Licence
from catalogue.rules.copy_states import CopyState
from database.audit import AuditEntry
from schools.models.account import Account
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.app.cataloguing.conftest import Send, edition_in
from tests.app.conftest import SignIn
from tests.loans.operations.desks import counter
from tests.make import MONDAY, Make

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.fixture
def holding(make: Make, keeper: Account) -> Holding:
    return make.holding(make.title("Sensorkoffer", media_type="media_box"), copies=1)


@pytest.fixture
def copy(holding: Holding) -> Copy:
    return holding.copies[0]


@pytest.fixture
def path(holding: Holding) -> str:
    return f"/catalogue/titles/{holding.title_id}"


def fresh(session: Session, row: Any) -> Any:
    session.rollback()
    session.expire_all()
    return session.get_one(type(row), row.id)


def of_copy(copy: Copy, **facts: str) -> dict[str, str]:
    return {
        "barcode": copy.barcode,
        "home_branch_id": str(copy.home_branch_id),
        "lendable": "y",
    } | facts


def test_the_offer_is_saved_and_the_second_editor_told(
    send: Send, session: Session, browser: FlaskClient, holding: Holding, path: str
) -> None:
    opened = edition_in(browser.get(path))
    sent = {"shelf_mark": "Phy 3", "local_note": "", "lendable": "77"}
    assert send(f"{path}/offer", edition=opened, **sent).status_code == 303
    saved = fresh(session, holding)
    assert (saved.shelf_mark, saved.visible, saved.lendable) == ("Phy 3", False, 1)
    told = send(f"{path}/offer", edition=opened, **sent | {"shelf_mark": "Phy 4"})
    assert told.status_code == 409
    assert "Phy 3" in told.text
    assert 'value="Phy 4"' in told.text


@pytest.mark.lending("3.3")
def test_copies_are_booked_by_number_on_wish(
    send: Send, session: Session, browser: FlaskClient, holding: Holding, path: str
) -> None:
    opened = edition_in(browser.get(path))
    sent = {"shelf_mark": "", "local_note": "", "visible": "y", "edition": opened}
    assert send(f"{path}/offer", booked_by="number", **sent).status_code == 303
    saved = fresh(session, holding)
    assert (saved.booked_by, saved.lendable) == (BookedBy.NUMBER, 0)
    assert [copy.numbered for copy in saved.copies] == [True]
    page = browser.get(path).text
    assert "mit Nummer gebucht" in page
    assert '<option selected value="number">' in page
    opened = edition_in(browser.get(path))
    assert send(f"{path}/offer", booked_by="pool", **sent | {"edition": opened}).status_code == 303
    assert fresh(session, holding).lendable == 1


@pytest.mark.lending("3.3")
def test_a_pool_that_is_booked_stays_one(
    send: Send, session: Session, browser: FlaskClient, make: Make, holding: Holding
) -> None:
    path = f"/catalogue/titles/{holding.title_id}"
    make.booking(holding, Period(MONDAY, MONDAY))
    opened = edition_in(browser.get(path))
    sent = {"shelf_mark": "neu", "local_note": "", "edition": opened}
    told = send(f"{path}/offer", booked_by="number", **sent)
    assert told.status_code == 409
    assert 'role="alert"' in told.text
    saved = fresh(session, holding)
    assert (saved.booked_by, saved.shelf_mark) == (BookedBy.POOL, "")
    assert send(f"{path}/offer", booked_by="shelf", **sent).status_code == 422


def test_copies_are_added_several_at_once(
    send: Send, session: Session, holding: Holding, browser: FlaskClient, make: Make
) -> None:
    path = f"/catalogue/titles/{holding.title_id}"
    sent = {"count": "6", "branch": str(make.branch().id), "value": "1.234,50"}
    assert send(f"{path}/copies", **sent).status_code == 303
    assert fresh(session, holding).lendable == 7
    assert session.scalars(select(Copy.value_cents).order_by(Copy.id.desc())).first() == 123_450
    assert "MZ-000007" in browser.get(path).text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("count", "0"),
        ("count", "201"),
        ("count", ""),
        ("count", "²"),
        ("branch", "999"),
        ("value", "teuer"),
        ("acquired_on", "gestern"),
        ("barcode", "P-0123456789ABC"),
    ],
)
def test_copies_that_cannot_be_are_refused_at_their_field(
    send: Send, path: str, make: Make, field: str, typed: str
) -> None:
    answer = send(
        f"{path}/copies", **{"count": "1", "branch": str(make.branch().id), field: typed}
    )
    assert answer.status_code == 422
    assert 'class="invalid-feedback"' in answer.text
    make.session.rollback()
    assert make.session.scalar(select(func.count(Copy.id))) == 1


def test_a_label_of_its_own_belongs_to_one_copy(
    send: Send, session: Session, path: str, make: Make
) -> None:
    sent = {"branch": str(make.branch().id), "barcode": "ALT 17"}
    assert send(f"{path}/copies", count="2", **sent).status_code == 422
    assert send(f"{path}/copies", count="1", **sent).status_code == 303
    assert send(f"{path}/copies", count="1", **sent).status_code == 422


def test_a_copy_is_edited_and_extra_fields_are_let_go(
    send: Send, session: Session, browser: FlaskClient, copy: Copy, make: Make
) -> None:
    page = browser.get(f"/catalogue/copies/{copy.id}")
    extra = {"state": "lost", "centre_id": "99", "holding_id": "99", "owner_id": "1", "id": "7"}
    sent = of_copy(copy, value_cents="12,5", inventory_number="2026/1", note="neu")
    answer = send(
        f"/catalogue/copies/{copy.id}", edition=edition_in(page), **sent, **extra, withdrawn_on="x"
    )
    assert answer.status_code == 303, answer.text
    saved = fresh(session, copy)
    assert (saved.value_cents, saved.inventory_number, saved.note) == (1250, "2026/1", "neu")
    assert (saved.state, saved.owner_id, saved.withdrawn_on) == (CopyState.AVAILABLE, None, None)


def test_the_second_editor_of_a_copy_sees_both_versions(
    send: Send, session: Session, browser: FlaskClient, copy: Copy
) -> None:
    path = f"/catalogue/copies/{copy.id}"
    opened = edition_in(browser.get(path))
    send(path, edition=opened, **of_copy(copy, note="vom Ersten"))
    told = send(path, edition=opened, **of_copy(copy, note="vom Zweiten"))
    assert told.status_code == 409
    assert "vom Ersten" in told.text
    assert 'value="vom Zweiten"' in told.text
    again = send(path, edition=edition_in(told), **of_copy(copy, note="vom Zweiten"))
    assert again.status_code == 303
    assert fresh(session, copy).note == "vom Zweiten"


def test_a_copy_that_is_not_lent_needs_a_reason(
    send: Send, session: Session, browser: FlaskClient, copy: Copy, holding: Holding
) -> None:
    path = f"/catalogue/copies/{copy.id}"
    sent = of_copy(copy, edition=edition_in(browser.get(path)))
    del sent["lendable"]
    assert send(path, **sent).status_code == 422
    assert send(path, **sent, not_lendable_reason="Präsenz").status_code == 303
    assert fresh(session, holding).lendable == 0


@pytest.mark.lending("7.2")
def test_a_copy_kept_for_somebody_is_let_go_once_it_is_not_lent(
    send: Send, session: Session, browser: FlaskClient, copy: Copy, make: Make
) -> None:
    make.loan(copy)
    hold = make.hold(copy.holding)
    counter(make).take_back(copy)
    path = f"/catalogue/copies/{copy.id}"
    sent = of_copy(copy, edition=edition_in(browser.get(path)), not_lendable_reason="Präsenz")
    del sent["lendable"]
    assert send(path, **sent).status_code == 303
    assert fresh(session, hold).copy_id is None
    assert (fresh(session, copy).state, copy.lendable) == (CopyState.AVAILABLE, False)


@pytest.mark.lending("3.1", "8.5", "12.2")
def test_a_copy_nobody_finds_is_missing_with_a_reason_and_put_back_when_found(
    send: Send, session: Session, browser: FlaskClient, copy: Copy
) -> None:
    path = f"/catalogue/copies/{copy.id}"
    assert "fehlt, niemand findet es" in browser.get(path).text
    told = send(f"{path}/shelf", step="missing")
    assert told.status_code == 422
    assert "Sagen Sie, warum; es steht im Protokoll." in told.text
    assert send(f"{path}/shelf", reason="x", step="put_back").status_code == 422
    assert send(f"{path}/shelf", step="missing", reason="nicht im Regal").status_code == 303
    assert fresh(session, copy).state is CopyState.MISSING
    assert copy.holding.lendable == 0
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "missing")).one()
    assert (entry.subject_id, entry.reason) == (copy.id, "nicht im Regal")
    page = browser.get(path).text
    assert 'value="missing"' not in page
    assert send(f"{path}/shelf", step="put_back", reason="stand falsch").status_code == 303
    assert fresh(session, copy).state.value == "available"


def test_a_copy_that_is_out_is_not_looked_for(
    send: Send, browser: FlaskClient, copy: Copy, make: Make
) -> None:
    make.loan(copy)
    assert "/shelf" not in browser.get(f"/catalogue/copies/{copy.id}").text
    answer = send(f"/catalogue/copies/{copy.id}/shelf", step="missing", reason="weg")
    assert answer.status_code == 422


def test_a_copy_is_withdrawn_with_a_reason_unless_it_is_out(
    send: Send, session: Session, browser: FlaskClient, copy: Copy, make: Make
) -> None:
    out = make.loan(make.copy(copy.holding)).copy_id
    assert send(f"/catalogue/copies/{copy.id}/withdraw", reason="").status_code == 422
    assert send(f"/catalogue/copies/{out}/withdraw", reason="worn").status_code == 409
    assert send(f"/catalogue/copies/{copy.id}/withdraw", reason="worn").status_code == 303
    assert fresh(session, copy).withdrawn_on == MONDAY
    assert browser.get(f"/catalogue/copies/{copy.id}").status_code == 200


def test_parts_are_typed_into_rows_that_grow_without_a_script(
    send: Send, session: Session, browser: FlaskClient, copy: Copy
) -> None:
    path = f"/catalogue/copies/{copy.id}/parts"
    rows = {"edition": edition_in(browser.get(path)), "name-0": "Sensor", "count-0": "6"}
    rows |= {"critical-0": "y", "name-1": "", "count-1": "", "name-2": "Kabel", "count-2": "2"}
    more = send(path, more="1", **rows)
    assert more.status_code == 200
    assert 'value="Sensor"' in more.text
    assert 'name="name-6"' in more.text
    assert session.scalars(select(Part)).all() == []
    assert send(path, **rows).status_code == 303
    session.rollback()
    found = session.execute(select(Part.name, Part.count, Part.critical).order_by(Part.position))
    assert [tuple(row) for row in found] == [("Sensor", 6, True), ("Kabel", 2, False)]


def test_a_row_that_cannot_be_is_named_and_a_second_editor_told(
    send: Send, session: Session, browser: FlaskClient, copy: Copy
) -> None:
    path = f"/catalogue/copies/{copy.id}/parts"
    opened = edition_in(browser.get(path))
    wrong = send(path, edition=opened, **{"name-0": "Sensor", "count-0": "viele"})
    assert wrong.status_code == 422
    send(path, edition=opened, **{"name-0": "Sensor", "count-0": "6"})
    told = send(path, edition=opened, **{"name-0": "Lampe", "count-0": "1"})
    assert told.status_code == 409
    assert "Sensor" in told.text
    assert 'value="Lampe"' in told.text


def test_a_part_of_another_box_is_not_taken(
    send: Send, session: Session, browser: FlaskClient, copy: Copy, make: Make
) -> None:
    theirs = make.part(make.copy(make.holding(centre=make.centre())), "Fremd")
    path = f"/catalogue/copies/{copy.id}/parts"
    rows = {"id-0": str(theirs.id), "name-0": "Sensor", "count-0": "1"}
    assert send(path, edition=edition_in(browser.get(path)), **rows).status_code == 303
    assert fresh(session, theirs).name == "Fremd"


def test_all_boxes_get_the_same_parts(
    send: Send, session: Session, copy: Copy, make: Make, holding: Holding
) -> None:
    make.part(copy, "Sensor", count=6)
    other = make.copy(holding)
    assert send(f"/catalogue/copies/{copy.id}/parts/spread").status_code == 303
    assert [part.name for part in fresh(session, other).parts] == ["Sensor"]


def test_another_centres_copy_and_licence_are_not_there(
    send: Send, session: Session, browser: FlaskClient, make: Make
) -> None:
    other = make.centre()
    theirs = make.copy(make.holding(centre=other))
    licence = make.licence(make.title(), centre_id=other.id)
    path = f"/catalogue/copies/{theirs.id}"
    assert browser.get(path).status_code == 404
    assert browser.get(f"{path}/parts").status_code == 404
    for below in ("", "/withdraw", "/parts", "/parts/spread", "/shelf"):
        answer = send(path + below, reason="worn", **of_copy(theirs))
        assert answer.status_code == 404, below
    ended = send(f"/catalogue/licences/{licence.id}/end", valid_until="2026-12-31")
    assert ended.status_code == 404


def test_a_licence_is_added_and_ends(send: Send, session: Session, path: str) -> None:
    sent = {"licence_type": "district", "scope": "district", "valid_from": "2026-08-01"}
    assert send(f"{path}/licences", **sent).status_code == 422
    early = send(f"{path}/licences", area="05315", valid_until="2020-01-01", **sent)
    assert early.status_code == 422
    assert send(f"{path}/licences", area="05315; 05374", **sent).status_code == 303
    session.rollback()
    licence = session.scalars(select(Licence)).one()
    assert (licence.area, licence.lending_allowed) == (["05315", "05374"], False)
    end = f"/catalogue/licences/{licence.id}/end"
    assert send(end, valid_until="").status_code == 422
    assert send(end, valid_until="2020-01-01").status_code == 422
    assert send(end, valid_until="2027-07-31").status_code == 303


def test_a_cover_is_drawn_anew_and_shown_to_everybody(
    send: Send, session: Session, path: str, visitor: FlaskClient, app: Flask
) -> None:
    assert send(f"{path}/cover", picture=(picture(), "bild.png")).status_code == 303
    session.rollback()
    stored = session.scalars(select(Attachment)).one()
    answer = visitor.get(f"/covers/{stored.stored_name}", buffered=True)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer.headers["Cache-Control"]
    assert visitor.get("/covers/other.jpg").status_code == 404
    first = stored.stored_name
    send(f"{path}/cover", picture=(picture(), "neu.png"))
    with app.app_context():
        assert not image_path(first).exists()
    assert send(f"{path}/cover/remove").status_code == 303
    session.rollback()
    assert session.scalars(select(Attachment)).all() == []


@pytest.mark.parametrize("content", [SVG, b"<html>", b""], ids=["SVG", "HTML", "nothing"])
def test_what_is_no_picture_is_no_cover(
    send: Send, session: Session, path: str, content: bytes
) -> None:
    answer = send(f"{path}/cover", picture=(BytesIO(content), "bild.svg"))
    assert answer.status_code == 422
    assert session.scalars(select(Attachment)).all() == []


def test_a_photo_of_a_school_is_no_cover(
    session: Session, browser: FlaskClient, make: Make, app: Flask, sign_in: SignIn
) -> None:
    with app.app_context():
        image_path("x").parent.mkdir(parents=True, exist_ok=True)
        image_path("defect.jpg").write_bytes(b"photo")
    school = make.the_school()
    session.add(
        Attachment(
            stored_name="defect.jpg",
            media_type="image/jpeg",
            width=1,
            height=1,
            size=5,
            institution_id=school.id,
            created_at=make.account(Role.TEACHER).created_at,
        )
    )
    session.commit()
    assert browser.get("/covers/defect.jpg").status_code == 404


def test_labels_lead_to_the_page_of_each_copy(
    browser: FlaskClient, make: Make, holding: Holding, path: str, app: Flask
) -> None:
    first, second = holding.copies[0], make.copy(holding, barcode='A"/><script>')
    page = browser.get(f"{path}/labels")
    assert page.text.count("<svg viewBox") == 2 or page.text.count("<path class=") >= 2
    assert "<script>" not in page.text.split("</head>")[1]
    chosen = browser.get(f"{path}/labels?copy={first.id}&copy=999&used=3")
    assert f'<b class="mono">{first.barcode}</b>' in chosen.text
    assert f'<b class="mono">{second.barcode[:2]}' not in chosen.text
    assert chosen.text.count('<li aria-hidden="true">') == 3
    assert browser.get(f"{path}/labels?used=²").status_code == 200


def picture() -> BytesIO:
    written = BytesIO()
    Image.new("RGB", (40, 20), (200, 30, 30)).save(written, "PNG")
    written.seek(0)
    return written
