"""One effect and one answer, however often a request arrives."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from catalogue.models.title import Title
from database.idempotency import (
    IdempotencyKey,
    KeyReusedError,
    Request,
    claim,
    digest_of,
    forget_old,
    keep,
)
from database.unit_of_work import unit_of_work
from tests.effort import times
from tests.make import NOW, Make

pytestmark = pytest.mark.both_stores

DIGEST = digest_of("/bookings", [("holding", "1")])


def test_a_repeat_gets_the_first_answer(session: Session) -> None:
    request = Request("account:1", "a", DIGEST)
    with unit_of_work(session):
        assert claim(session, request, NOW) is None
        keep(session, request, {"number": "R-1"})
    with unit_of_work(session):
        assert claim(session, request, NOW) == {"number": "R-1"}


def test_the_key_of_another_person_is_another_key(session: Session) -> None:
    with unit_of_work(session):
        claim(session, Request("account:1", "a", DIGEST), NOW)
    with unit_of_work(session):
        assert claim(session, Request("account:2", "a", DIGEST), NOW) is None


def test_a_key_with_another_request_is_refused(session: Session) -> None:
    with unit_of_work(session):
        claim(session, Request("account:1", "a", DIGEST), NOW)
    other = Request("account:1", "a", digest_of("/bookings", [("holding", "2")]))
    with pytest.raises(KeyReusedError), unit_of_work(session):
        claim(session, other, NOW)


def test_work_that_failed_leaves_its_key_free(session: Session) -> None:
    request = Request("account:1", "a", DIGEST)
    with pytest.raises(ZeroDivisionError), unit_of_work(session):
        claim(session, request, NOW)
        _ = 1 // 0
    with unit_of_work(session):
        assert claim(session, request, NOW) is None


def test_the_digest_tells_fields_apart() -> None:
    assert digest_of("/a", [("b", "c"), ("d", "e")]) == digest_of("/a", [("d", "e"), ("b", "c")])
    assert digest_of("/a", [("b", "cd")]) != digest_of("/a", [("bc", "d")])


def test_keys_are_forgotten_after_a_day(session: Session) -> None:
    with unit_of_work(session):
        claim(session, Request("account:1", "a", DIGEST), NOW)
    with unit_of_work(session):
        assert forget_old(session, NOW + timedelta(hours=23)) == 0
        assert forget_old(session, NOW + timedelta(hours=25)) == 1


def test_eight_posts_at_once_have_one_effect(engine: Engine, make: Make) -> None:
    make.session.rollback()
    for round_ in range(times(ci=3, soak=100)):
        request = Request("account:1", f"key{round_}", DIGEST)
        together = Barrier(8)

        def post(request: Request = request, together: Barrier = together) -> dict[str, object]:
            with Session(engine) as session:
                together.wait()
                with unit_of_work(session):
                    kept = claim(session, request, NOW)
                    if kept is not None:
                        return kept
                    title = Title(name=request.key, media_type="film")
                    title.created_at = title.changed_at = NOW
                    session.add(title)
                    session.flush()
                    answer: dict[str, object] = {"title": title.id}
                    keep(session, request, answer)
                    return answer

        with ThreadPoolExecutor(8) as clients:
            answers = list(clients.map(lambda _: post(), range(8)))
        assert len({str(answer) for answer in answers}) == 1
        with Session(engine) as session:
            query = select(func.count(Title.id)).where(Title.name == request.key)
            assert session.scalar(query) == 1
            assert session.scalar(select(func.count(IdempotencyKey.id))) == round_ + 1
