"""Keys in addresses that the store could not hold."""

import re

import pytest
from flask import Flask

from app.routing import HIGHEST_KEY
from schools.rules.roles import Role
from tests.app.conftest import AsRole

INT = re.compile(r"<int:[^>]+>")
NOT_THERE = {404, 405}
"""Werkzeug says 405 where the address has other methods too."""

PLACE = re.compile(r"<[^>]+>")


@pytest.mark.parametrize("key", [HIGHEST_KEY + 1, 10**25])
def test_a_key_beyond_the_stores_is_not_found(app: Flask, as_role: AsRole, key: int) -> None:
    client = as_role(Role.SYSTEM_ADMIN)
    rules = [rule for rule in app.url_map.iter_rules() if INT.search(rule.rule)]
    asked = [
        (method, PLACE.sub("1", INT.sub(str(key), rule.rule)))
        for rule in rules
        for method in ("GET", "POST")
        if method in (rule.methods or ())
    ]
    found = {each: client.open(each[1], method=each[0]).status_code for each in asked}
    assert {each: status for each, status in found.items() if status not in NOT_THERE} == {}
