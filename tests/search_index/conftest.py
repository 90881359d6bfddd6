"""An empty index of each kind of engine we have."""

from pathlib import Path

import pytest

from search_index.engine import SearchEngine
from search_index.whoosh_engine import WhooshEngine


@pytest.fixture
def index_folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture(params=["whoosh"])
def index(index_folder: Path) -> SearchEngine:
    index = WhooshEngine(index_folder, lock_wait=1.0)
    index.rebuild([], 0)
    return index
