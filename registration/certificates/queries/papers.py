"""Reads of issued certificates: whether they hold, and how far their drawing is."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from registration.certificates.errors import CertificateNotFound
from registration.certificates.models import Certificate, CertificateRule, Revocation, Speaker
from registration.core import clock, tokens
from registration.core.db import db
from registration.core.i18n import show_hours
from registration.events.models import Event
from registration.signups.models import Order, Registration

_PDFS_AT_ONCE = 20


@dataclass(frozen=True)
class Paper:
    """A certificate as its holder sees it."""

    certificate: Certificate

    @property
    def number(self) -> str:
        """Return `2025/SAI/0042`."""
        return self.certificate.number

    @property
    def title(self) -> str:
        """Return the programme it is about."""
        return self.certificate.content["programme"]

    @property
    def hours(self) -> str:
        """Return the credited hours in words."""
        return show_hours(self.certificate.minutes)

    @property
    def state(self) -> str:
        """Return `valid`, `replaced`, `revoked` or `erased`."""
        return state(self.certificate)


@dataclass(frozen=True)
class Progress:
    """How many papers that hold were issued, and how many of them are drawn."""

    issued: int
    drawn: int

    @property
    def is_done(self) -> bool:
        """Say whether nothing is left to be drawn."""
        return self.drawn == self.issued

    @property
    def missing(self) -> int:
        """Return how many are still to be drawn."""
        return self.issued - self.drawn


def state(certificate: Certificate) -> str:
    """Return whether a certificate is `valid`, `replaced`, `revoked` or `erased`."""
    if certificate.erased_at is not None:
        return "erased"
    if certificate.revocation is None:
        return "valid"
    return "replaced" if certificate.revocation.replaced_by_id else "revoked"


def list_valid_of_event(event: Event) -> Sequence[Certificate]:
    """Return the certificates of an event that hold, with their holders."""
    return db.session.scalars(
        _of_event(event)
        .where(*_holds())
        .options(joinedload(Certificate.registration), contains_eager(Certificate.speaker))
    ).all()


def list_issued(event: Event, *, limit: int | None = None, offset: int = 0) -> Sequence[Certificate]:
    """Return certificates of an event, the latest first."""
    return db.session.scalars(
        _of_event(event)
        .options(
            joinedload(Certificate.registration),
            contains_eager(Certificate.speaker),
            contains_eager(Certificate.rule),
            joinedload(Certificate.revocation).joinedload(Revocation.replaced_by),
        )
        .order_by(Certificate.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()


def count_issued(event: Event) -> int:
    """Count the certificates of an event."""
    return db.session.scalar(select(func.count()).select_from(_of_event(event).subquery())) or 0


def progress_of_rules(event: Event) -> dict[int | None, Progress]:
    """Return how far each rule of an event is, by its id; None stands for the speakers."""
    counted = (
        select(Certificate.rule_id, func.count(), func.count(Certificate.pdf_sha256))
        .outerjoin(Certificate.rule)
        .outerjoin(Certificate.speaker)
        .where(_belongs_to(event), *_holds())
        .group_by(Certificate.rule_id)
    )
    return {rule_id: Progress(issued, drawn) for rule_id, issued, drawn in db.session.execute(counted)}


def iterate_drawn(rule: CertificateRule) -> Iterator[tuple[str, str, bytes]]:
    """Yield number, holder and PDF of each paper of a rule that holds and is drawn, few of them in memory at once."""
    ids = db.session.scalars(
        select(Certificate.id)
        .where(Certificate.rule_id == rule.id, Certificate.pdf_sha256.is_not(None), *_holds())
        .order_by(Certificate.id)
    ).all()
    columns = select(Certificate.number, Certificate.content, Certificate.pdf).order_by(Certificate.id)
    for start in range(0, len(ids), _PDFS_AT_ONCE):
        of_some = columns.where(Certificate.id.in_(ids[start : start + _PDFS_AT_ONCE]))
        for number, content, pdf in db.session.execute(of_some):
            if pdf is not None:  # its holder may have been erased meanwhile
                yield number, content["holder"], pdf


def list_unrendered_ids() -> Sequence[int]:
    """Return the ids of certificates whose PDF is still to be made."""
    return db.session.scalars(
        select(Certificate.id)
        .where(Certificate.pdf_sha256.is_(None), Certificate.erased_at.is_(None))
        .order_by(Certificate.id)
    ).all()


def list_papers(registration: Registration) -> list[Paper]:
    """Return a person's certificates, the latest first."""
    return _papers(Certificate.registration_id == registration.id)


