"""One crowd at a time: two of them on two cores wait for each other's seconds."""

import fcntl
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Wait until no other worker of this run has a crowd."""
    with (tmp_path_factory.getbasetemp().parent / "crowd.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
