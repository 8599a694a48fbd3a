"""Which box of the sign-up form a refusal is about, so that it is shown beside it."""

from registration.core.errors import Refusal
from registration.signups.errors import (
    AlreadySignedUp,
    ChoiceFull,
    InvitationNeeded,
    MembersOnly,
    OrganisationLimitReached,
    PeopleRefused,
    TicketTypeFull,
    TwiceInOrder,
    UnknownTicketType,
)
from registration.signups.forms.sign_up import SignUpForm

_BOX = {
    UnknownTicketType: "ticket_type",
    TicketTypeFull: "ticket_type",
    MembersOnly: "ticket_type",
    InvitationNeeded: "ticket_type",
    AlreadySignedUp: "email",
    TwiceInOrder: "given_name",
}
SHOWN = (PeopleRefused, ChoiceFull, OrganisationLimitReached)


def show_refusal(form: SignUpForm, refusal: Refusal) -> None:
    """Write a refusal beside the boxes it is about."""
    people = list(form.each_person())
    if isinstance(refusal, PeopleRefused):
        for position in refusal.people:
            box = people[position][_BOX[type(refusal)]]
            box.errors = [refusal.message]
            box.is_signed_up = isinstance(refusal, AlreadySignedUp)
    elif isinstance(refusal, ChoiceFull):
        for place in refusal.people:
            questionnaire = form.questionnaire if place is None else people[place].questionnaire
            questionnaire.refuse(refusal.code, refusal.message)
    else:
        form.organisation.errors = [refusal.message]
