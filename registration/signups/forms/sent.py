"""What came with a sign-up form, before anybody looks at what it says: only fields it has, people numbered from 0."""

import re
from collections.abc import Iterator

from werkzeug.datastructures import MultiDict

from registration.signups import rules
from registration.signups.forms.fields import UNREADABLE, tidy
from registration.signups.forms.guards import HONEYPOT_FIELD, TOKEN_FIELD

MOST_PEOPLE = 20
CHECKED_FIELD = "checked_email"  # an address that looked mistyped and was asked about
INVITATION_FIELD = "pozvanka"
# Code points that no page may hold (HTML, 13.2.3.5); where they come from, something was no text.
_NO_CHARACTERS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_QUESTION = r"q_[\w-]{1,40}"
_PERSON = re.compile(
    rf"people-([0-9]{{1,3}})-(title_before|given_name|family_name|title_after|email|ticket_type|{_QUESTION})", re.ASCII
)
_ORDER = re.compile(
    rf"orderer_name|orderer_email|organisation|without_organisation|takes_fewer|no_waiting|{_QUESTION}|"
    rf"{TOKEN_FIELD}|{HONEYPOT_FIELD}|{CHECKED_FIELD}|{INVITATION_FIELD}",
    re.ASCII,
)


def read_sent(form: MultiDict[str, str]) -> MultiDict[str, str]:
    """Return the fields of a sent form; of too many people one more than may be, so that it is noticed.

    What is no character becomes one that says so, and that no box takes.
    """
    numbers = sorted({number for number, _ in _people_fields(form)})
    positions = {number: position for position, number in enumerate(numbers[: MOST_PEOPLE + 1])}
    sent = MultiDict[str, str]()
    for name, values in form.lists():
        found = _PERSON.fullmatch(name)
        if found and int(found[1]) in positions:
            name = f"people-{positions[int(found[1])]}-{found[2]}"
        elif not _ORDER.fullmatch(name):
            continue
        sent.setlistdefault(name).extend(_NO_CHARACTERS.sub(UNREADABLE, value) for value in values)
    return sent


def count_people(form: MultiDict[str, str]) -> int:
    """Count the people a sent form is for, at least one."""
    return max(len({number for number, _ in _people_fields(form)}), 1)


def without_person(sent: MultiDict[str, str], position: int) -> MultiDict[str, str]:
    """Return a sent form without one of its people; the last one stays, with empty boxes."""
    gone = f"people-{position}-"
    return read_sent(MultiDict((name, value) for name, value in sent.items(multi=True) if not name.startswith(gone)))


def with_likely_email(sent: MultiDict[str, str], mistyped: str) -> MultiDict[str, str]:
    """Return a sent form in which a mistyped address has become the one that was probably meant."""
    likely = rules.likely_email(mistyped) or mistyped
    is_meant = {name for name in sent if name == "orderer_email" or name.endswith("-email")}
    return MultiDict(
        (name, likely if name in is_meant and tidy(value) == mistyped else value)
        for name, value in sent.items(multi=True)
    )


def _people_fields(form: MultiDict[str, str]) -> Iterator[tuple[int, str]]:
    for name in form:
        found = _PERSON.fullmatch(name)
        if found:
            yield int(found[1]), found[2]
