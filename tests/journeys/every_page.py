"""Every page a person can see.

`test_pages` holds this table against the application's routes, so a page that is added must be
entered in its area's module before it can be merged.
"""

from tests.journeys.pages.accounts import ACCOUNTS
from tests.journeys.pages.booking import BOOKING
from tests.journeys.pages.cataloguing import CATALOGUING
from tests.journeys.pages.counter import COUNTER
from tests.journeys.pages.courier import COURIER
from tests.journeys.pages.desk import DESK
from tests.journeys.pages.finding import FINDING
from tests.journeys.pages.keeping import KEEPING
from tests.journeys.pages.letters import LETTERS
from tests.journeys.pages.opening import OPENING
from tests.journeys.pages.overdue import OVERDUE
from tests.journeys.pages.planning import PLANNING
from tests.journeys.pages.public import PUBLIC
from tests.journeys.pages.reserving import RESERVING
from tests.journeys.pages.schools import SCHOOLS
from tests.journeys.pages.waiting import WAITING
from tests.journeys.pages.wishing import WISHING

SIGHTS = (
    *PUBLIC,
    *FINDING,
    *KEEPING,
    *RESERVING,
    *BOOKING,
    *PLANNING,
    *WISHING,
    *WAITING,
    *DESK,
    *COURIER,
    *OVERDUE,
    *CATALOGUING,
    *SCHOOLS,
    *ACCOUNTS,
    *LETTERS,
    *OPENING,
    *COUNTER,
)
