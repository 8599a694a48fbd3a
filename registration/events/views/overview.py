"""The back office's list of events, the overview of one, and its page as people will see it."""

from flask import render_template
from flask_security import current_user

from registration.accounts.queries import team_event_ids
from registration.certificates import queries as certificates
from registration.core import clock
from registration.events import checklist, queries
from registration.events.notes import notes_on
from registration.events.structured import sharing
from registration.events.views.desk import blueprint
from registration.insight.queries import overview as insight
from registration.signups import queries as signups

_LATEST = 8


@blueprint.get("")
def index() -> str:
    """List the events one works with."""
    events = queries.list_events(team_event_ids(current_user))
    offers = [queries.offer(event, with_invited=True) for event in events]
    return render_template("events/list.html", offers=offers)


@blueprint.get("/akce/<slug>")
def overview(slug: str) -> str:
    """Show how an event fills: figures, what is still missing, sessions, ticket types, the latest people."""
    event = queries.get_event(slug)
    return render_template(
        "events/overview.html",
        event=event,
        offer=queries.offer(event, with_invited=True),
        confirmed_count=signups.count_confirmed(event),
        organisation_count=signups.count_organisations(event),
        days_left=(event.first_on - clock.local_now().date()).days if event.first_on else None,
        latest=signups.list_latest_registrations(event, limit=_LATEST),
        charts=insight.overview(event),
        checklist=checklist.of_event(event, has_certificate=bool(certificates.list_rules(event))),
        notes=notes_on(queries.days_of(event), besides=event.id),
    )


@blueprint.get("/akce/<slug>/odpovedi")
def answers(slug: str) -> str:
    """Show how many of the people who have a place answered what."""
    event = queries.get_event(slug)
    return render_template(
        "events/answers.html",
        event=event,
        offer=queries.offer(event, with_invited=True),
        tallies=signups.count_answers(event),
        confirmed_count=signups.count_confirmed(event),
    )


@blueprint.get("/akce/<slug>/nahled")
def preview(slug: str) -> str:
    """Show the public page of an event, also of one that is still a draft."""
    event = queries.get_event(slug)
    offer, picture = queries.offer(event), queries.find_picture(event)
    return render_template(
        "events/event.html",
        offer=offer,
        sharing=sharing(offer, picture),
        certificates=[certificates.describe_rule(rule) for rule in certificates.list_rules(event)],
        picture=picture,
        is_preview=True,
    )
