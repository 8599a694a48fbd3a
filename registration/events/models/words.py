"""The words an event is described with: its kind, where one signs up, who sees it, what is asked."""

from enum import StrEnum


class EventKind(StrEnum):
    """What sort of event it is; decides the wording of its papers."""

    MEETING = "meeting"
    PROGRAMME = "programme"
    WORKSHOP = "workshop"
    CONFERENCE = "conference"
    ASSEMBLY = "assembly"

    @property
    def is_training(self) -> bool:
        """Say whether its paper is a certificate; a meeting or an assembly confirms attendance."""
        return self not in {EventKind.MEETING, EventKind.ASSEMBLY}


class SignUp(StrEnum):
    """Where people sign up."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
    INFO_ONLY = "info_only"


class Visibility(StrEnum):
    """Who finds an event once it is published; before that it is a draft, which only the staff sees."""

    LISTED = "listed"  # in the programme, calendars and feeds
    LINK_ONLY = "link_only"  # whoever has the address
    MEMBERS = "members"  # listed with a mark: only people of member organisations can sign up


class Format(StrEnum):
    """How one takes part in a session."""

    IN_PERSON = "in_person"
    ONLINE = "online"


class WaitingListMode(StrEnum):
    """What happens when a place becomes free."""

    CONFIRM = "confirm"  # the first in line has it
    OFFER = "offer"  # the first in line is asked
    NONE = "none"  # nobody waits


class Audience(StrEnum):
    """Whom a ticket type is for."""

    EVERYONE = "everyone"
    MEMBERS = "members"  # people of member organisations
    INVITED = "invited"  # whoever holds the invitation link
    STUDENTS = "students"


class QuestionScope(StrEnum):
    """Who answers a question."""

    PERSON = "person"
    ORDER = "order"


class QuestionKind(StrEnum):
    """What an answer looks like."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"
    NUMBER = "number"
    DATE = "date"
