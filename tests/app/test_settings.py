"""Settings: defaults that run, all faults at once, and what production refuses."""

import stat
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from app.settings import PREFIX, Settings, SettingsError, read_settings

STRONG = "w8Zr-Qf3nB_7xKd1LmV5tYp0sHcJ2uGe"
DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"


def faults_of(tmp_path: Path, **variables: str) -> tuple[str, ...]:
    environment = {f"{PREFIX}DATA": str(tmp_path), **variables}
    with pytest.raises(SettingsError) as refused:
        read_settings(environment)
    return refused.value.faults


def production(tmp_path: Path, **changes: str) -> dict[str, str]:
    return {
        f"{PREFIX}DATA": str(tmp_path),
        f"{PREFIX}PRODUCTION": "on",
        f"{PREFIX}PUBLIC_URL": "https://medien.example",
        f"{PREFIX}SECRET_KEY": STRONG,
        **changes,
    }


def test_without_any_variable_but_the_folder_it_runs(tmp_path: Path) -> None:
    settings = read_settings({f"{PREFIX}DATA": str(tmp_path / "data")})
    assert settings.store_url == f"sqlite:///{tmp_path}/data/store.sqlite"
    assert settings.index_folder.is_dir()
    assert not settings.production


def test_a_missing_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    first = read_settings({f"{PREFIX}DATA": str(tmp_path)})
    again = read_settings({f"{PREFIX}DATA": str(tmp_path)})
    assert len(first.secret_key) >= 32
    assert again.secret_key == first.secret_key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_folders_are_closed_to_others(tmp_path: Path) -> None:
    settings = read_settings({f"{PREFIX}DATA": str(tmp_path / "data")})
    for folder in (settings.data, settings.index_folder, settings.uploads_folder):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_values_are_read_by_type(tmp_path: Path) -> None:
    settings = read_settings(
        {
            f"{PREFIX}DATA": str(tmp_path),
            f"{PREFIX}TODAY": "2026-11-23",
            f"{PREFIX}DEMO": "yes",
            f"{PREFIX}PROCESSES": "3",
        }
    )
    assert (settings.today, settings.demo, settings.processes) == (date(2026, 11, 23), True, 3)


def test_what_only_the_tests_read_does_not_hinder(tmp_path: Path) -> None:
    variables = {f"{PREFIX}DATA": str(tmp_path), f"{PREFIX}TEST_POSTGRES": "postgresql://x"}
    assert read_settings(variables).data == tmp_path


def test_all_faults_are_listed_at_once(tmp_path: Path) -> None:
    faults = faults_of(
        tmp_path,
        MEDIENBRUECKE_PROCESSES="many",
        MEDIENBRUECKE_TODAY="tomorrow",
        MEDIENBRUECKE_DEMO="perhaps",
        MEDIENBRUECKE_PRODUKTION="on",
    )
    assert [fault.split()[0] for fault in sorted(faults)] == [
        "MEDIENBRUECKE_DEMO",
        "MEDIENBRUECKE_PROCESSES",
        "MEDIENBRUECKE_PRODUKTION",
        "MEDIENBRUECKE_TODAY",
    ]


@pytest.mark.parametrize("url", ["ftp://medien.example", "medien.example", "https://a.example/b"])
def test_the_public_address_is_a_plain_web_address(tmp_path: Path, url: str) -> None:
    assert "PUBLIC_URL" in faults_of(tmp_path, MEDIENBRUECKE_PUBLIC_URL=url)[0]


@pytest.mark.parametrize("name", ["PROCESSES", "SESSION_IDLE_MINUTES", "SMTP_PORT"])
def test_a_number_of_zero_is_refused_where_it_makes_no_sense(tmp_path: Path, name: str) -> None:
    assert name in faults_of(tmp_path, **{f"{PREFIX}{name}": "0"})[0]


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot be written"):
        read_settings({f"{PREFIX}DATA": str(tmp_path / "file" / "below")})


def test_a_sound_production_starts(tmp_path: Path) -> None:
    assert read_settings(production(tmp_path)).https


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
        ({f"{PREFIX}SECRET_KEY": ""}, "SECRET_KEY"),
        ({f"{PREFIX}SECRET_KEY": "short"}, "SECRET_KEY"),
        ({f"{PREFIX}SECRET_KEY": "a" * 64}, "SECRET_KEY"),
        ({f"{PREFIX}SECRET_KEY": "please-change-me-0123456789abcdefgh"}, "SECRET_KEY"),
        ({f"{PREFIX}PUBLIC_URL": "http://medien.example"}, "PUBLIC_URL"),
        ({f"{PREFIX}DEMO": "on"}, "DEMO"),
        ({f"{PREFIX}TODAY": "2026-11-23"}, "TODAY"),
    ],
    ids=lambda value: None if isinstance(value, str) else "&".join(value),
)
def test_production_refuses(tmp_path: Path, changes: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings(production(tmp_path, **changes))
    assert len(refused.value.faults) == 1
    assert named in refused.value.faults[0]


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o704])
def test_production_refuses_an_index_folder_open_to_others(tmp_path: Path, mode: int) -> None:
    index = tmp_path / "index"
    index.mkdir()
    index.chmod(mode)
    with pytest.raises(SettingsError, match="chmod 700"):
        read_settings(production(tmp_path))


def test_every_setting_is_documented_with_its_default() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|\n ").split("|")]
        for line in DOCUMENT.read_text("utf-8").splitlines()
        if line.startswith("| `MEDIENBRUECKE_")
    ]
    documented = {row[0].strip("`"): row[1].strip("`") for row in rows}
    wanted = {PREFIX + each.name.upper(): as_written(each.default) for each in fields(Settings)}
    assert documented == wanted


def as_written(default: object) -> str:
    if isinstance(default, bool):
        return "on" if default else "off"
    return "empty" if default in {None, ""} else str(default)
