"""What one can sign up for."""

from typing import Any

from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import AnyOf, NumberRange, Optional

from registration.core.i18n import lazy_gettext, show_day
from registration.core.web import row_id
from registration.events import facts
from registration.events.forms.base import (
    CHOOSE,
    MOST_PLACES,
    NumberField,
    PriceField,
    StaffForm,
    length,
    tidy,
    worded,
)
from registration.events.forms.sign_up_rules import AUDIENCES
from registration.events.models import Audience, Event, TicketType, Visibility


class TicketTypeForm(StaffForm):
    """A ticket type and the parts it admits to."""

    title = StringField(
        lazy_gettext("Name of the ticket type"),
        [worded(lazy_gettext("Please enter the name.")), length(200)],
        filters=[tidy],
    )
    sessions = SelectMultipleField(lazy_gettext("Admits to"), validate_choice=False)
    audience = SelectField(
        lazy_gettext("For whom"),
        [AnyOf([each.value for each in Audience], CHOOSE)],
        choices=[SelectChoice(audience.value, word) for audience, word in AUDIENCES.items()],
        validate_choice=False,
    )
    capacity = NumberField(
        lazy_gettext("Places of its own"),
        [Optional(), NumberRange(0, MOST_PLACES, lazy_gettext("Please enter a number from 0 to 100,000."))],
    )
    price_member_haler = PriceField(lazy_gettext("Price for member libraries, in crowns"))
    price_other_haler = PriceField(lazy_gettext("Price for others, in crowns"))

    @classmethod
    def sent(cls, event: Event) -> "TicketTypeForm":
        """Return the form as it was sent."""
        return cls()._offering(event)

    @classmethod
    def new(cls, event: Event) -> "TicketTypeForm":
        """Return the form for one more ticket type, which admits to everything."""
        for_members = event.visibility is Visibility.MEMBERS
        form = cls(
            formdata=None,
            sessions=[str(each.id) for each in event.sessions],
            audience=(Audience.MEMBERS if for_members else Audience.EVERYONE).value,
        )
        return form._offering(event)

    @classmethod
    def of(cls, ticket_type: TicketType) -> "TicketTypeForm":
        """Return the form filled in with what holds now."""
        form = cls(
            formdata=None,
            title=ticket_type.title,
            sessions=[str(each.id) for each in ticket_type.sessions],
            audience=ticket_type.audience.value,
            capacity=ticket_type.capacity,
            price_member_haler=ticket_type.price_member_haler,
            price_other_haler=ticket_type.price_other_haler,
        )
        form._offering(ticket_type.event)
        return form.watching(facts.of_ticket_type(ticket_type))

    def change(self) -> dict[str, Any]:
        """Return what the ticket type shall be."""
        return {
            "title": self.title.data,
            "session_ids": {row_id(each) for each in self.sessions.data or () if each.isascii() and each.isdigit()},
            "audience": Audience(self.audience.data),
            "capacity": self.capacity.data,
            "price_member_haler": self.price_member_haler.data,
            "price_other_haler": self.price_other_haler.data,
        }

    def _offering(self, event: Event) -> "TicketTypeForm":
        self.sessions.choices = [
            SelectChoice(str(each.id), f"{each.title} ({show_day(each.day)})") for each in event.sessions
        ]
        return self
