"""A desk for every test."""

import pytest

from schools.rules.roles import Role
from tests.loans.operations.undoing.desk import Desk
from tests.make import Make


@pytest.fixture
def desk(make: Make) -> Desk:
    make.centre()
    return Desk(make.session, make, make.actor(Role.CENTRE_ADMIN), make.branch())
