"""The words in braces that a message to a group has filled in for each person: `{jmeno}`, `{odkaz}`."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Placeholder:
    """A word in braces, by its Czech and its English name; the organizer may write either."""

    czech: str
    english: str


PLACEHOLDERS = (
    Placeholder("jmeno", "name"),
    Placeholder("krestni", "given_name"),
    Placeholder("prijmeni", "family_name"),
    Placeholder("knihovna", "library"),
    Placeholder("akce", "event"),
    Placeholder("varianta", "ticket_type"),
    Placeholder("termin", "dates"),
    Placeholder("misto", "place"),
    Placeholder("prihlaska", "number"),
    Placeholder("odkaz", "link"),
    Placeholder("stranka", "event_page"),
)
_IN_BRACES = re.compile(r"\{([^{}\s]{1,40})\}")
_ENGLISH = {name: each.english for each in PLACEHOLDERS for name in (each.czech, each.english)}


def unknown(text: str) -> list[str]:
    """Return the words in braces that nothing stands for, each once, as they were written."""
    return list(dict.fromkeys(name for name in _IN_BRACES.findall(text) if _known(name) is None))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Fill a text in with values by their English names; what nothing stands for stays."""

    def value(found: re.Match[str]) -> str:
        name = _known(found[1])
        return found[0] if name is None else values[name]

    return _IN_BRACES.sub(value, text)


def _known(name: str) -> str | None:
    """Return the English name; capitals and diacritics do not matter, `{Jméno}` is meant well."""
    letters = unicodedata.normalize("NFKD", name.lower())
    return _ENGLISH.get("".join(letter for letter in letters if not unicodedata.combining(letter)))
