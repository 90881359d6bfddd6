"""What the driver says reaches callers as errors of the index."""

from unittest.mock import MagicMock

import psycopg
import pytest
from sqlalchemy import Engine

from search_index.errors import IndexUnavailableError, IndexWriteError, SearchIndexError
from search_index.postgres_state import writing


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (psycopg.errors.DiskFull("no space left"), IndexWriteError),
        (psycopg.errors.UndefinedTable("no such table"), IndexUnavailableError),
    ],
)
def test_a_copy_that_fails_is_an_error_of_the_index(
    said: psycopg.Error, expected: type[SearchIndexError]
) -> None:
    database = MagicMock(spec=Engine)
    database.connect.return_value.__exit__.return_value = False

    with pytest.raises(expected), writing(database, 0):
        raise said
