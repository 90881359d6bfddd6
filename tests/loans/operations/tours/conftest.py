"""Staff of the first centre, a stop of its courier, and the tour of Tuesday."""

import pytest

from loans.models.tour import Tour
from schools.models.media_centre import PickupPlace
from tests.loans.operations.courier import Table, di_nord, table
from tests.make import Make


@pytest.fixture
def staff(make: Make) -> Table:
    return table(make)


@pytest.fixture
def stop(make: Make, staff: Table) -> PickupPlace:
    del staff
    return di_nord(make)


@pytest.fixture
def tour(staff: Table, stop: PickupPlace) -> Tour:
    del stop
    return staff.tour(1)
