"""What the queries' tests share: how a visitor or a school sees the first centre."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from loans.queries.viewpoint import Viewpoint, Where, viewpoint_of
from schools.rules.roles import Scope
from tests.make import MONDAY, NOW, Make

See = Callable[..., Viewpoint]


@pytest.fixture
def see(session: Session, make: Make) -> See:
    def see(scope: Scope | None = None, **where: int) -> Viewpoint:
        at = Where(**{"centre_id": make.the_centre().id} | where)
        return viewpoint_of(session, scope or Scope(), at, MONDAY, NOW)

    return see
