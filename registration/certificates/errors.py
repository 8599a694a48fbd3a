"""The ways this room can say no."""

from datetime import datetime

from registration.core.clock import to_local
from registration.core.errors import NotFound, Refusal
from registration.core.i18n import gettext, show_date, show_hours, show_time


class CertificateNotFound(NotFound):
    """No certificate of this number, or not this person's."""

    @property
    def message(self) -> str:
        return gettext("There is no such certificate here.")


class RuleNotFound(NotFound):
    """The event has no such certificate rule."""

    @property
    def message(self) -> str:
        return gettext("The event has no such certificate.")


class SpeakerNotFound(NotFound):
    """The event has no such speaker, or they are erased."""

    @property
    def message(self) -> str:
        return gettext("The event has no such speaker.")


class TeachesNothing(Refusal):
    """A speaker would teach no part of the event."""

    @property
    def message(self) -> str:
        return gettext("Please enter minutes of at least one part.")


class PaperIssued(Refusal):
    """A speaker was issued a paper."""

    @property
    def message(self) -> str:
        return gettext("A confirmation was issued to them, so they stay in the list; their data can be erased.")


class NothingDrawn(Refusal):
    """None of the papers asked for is drawn yet."""

    @property
    def message(self) -> str:
        return gettext("No paper is ready yet.")


class NotOverYet(Refusal):
    """A session that counts has not ended."""

    def __init__(self, ends_at: datetime) -> None:
        super().__init__()
        self.ends_at = ends_at

    @property
    def message(self) -> str:
        ends_at = to_local(self.ends_at)
        return gettext(
            "Certificates can be issued after the last part ends: %(day)s at %(time)s.",
            day=show_date(ends_at),
            time=show_time(ends_at),
        )


class NotEarned(Refusal):
    """By the ledger the person has not attended what the rule asks for."""

    @property
    def message(self) -> str:
        return gettext("By the attendance ledger the conditions of the certificate are not met.")


class AlreadyRevoked(Refusal):
    """The certificate no longer holds, so it cannot be revoked or replaced again."""

    @property
    def message(self) -> str:
        return gettext("This certificate no longer holds.")


class CertificateErased(Refusal):
    """Its holder has asked for erasure, so that nothing but its number is left."""

    @property
    def message(self) -> str:
        return gettext("This certificate was erased at its holder’s request.")


class ReasonMissing(Refusal):
    """A revocation needs a reason."""

    @property
    def message(self) -> str:
        return gettext("Please give a reason; it stays with the certificate.")


class CertificatesIssued(Refusal):
    """Somebody has the certificate, so what it asks for stays."""

    @property
    def message(self) -> str:
        return gettext("Somebody has this certificate already, so what it asks for cannot change. Add another one.")


class NothingCounts(Refusal):
    """A certificate would count no session."""

    @property
    def message(self) -> str:
        return gettext("Please choose at least one part that counts.")


class MinimumImpossible(Refusal):
    """A certificate would ask for more sessions than count, or for none."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    @property
    def message(self) -> str:
        return gettext("Please enter a number from 1 to %(most)d.", most=self.most)


class HoursImpossible(Refusal):
    """A certificate would ask for more hours than its parts have together, or for none."""

    def __init__(self, most_minutes: int) -> None:
        super().__init__()
        self.most_minutes = most_minutes

    @property
    def message(self) -> str:
        return gettext("The parts that count have %(hours)s together.", hours=show_hours(self.most_minutes))
