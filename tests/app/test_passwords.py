"""Hashes of passwords and of addresses."""

from statistics import median
from time import process_time

from argon2 import PasswordHasher
from flask import Flask

from app.passwords import HASH_OF_NOBODY, hash_password, is_outdated, is_password, keyed_hash
from tests.effort import times


def test_a_password_fits_its_hash_only() -> None:
    kept = hash_password("drei-kleine-wolken")
    assert is_password("drei-kleine-wolken", kept)
    assert not is_password("drei-kleine-wolken ", kept)
    assert not is_password("drei-kleine-wolken", None)
    assert not is_password("drei-kleine-wolken", "not a hash")


def test_a_hash_holds_neither_password_nor_a_repeated_salt() -> None:
    one, other = hash_password("drei-kleine-wolken"), hash_password("drei-kleine-wolken")
    assert one != other
    assert one.startswith("$argon2id$")
    assert "wolken" not in one


def test_older_parameters_are_noticed() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x")
    assert is_outdated(weak)
    assert not is_outdated(hash_password("x"))
    assert not is_outdated(HASH_OF_NOBODY)


def test_an_unknown_name_takes_as_long_as_a_wrong_password() -> None:
    kept = hash_password("drei-kleine-wolken")
    spent: dict[str | None, list[float]] = {kept: [], None: []}
    for _ in range(times(ci=7, soak=200)):
        for password_hash, seconds in spent.items():
            begun = process_time()
            is_password("vier-kleine-wolken", password_hash)
            seconds.append(process_time() - begun)
    fast, slow = sorted(median(seconds) for seconds in spent.values())
    assert slow < fast * 1.5


def test_keyed_hashes_differ_by_purpose_and_value(app: Flask) -> None:
    with app.app_context():
        found = {keyed_hash(purpose, value) for purpose in "ab" for value in "xy"}
        assert keyed_hash("a", "x") in found
    assert len(found) == 4
