"""A teacher with a browser, and the link of their own calendar."""

import pytest
from flask.testing import FlaskClient

from loans.models.feed import FeedKind
from schools.models.account import Account
from tests.app.conftest import SignIn
from tests.app.feeds.reading import link_on, make_feed
from tests.make import Make


@pytest.fixture
def teacher(make: Make) -> Account:
    return make.account()


@pytest.fixture
def browser(teacher: Account, sign_in: SignIn) -> FlaskClient:
    return sign_in(teacher)


@pytest.fixture
def own_link(browser: FlaskClient, teacher: Account, make: Make) -> str:
    person_id = teacher.person_id
    make.session.rollback()
    return link_on(browser, make_feed(browser, FeedKind.PERSON, person_id))
