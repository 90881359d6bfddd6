"""The migrations and the mapped classes say the same."""

import importlib
import pkgutil

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from database.base import Base
from database.migrate import configuration, is_current, migrate


def load_every_model() -> None:
    for package in ("schools", "catalogue", "loans"):
        models = importlib.import_module(f"{package}.models")
        for module in pkgutil.iter_modules(models.__path__):
            importlib.import_module(f"{package}.models.{module.name}")
    for module_name in ("audit", "idempotency", "job_runs"):
        importlib.import_module(f"database.{module_name}")


@pytest.mark.both_stores
def test_a_migrated_store_is_what_the_models_say(engine: Engine) -> None:
    load_every_model()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(configuration(None)).get_heads()) == 1


@pytest.mark.both_stores
def test_migrating_again_changes_nothing(engine: Engine) -> None:
    assert is_current(engine)
    migrate(engine)
    assert is_current(engine)


@pytest.mark.both_stores
def test_every_version_can_be_taken_back(engine: Engine) -> None:
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        command.downgrade(configuration(connection), "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    migrate(engine)
    assert is_current(engine)
