"""Loads a programme of events from a TOML file; what is there already stays as it is."""

import re
import tomllib
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from registration.certificates.models import CertificateRule, CertificateRuleSession
from registration.core import clock, czech
from registration.core.db import transaction
from registration.events.models import (
    Audience,
    Event,
    EventKind,
    Format,
    Question,
    QuestionChoice,
    QuestionKind,
    QuestionScope,
    Session,
    SignUp,
    TicketType,
    WaitingListMode,
)
from registration.organisations.errors import IcoTaken, OrganisationExists
from registration.organisations.models import Association
from registration.organisations.operations import add_organisation
from registration.organisations.queries import find_organisation

PROGRAMME_2025 = Path(__file__).with_name("programme-2025.toml")
_AT_LEAST = re.compile(r"at_least_(\d+)_including_([a-z0-9-]+)")
Table = dict[str, Any]


def load_programme(path: Path) -> int:
    """Load the association, libraries and events of a file; return how many events are new.

    Events are recognised by their slug, libraries by their name, so running it twice adds nothing. Values under a
    key `demo` are invented; an event that carries them says so on its page.
    """
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    with transaction() as session:
        if session.get(Association, 1) is None:
            session.add(_association(content["association"]))
        for row in content.get("demo_library", []):
            _add_library(row)
        year = min(row["first_day"].year for row in content["event"])
        events = [_event(row) for row in content["event"]]
        events += [_past_event(row, year) for row in content.get("past_event", [])]
        known = set(session.scalars(select(Event.slug)))
        new = [event for event in events if event.slug not in known]
        session.add_all(new)
        session.flush()
        for row, event in zip(content["event"], events, strict=False):
            if event in new:
                session.add_all(_certificate_rules(row, event))
    return len(new)


def _association(row: Table) -> Association:
    return Association(id=1, name=row["name"], **{"purpose": row.get("what", ""), **row.get("demo", {})})


def _add_library(row: Table) -> None:
    name, town = row["name"], row.get("town", "")
    if find_organisation(f"{name}, {town}" if town else name):
        return
    with suppress(OrganisationExists, IcoTaken):  # renamed meanwhile
        add_organisation(
            name=name,
            town=town,
            ico=row.get("ico", ""),
            is_member=row.get("member", False),
            payer_name=row.get("payer", ""),
            payer_ico=row.get("payer_ico", ""),
            by="programme",
        )


def _event(row: Table) -> Event:
    demo = row.get("demo", {})
    event = Event(
        slug=row["slug"],
        code=row.get("code") or _initials(row["title"]),
        series_year=row["first_day"].year,
        title=row["title"],
        kind=EventKind(row["kind"]),
        lead=demo.get("lead", ""),
        city=row.get("city", ""),
        platform=row.get("platform", ""),
        first_on=row["first_day"],
        last_on=row["last_day"],
        sign_up=SignUp(demo.get("sign_up", "here")),
        external_url=demo.get("external_url"),
        sign_up_closes_at=_end_of(demo.get("sign_up_until")),
        changes_close_at=_end_of(demo.get("changes_until")),
        needs_approval=demo.get("needs_approval", False),
        organisation_limit=demo.get("organisation_limit"),
        published_at=clock.now(),
        is_invented=True,
    )
    if event.sign_up is SignUp.HERE:
        event.sessions = [_session(session) for session in row.get("session", [])] or _daily_sessions(row)
        event.ticket_types = _ticket_types(row, event.sessions)
        event.questions = [_question(each, position) for position, each in enumerate(row.get("question", []), start=1)]
        event.waiting_list = _waiting_list(demo, event.ticket_types)
    return event


def _end_of(day: date | None) -> datetime | None:
    """Return the first instant after a day."""
    return clock.to_utc(datetime.combine(day + timedelta(days=1), time())) if day else None


def _past_event(row: Table, year: int) -> Event:
    slug = "-".join(re.findall(r"[a-z0-9]+", czech.fold(row["title"])))
    return Event(
        slug=slug,
        code=_initials(row["title"]),
        series_year=year - 1,  # the page does not say when it was
        title=row["title"],
        kind=EventKind(row["kind"]),
        city=row.get("city", ""),
        sign_up=SignUp.INFO_ONLY,
        published_at=clock.now(),
    )