def list_papers_of_speaker(speaker: Speaker) -> list[Paper]:
    """Return a speaker's confirmations, the latest first."""
    return _papers(Certificate.speaker_id == speaker.id)


def papers_of_order(order: Order) -> dict[int, list[Paper]]:
    """Return the certificates that hold of everybody in an order, by registration id.

    Before the first day there are none, and the database is not asked: most look at an order right after sending it.
    """
    has_place = any(each.confirmed_at for each in order.registrations)
    if not has_place or (order.event.first_on and clock.local_now().date() < order.event.first_on):
        return {}
    found = db.session.execute(
        select(Registration.id, Certificate)
        .join(Certificate.registration)
        .where(Registration.order_id == order.id, *_holds())
        .order_by(Certificate.id)
    )
    papers = defaultdict[int, list[Paper]](list)
    for registration_id, certificate in found:
        papers[registration_id].append(Paper(certificate))
    return papers


def get_paper(registration: Registration, number: str) -> Certificate:
    """Return a person's own certificate by its number. Raises CertificateNotFound."""
    return _get(Certificate.registration_id == registration.id, Certificate.number == number)


def get_paper_of_order(order: Order, number: str) -> Certificate:
    """Return a certificate that holds of somebody in an order by its number. Raises CertificateNotFound."""
    in_order = select(Registration.id).where(Registration.order_id == order.id)
    return _get(Certificate.registration_id.in_(in_order), Certificate.number == number, *_holds())


def get_paper_of_speaker(speaker: Speaker, number: str) -> Certificate:
    """Return a speaker's own confirmation by its number. Raises CertificateNotFound."""
    return _get(Certificate.speaker_id == speaker.id, Certificate.number == number)


def get_certificate(event: Event, certificate_id: int) -> Certificate:
    """Return a certificate of this event, for the back office. Raises CertificateNotFound."""
    return _get(
        Certificate.id == certificate_id,
        or_(
            Certificate.rule_id.in_(select(CertificateRule.id).where(CertificateRule.event_id == event.id)),
            Certificate.speaker_id.in_(select(Speaker.id).where(Speaker.event_id == event.id)),
        ),
    )


def find_certificate(certificate_id: int) -> Certificate | None:
    """Return a certificate by id, or None."""
    return db.session.get(Certificate, certificate_id)


def find_by_code(code: str) -> Certificate | None:
    """Return the certificate a verification code was printed on."""
    return db.session.scalar(
        select(Certificate)
        .where(Certificate.code_hash == tokens.stored_hash("certificate", tokens.normalise_code(code)))
        .options(joinedload(Certificate.revocation).joinedload(Revocation.replaced_by))
    )


def _of_event(event: Event) -> Select[Any]:
    return select(Certificate).outerjoin(Certificate.rule).outerjoin(Certificate.speaker).where(_belongs_to(event))


def _belongs_to(event: Event) -> ColumnElement[bool]:
    return or_(CertificateRule.event_id == event.id, Speaker.event_id == event.id)


def _holds() -> tuple[ColumnElement[bool], ...]:
    return (~Certificate.revocation.has(), Certificate.erased_at.is_(None))


def _papers(whose: ColumnElement[bool]) -> list[Paper]:
    certificates = select(Certificate).where(whose).options(joinedload(Certificate.revocation))
    return [Paper(certificate) for certificate in db.session.scalars(certificates.order_by(Certificate.id.desc()))]


def _get(*conditions: ColumnElement[bool]) -> Certificate:
    certificate = db.session.scalar(select(Certificate).where(*conditions))
    if certificate is None:
        raise CertificateNotFound
    return certificate
