"""The letter that an organizer writes to many people at once, filled in for each."""

from registration.core import i18n, markdown
from registration.events.queries import Itinerary, itinerary
from registration.mail.composition import Content, address, unsubscribing
from registration.signups.letters.content import LIVE, about, find_person
from registration.signups.messaging import GroupMessage, find_group_message
from registration.signups.models import Registration, RegistrationStatus
from registration.signups.placeholders import fill

_NOBODY = 0  # stands for the recipient of an invitation that is only looked at


def group_message(
    message: int,
    registration: int,
    version: int,
    was_live: bool = True,
    is_try: bool = False,
    invited_address: int = _NOBODY,
) -> Content | None:
    """Write what the organizer wrote; whoever has cancelled since then is not written to.

    Somebody who only tries it out does not get the link of the person it is filled in for.
    """
    found = find_group_message(message)
    person = find_person(registration, version, LIVE if was_live else set(RegistrationStatus))
    if found is None or person is None:
        return None
    dates = itinerary(person.event, person.ticket_type.sessions)
    page = address(f"/akce/{person.event.slug}" if is_try else f"/u/{person.link_token}")
    body = fill(found.body, _for_markdown(_values(person, page, dates)))
    return about(
        person.event,
        person.ticket_type.sessions,
        (),
        title=fill(found.subject, _values(person, page, dates)),
        text=markdown.to_text(body),
        html=markdown.to_html(body),
        is_try=is_try,
        is_invitation=found.is_invitation,
        page=page,
        unsubscribe_page=unsubscribing(invited_address),
        registration=person,
    )


def said_to(person: Registration, message: GroupMessage) -> tuple[str, str]:
    """Return the subject and the body for a person, to tell whom it says the same."""
    with i18n.in_language(person.order.language):
        values = _values(person, person.link_token, itinerary(person.event, person.ticket_type.sessions))
        return fill(message.subject, values), fill(message.body, values)


def _values(person: Registration, page: str, dates: Itinerary) -> dict[str, str]:
    """Return what stands for each placeholder, by its English name."""
    event = person.event
    return {
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "library": person.organisation_name,
        "event": event.title,
        "ticket_type": person.ticket_type.title,
        "dates": _dates(dates),
        "place": dates.place,
        "number": person.shelf_mark,
        "link": page,
        "event_page": address(f"/akce/{event.slug}"),
    }


def _for_markdown(values: dict[str, str]) -> dict[str, str]:
    """Return values as Markdown takes them: names as they are, addresses as links."""
    pages = {name: f"<{values[name]}>" for name in ("link", "event_page")}
    return {name: markdown.escape(value) for name, value in values.items()} | pages


def _dates(dates: Itinerary) -> str:
    if dates.first_on is None or dates.last_on is None:
        return ""
    online = f" + online {i18n.show_date_list(dates.online_days)}" if dates.online_days else ""
    return i18n.show_date_range(dates.first_on, dates.last_on) + online
