"""`medienbruecke demo` fills once, says how to sign in, and leaves other people's stores alone."""

import subprocess
from pathlib import Path

import pytest

from app.demo.logins import LOGINS
from tests.make import MONDAY, Make
from tests.serving import COMMAND, environment

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


def _demo(data: Path, url: str, **settings: str) -> subprocess.CompletedProcess[str]:
    variables = environment(data, url, {"today": MONDAY.isoformat()} | settings)
    return subprocess.run(
        [COMMAND, "demo", "--no-serve"],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_fills_an_empty_store_finds_it_again_and_can_be_searched(
    tmp_path: Path, store_url: str
) -> None:
    first, again = _demo(tmp_path, store_url), _demo(tmp_path, store_url)
    assert first.returncode == again.returncode == 0, first.stderr
    assert "Filled in" in first.stdout
    assert "Filled in" not in again.stdout
    assert (tmp_path / "index").exists()
    for answer in (first, again):
        assert LOGINS.password in answer.stdout
        assert all(login.name in answer.stdout for login in LOGINS.logins)


def test_it_does_not_touch_a_store_in_use(tmp_path: Path, store_url: str, make: Make) -> None:
    make.centre("Medienzentrum Neustadt")
    answer = _demo(tmp_path, store_url)
    assert answer.returncode == 1
    assert "in use" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_production_shows_no_demo(tmp_path: Path, store_url: str) -> None:
    answer = _demo(tmp_path, store_url, production="on")
    assert answer.returncode == 1
    assert "MEDIENBRUECKE_DEMO" in answer.stderr
