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
from tests import polite

CATALOGUE = PROJECT / "registration/translations/cs/LC_MESSAGES/messages.po"
FAMILIAR_CATALOGUE = PROJECT / "registration/translations/cs@tykani/LC_MESSAGES/messages.po"
SPEAKING = ["registration", "templates", "templates/_layout", "templates/_components"]
FAMILIAR = re.compile(r"\b(vyplň|zadej|tvůj|tvoje|můžeš|přihlas se|tě|ti)\b", re.IGNORECASE)
GENDERED = re.compile(r"\b(přihlášen|registrován|odhlášen|potvrzen)/a\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def czech() -> Catalog:
    return read_po(io.BytesIO(CATALOGUE.read_bytes()), locale="cs")


@pytest.fixture(scope="module")
def familiar() -> Catalog:
    return read_po(io.BytesIO(FAMILIAR_CATALOGUE.read_bytes()), locale="cs")


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


def test_placeholders_survive_translation(czech: Catalog, familiar: Catalog) -> None:
    for message in [*czech, *familiar]:
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


def test_whoever_is_addressed_familiarly_reads_nothing_polite(czech: Catalog, familiar: Catalog, said: Catalog) -> None:
    left = [
        message.id
        for message in said
        if message.id and not is_exempt(message)
        for sentence in forms(familiar.get(message.id) or czech[message.id])
        if polite.polite_words(sentence)
    ]
    assert left == []


def test_texts_that_stay_polite_are_still_there(said: Catalog) -> None:
    assert {first_form(message) for message in said} >= polite.MESSAGES


def test_familiar_catalogue_holds_only_what_differs(czech: Catalog, familiar: Catalog) -> None:
    for message in familiar:
        if message.id:
            polite_form = czech.get(message.id)
            assert polite_form is not None, message.id
            assert len(forms(polite_form)) == len(forms(message)), message.id
            assert forms(polite_form) != forms(message), message.id
            assert not message.fuzzy, message.id
            for sentence in forms(message):
                assert sentence, message.id
                assert not polite.polite_words(sentence), sentence
                assert not GENDERED.search(sentence), sentence


def is_exempt(message: Message) -> bool:
    return first_form(message) in polite.MESSAGES or all(polite.PLACES.match(place) for place, _ in message.locations)


def first_form(message: Message) -> str:
    return str(message.id[0] if isinstance(message.id, (tuple, list)) else message.id)