def _session(row: Table) -> Session:
    demo = row["demo"]
    return Session(
        code=row["code"],
        title=row["title"],
        format=Format(row["format"]),
        starts_at=datetime.combine(row["day"], demo["start"]),
        ends_at=datetime.combine(row["day"], demo["end"]),
        venue=demo.get("venue", ""),
        join_url=demo.get("join_url"),
        capacity=demo.get("capacity"),
        credited_minutes=demo.get("credited_minutes", 0),
    )


def _daily_sessions(row: Table) -> list[Session]:
    """Return one session a day for an event whose days are alike."""
    demo = row["demo"]
    days = [row["first_day"] + timedelta(days=n) for n in range((row["last_day"] - row["first_day"]).days + 1)]
    return [
        Session(
            code=f"den-{number}",
            title=f"{row['title']} – {number}. den" if len(days) > 1 else row["title"],
            format=Format.ONLINE if row.get("platform") else Format.IN_PERSON,
            starts_at=datetime.combine(day, demo["start"]),
            ends_at=datetime.combine(day, demo["end"]),
            join_url=demo.get("join_url"),
            capacity=demo.get("capacity"),
            credited_minutes=demo.get("credited_minutes_a_day", demo.get("credited_minutes", 0)),
        )
        for number, day in enumerate(days, start=1)
    ]


def _ticket_types(row: Table, sessions: list[Session]) -> list[TicketType]:
    by_code = {session.code: session for session in sessions}
    offers = row.get("offer") or [{"code": "UCAST", "sessions": list(by_code), "demo": {"title": "Účast"}}]
    return [
        TicketType(
            code=offer["code"],
            title=offer["demo"]["title"],
            position=position,
            price_member_haler=offer["demo"].get("price_member", 0) * 100,
            price_other_haler=offer["demo"].get("price_other", 0) * 100,
            capacity=offer["demo"].get("capacity"),
            audience=Audience(offer["demo"].get("audience", Audience.EVERYONE)),
            sessions=[by_code[code] for code in offer["sessions"]],
        )
        for position, offer in enumerate(offers, start=1)
    ]


def _waiting_list(demo: Table, ticket_types: list[TicketType]) -> WaitingListMode:
    """Return what the row says; without that, nobody gets a place that costs something without being asked."""
    costs = any(each.price_member_haler or each.price_other_haler for each in ticket_types)
    return WaitingListMode(demo.get("waiting_list", WaitingListMode.OFFER if costs else WaitingListMode.CONFIRM))


def _question(row: Table, position: int) -> Question:
    demo = row["demo"]
    return Question(
        code=row["code"],
        position=position,
        scope=QuestionScope(row.get("scope", QuestionScope.PERSON)),
        kind=QuestionKind(row["kind"]),
        label=demo["label"],
        help=demo.get("help", ""),
        is_required=demo.get("is_required", False),
        delete_after_days=demo.get("delete_after_days"),
        shown_if_code=demo.get("shown_if_code"),
        shown_if_value=demo.get("shown_if_value"),
        choices=[
            QuestionChoice(code=each["code"], label=each["label"], capacity=each.get("capacity"), position=number)
            for number, each in enumerate(demo.get("choices", []), start=1)
        ],
    )


def _certificate_rules(row: Table, event: Event) -> list[CertificateRule]:
    by_code = {session.code: session for session in event.sessions}
    wanted = [certificate["demo"] for certificate in row.get("certificate", [])]
    if not wanted and any(session.credited_minutes for session in event.sessions):
        wanted = [{"title": event.title, "sessions": list(by_code), "rule": "all"}]
    return [_certificate_rule(event, demo, by_code, position) for position, demo in enumerate(wanted, start=1)]


def _certificate_rule(event: Event, demo: Table, by_code: dict[str, Session], position: int) -> CertificateRule:
    partial = _AT_LEAST.fullmatch(demo["rule"])
    required = {partial[2]} if partial else set(demo["sessions"])
    return CertificateRule(
        event=event,
        title=demo["title"],
        position=position,
        minimum_sessions=int(partial[1]) if partial else len(demo["sessions"]),
        sessions=[
            CertificateRuleSession(session=by_code[code], is_required=code in required) for code in demo["sessions"]
        ],
    )


def _initials(title: str) -> str:
    return "".join(word[0] for word in czech.fold(title).split()).upper()[:8]
