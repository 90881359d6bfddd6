"""Who stands behind the desk."""

import pytest

from schools.rules.roles import Role
from tests.app.conftest import AsRole
from tests.app.desk.scanning import HttpDesk
from tests.make import Make


@pytest.fixture
def counter(make: Make, as_role: AsRole) -> HttpDesk:
    """Staff of the first centre at a browser."""
    make.centre()
    return HttpDesk(make, as_role(Role.STAFF))
