"""Every text a reader sees is there in German, and the catalogue is what the code says."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translate", ROOT / "tools" / "translate.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


TOOL = load_tool()


@pytest.fixture(scope="module")
def german() -> Catalog:
    with TOOL.CATALOGUE.open("rb") as file:
        return read_po(file, locale="de")


def test_no_text_lacks_its_german(german: Catalog) -> None:
    assert TOOL.untranslated(german) == []


def test_the_catalogue_holds_exactly_the_texts_of_code_and_templates(german: Catalog) -> None:
    in_code = {message.id for message in TOOL.read_sources() if message.id}
    assert {message.id for message in german if message.id} == in_code


def test_a_translation_keeps_every_placeholder(german: Catalog) -> None:
    for message in german:
        if isinstance(message.id, str):
            english, translated = message.id, str(message.string)
            assert set(PLACEHOLDER.findall(english)) == set(PLACEHOLDER.findall(translated))


def test_german_addresses_readers_with_sie(german: Catalog) -> None:
    familiar = re.compile(r"\b(du|dein|deine|deinen|dich|dir)\b", re.IGNORECASE)
    assert [str(each.string) for each in german if familiar.search(str(each.string))] == []
