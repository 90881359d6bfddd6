"""This request as an attempt at something that must not be guessed."""

from flask import request

from app.passwords import keyed_hash
from schools.operations.sign_in import Attempt
from schools.rules.sign_in_delays import WITH_A_NAME, WITH_AN_ADDRESS, Patience


def attempt_of(purpose: str, name: str, with_name: Patience = WITH_A_NAME) -> Attempt:
    """Return this request as an attempt at something with a name."""
    address = request.remote_addr or ""
    return Attempt(
        keyed_hash(f"{purpose}:name", name), keyed_hash(f"{purpose}:address", address), with_name
    )


def nameless_attempt(purpose: str) -> Attempt:
    """Return this request as an attempt at something that has no name: its address stands for it.

    A whole school shares an address, so failing is free as often as for one.
    """
    return attempt_of(purpose, request.remote_addr or "", WITH_AN_ADDRESS)
