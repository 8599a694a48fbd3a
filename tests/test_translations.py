"""The Czech catalogue is complete, in step with the code, and speaks in one voice."""

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from registration.core.settings import PROJECT

CATALOGUE = PROJECT / "registration/translations/cs/LC_MESSAGES/messages.po"
SPEAKING = ["registration", "templates", "templates/_layout", "templates/_components"]
FAMILIAR = re.compile(r"\b(vyplň|zadej|tvůj|tvoje|můžeš|přihlas se|tě|ti)\b", re.IGNORECASE)
GENDERED = re.compile(r"\b(přihlášen|registrován|odhlášen|potvrzen)/a\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def czech() -> Catalog:
    return read_po(io.BytesIO(CATALOGUE.read_bytes()), locale="cs")


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    target = tmp_path_factory.mktemp("messages") / "messages.pot"
    command = [f"{Path(sys.executable).parent}/pybabel", "-q", "extract", "-F", "babel.cfg", "-k", "lazy_gettext"]
    subprocess.run([*command, "-o", str(target), *SPEAKING], cwd=PROJECT, check=True)
    return read_po(io.BytesIO(target.read_bytes()))


def translations(catalogue: Catalog) -> list[str]:
    return [sentence for message in catalogue if message.id for sentence in forms(message)]


def forms(message: Message) -> list[str]:
    """Return a message's translations, one for each plural form."""
    string = message.string
    return [string] if isinstance(string, str) else list(string or [""])


def test_every_message_has_its_czech_and_no_czech_is_left_over(czech: Catalog, said: Catalog) -> None:
    in_code = {message.id for message in said if message.id}
    in_catalogue = {message.id for message in czech if message.id}
    assert in_code - in_catalogue == set()
    assert in_catalogue - in_code == set()


def test_nothing_is_empty_or_doubtful(czech: Catalog) -> None:
    assert [sentence for sentence in translations(czech) if not sentence] == []
    assert [message.id for message in czech if message.id and message.fuzzy] == []


def test_placeholders_survive_translation(czech: Catalog) -> None:
    for message in czech:
        if message.id:
            ids = message.id if isinstance(message.id, (tuple, list)) else [message.id]
            wanted = {name for each in ids for name in re.findall(r"%\((\w+)\)", each)}
            for sentence in forms(message):
                found = set(re.findall(r"%\((\w+)\)", sentence))
                assert found <= wanted, sentence
                assert found >= wanted - {"num"}, sentence


def test_czech_is_polite_and_knows_no_gender(czech: Catalog) -> None:
    for sentence in translations(czech):
        assert not FAMILIAR.search(sentence), sentence
        assert not GENDERED.search(sentence), sentence


def test_number_and_what_it_counts_stay_together(czech: Catalog) -> None:
    for sentence in translations(czech):
        assert not re.search(r"%\(num\)d \w", sentence), sentence
