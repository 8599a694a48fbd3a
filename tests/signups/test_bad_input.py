"""Whatever is sent to the sign-up form: a clear answer, never a failure, and nothing stored that was not right."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from registration.core.db import Base, db
from registration.core.limits import limiter
from registration.events.models import Event, QuestionKind, QuestionScope
from registration.signups.models import Order, Registration
from tests.reviewing import ReviewingClient
from tests.signups.sign_up_forms import ADDRESS, COLLEAGUE, FILLED_IN, ask, people, summary_of

pytestmark = [pytest.mark.slow, pytest.mark.shown]

RIGHT = FILLED_IN | COLLEAGUE
NAMES = ("orderer_name", "organisation", "people-0-given_name", "people-0-family_name", "people-1-title_before")
BAD_TEXTS = [
    "", " ", "\u00a0", "\t", "x" * 10_000, "ž" * 10_000, "🎉", "👩🏽‍💻", "Ada 🎉 Hora", "\u202eadA", "\u200fאדה",
    "مرحبا", "<script>alert(1)</script>", "{{ 7 * 7 }}", "%(number)s", "Ada\r\nBcc: eve@x.example", "a\nb", "\x00",
    "A\x00da", "\x1b[31m", "\ufeffAda", "\ufffd", "%FF", "\u2028", "' OR 1=1 --", "=cmd|' /C calc'!A0", "null",
    "true", "[]", "{}", "-1", "0", "1e999", "99999999999999999999", "NaN", "VIP", "AI ", "ai", "yes", "a@b", "@",
    "a@b@c.example", "a@x.example\r\nBcc: b@x.example", "jiří@knihovna.example", "ada@" + "x" * 300 + ".example",
    "1. 1. 0000", "31. 2. 2025", "2025-02-31", "٣", "½"
]  # fmt: skip
KNOWN_NAMES = [
    *RIGHT, "people-0-title_before", "people-0-title_after", "without_organisation", "takes_fewer", "no_waiting",
    "pozvanka", "form_token", "website", "checked_email", "add", "remove", "correct", *(f"{prefix}q_{kind.value}"
    for prefix in ("", "people-0-", "people-1-") for kind in QuestionKind)
]  # fmt: skip
STRANGE_NAMES = [
    "people", "people-", "people-0", "people-0-", "people--1-given_name", "people-1000-given_name",
    "people-999-given_name", "people-00-given_name", "people-٣-given_name", "people-0-given_name-0",
    "people-0-form", "people-0-csrf_token", "people-0-q_", "people-0-q_x", "q_x", "q_" + "x" * 41,
    "people-0-ticket_type[]", "csrf_token", "__proto__", "event_id", "price_haler", "status"
]  # fmt: skip
CONTENT_TYPES = [
    "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x", "text/plain",
    "application/json", "application/xml", "", "\u017e"
]  # fmt: skip
Form = list[tuple[bytes, bytes]]

every_example = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
bad_texts = st.one_of(
    st.text(max_size=40),
    st.sampled_from(BAD_TEXTS),
).map(lambda text: text.encode("utf-8", "surrogatepass"))
bad_values = st.one_of(bad_texts, st.binary(max_size=30))
known_names = st.sampled_from(KNOWN_NAMES)
strange_names = st.one_of(
    st.sampled_from(STRANGE_NAMES),
    st.text(max_size=20),
    st.builds("people-{}-{}".format, st.integers(-3, 1200), st.sampled_from(["email", "q_text", "__class__", ""])),
)
changes = st.lists(st.tuples(known_names | strange_names, bad_values), max_size=6)


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """Give a form that was right once: some of it left out, some of it spoilt, some of it strange."""
    left_out = draw(st.sets(st.sampled_from(list(RIGHT)), max_size=3))
    fields = [(name.encode(), value.encode()) for name, value in RIGHT.items() if name not in left_out]
    for name, value in draw(changes):
        encoded = name.encode("utf-8", "surrogatepass")
        if draw(st.booleans()):
            fields = [(other, kept) for other, kept in fields if other != encoded]
        fields.append((encoded, value))
    return fields


@pytest.fixture
def asking(academy: Event) -> Iterator[Event]:
    """Give an event with questions of all kinds, some for each person and some for the order; nobody is limited."""
    limiter.enabled = False
    for position, kind in enumerate(QuestionKind):
        scope = QuestionScope.ORDER if position % 2 else QuestionScope.PERSON
        ask(academy.id, kind.value, kind, ("a", 1), ("b", None), scope=scope, position=position)
    yield academy
    limiter.enabled = True


def stored() -> dict[str, int]:
    """Count the rows of every table."""
    db.session.rollback()
    counts = [select(func.count()).select_from(table).scalar_subquery() for table in Base.metadata.sorted_tables]
    names = [table.name for table in Base.metadata.sorted_tables]
    return dict(zip(names, db.session.execute(select(*counts)).one(), strict=True))


def check(client: ReviewingClient, before: dict[str, int], **sent: Any) -> None:
    """Post something and see that it is stored rightly, or not at all and for a reason that is told."""
    response = client.post(ADDRESS, **sent)
    assert response.status_code < 500
    if response.status_code == 303:
        check_stored()
        return
    assert stored() == before
    if response.status_code in {409, 422}:
        assert summary_of(response.get_data(as_text=True))


def check_stored() -> None:
    """See that names and addresses are such as can stand in a letter."""
    order = db.session.scalars(select(Order).order_by(Order.id.desc())).first()
    assert order
    texts = [order.orderer_name, order.orderer_email, order.organisation_name]
    for person in db.session.scalars(select(Registration).where(Registration.order_id == order.id)):
        assert person.given_name
        assert person.family_name
        assert re.fullmatch(r"[!-~]+@[^\s@<>]+", person.email)
        texts += [person.given_name, person.family_name, person.title_before, person.title_after, person.email]
    for text in texts:
        assert text == " ".join(text.split())
        assert not re.search("[<>]|://", text)
        assert not [letter for letter in text if unicodedata.category(letter) in {"Cc", "Cn", "Co", "Cs", "Zl", "Zp"}]


def body_of(form: Form) -> bytes:
    return "&".join(f"{quote_from_bytes(name)}={quote_from_bytes(value)}" for name, value in form).encode()


def parts_of(form: Form, boundary: bytes) -> bytes:
    """Return the form as multipart/form-data; names that would break out of their header are left out."""
    parts = [
        b'--%b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (boundary, name, value)
        for name, value in form
        if not re.search(rb'[\r\n"\\]', name)
    ]
    return b"".join(parts) + b"--%b--\r\n" % boundary


@every_example
@given(form=forms())
@example(form=[])
@example(form=[(b"add", b"1")])
@example(form=[(name.encode(), b"") for name in RIGHT])
@example(form=[(name.encode(), b"x" * 10_000) for name in RIGHT])
def test_spoilt_form_gets_a_clear_answer(asking: Event, client: ReviewingClient, form: Form) -> None:
    check(client, stored(), data=body_of(form), content_type="application/x-www-form-urlencoded")


@every_example
@given(form=forms())
def test_spoilt_form_in_parts_gets_a_clear_answer(asking: Event, client: ReviewingClient, form: Form) -> None:
    boundary = b"----prezence"
    check(
        client,
        stored(),
        data=parts_of(form, boundary),
        content_type=f"multipart/form-data; boundary={boundary.decode()}",
    )


@every_example
@given(
    body=st.binary(max_size=200),
    content_type=st.sampled_from(CONTENT_TYPES),
)
def test_what_is_no_form_at_all_gets_a_clear_answer(
    asking: Event, client: ReviewingClient, body: bytes, content_type: str
) -> None:
    check(client, stored(), data=body, content_type=content_type.encode("utf-8").decode("latin-1"))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("raw", [b"\xff", b"Ada\xe1", b"\xed\xa0\x80", b"A\xc0\x80"])
def test_bytes_that_are_no_letters_are_not_stored(
    asking: Event, client: ReviewingClient, name: str, raw: bytes
) -> None:
    form = [(key.encode(), value.encode()) for key, value in RIGHT.items() if key != name]
    before = stored()
    urlencoded = body_of([*form, (name.encode(), raw)])
    parts = parts_of([*form, (name.encode(), raw)], b"x")
    for body, content_type in (
        (urlencoded, "application/x-www-form-urlencoded"),
        (parts, "multipart/form-data; boundary=x"),
    ):
        assert client.post(ADDRESS, data=body, content_type=content_type).status_code == 422
    assert stored() == before


@pytest.mark.parametrize("count", [21, 300, 1000])
def test_too_many_people_are_told_so(asking: Event, client: ReviewingClient, count: int) -> None:
    before = stored()
    response = client.post(ADDRESS, data=FILLED_IN | people(count))
    assert response.status_code == 422
    assert summary_of(response.get_data(as_text=True))
    assert stored() == before


def test_files_in_the_place_of_words_are_as_if_nothing_was_sent(
    app: Flask, asking: Event, client: ReviewingClient
) -> None:
    before = stored()
    boxes = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="a.txt"\r\n\r\nAda\r\n' for name in RIGHT
    )
    response = client.post(ADDRESS, data=f"{boxes}--x--\r\n", content_type="multipart/form-data; boundary=x")
    assert response.status_code == 422
    assert stored() == before


def test_endless_form_is_refused(asking: Event, client: ReviewingClient) -> None:
    before = stored()
    assert client.post(ADDRESS, data=RIGHT | {"organisation": "x" * 2_000_000}).status_code == 413
    assert stored() == before
