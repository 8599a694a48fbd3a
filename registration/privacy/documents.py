"""The copy of somebody's data for machines and for archives: one JSON file (GDPR, articles 15 and 20)."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from registration.certificates.queries import Paper
from registration.checkin.models import AttendanceEntry, Scan
from registration.core import clock
from registration.mail.models import OutboxMessage
from registration.privacy.queries import PersonalData, is_about
from registration.records.models import DeclaredTraining
from registration.signups.models import Answer, Registration


def personal_data_file(data: PersonalData) -> bytes:
    """Return everything as UTF-8 JSON; instants in UTC, prices in haléře, attendance in minutes."""
    content = {
        "made_at": clock.now(),
        "event": _event(data.registration),
        "registration": _registration(data),
        "order": _order(data),
        "answers": [_answer(each) for each in data.answers],
        "notes": [{"written_at": each.written_at, "text": each.text} for each in data.notes],
        "tags": list(data.tags),
        "attendance": [_entry(each) for each in data.attendance],
        "scans": [_scan(each) for each in data.scans],
        "certificates": [_certificate(each) for each in data.papers],
        "declared_training": [_declared(each) for each in data.declared],
        "messages": [_message(data.registration, each) for each in data.messages],
    }
    return json.dumps(content, ensure_ascii=False, indent=2, default=_as_text).encode() + b"\n"


def _event(registration: Registration) -> Mapping[str, Any]:
    event = registration.event
    return {
        "title": event.title,
        "shelf_mark": event.shelf_mark,
        "first_on": event.first_on,
        "last_on": event.last_on,
        "sessions": [
            {"title": each.title, "starts_at_local": each.starts_at, "ends_at_local": each.ends_at}
            for each in registration.ticket_type.sessions
        ],
    }


def _registration(data: PersonalData) -> Mapping[str, Any]:
    registration = data.registration
    offer, cancellation = registration.offer, registration.cancellation
    return {
        "shelf_mark": registration.shelf_mark,
        "state": registration.status,
        "title_before": registration.title_before,
        "given_name": registration.given_name,
        "family_name": registration.family_name,
        "title_after": registration.title_after,
        "email": registration.email,
        "organisation": registration.organisation_name,
        "ticket_type": registration.ticket_type.title,
        "no_photo": registration.no_photo,
        "badge_printed_at": data.badge.printed_at if data.badge else None,
        "price_haler": registration.price_haler,
        "signed_up_at": registration.order.created_at,
        "waiting_since": data.waits.joined_at if data.waits else None,
        "offered_at": offer.offered_at if offer else None,
        "offer_expired_at": offer.expires_at if offer else None,
        "confirmed_at": registration.confirmed_at,
        "cancelled_at": cancellation.cancelled_at if cancellation else None,
        "cancellation": cancellation.kind if cancellation else None,
        "cancellation_reason": cancellation.reason if cancellation else "",
    }


def _order(data: PersonalData) -> Mapping[str, Any]:
    order = data.registration.order
    return {
        "shelf_mark": order.shelf_mark,
        "language": order.language,
        "sent_by": order.orderer_name,
        "sent_by_email": order.orderer_email if data.is_orderer else None,
    }


def _answer(answer: Answer) -> Mapping[str, Any]:
    return {
        "question": answer.question_label,
        "answer": answer.shown,
        "value": answer.value,
        "deleted_on": answer.delete_on,
    }


def _entry(entry: AttendanceEntry) -> Mapping[str, Any]:
    return {
        "session": entry.session.title,
        "says": entry.kind,
        "source": entry.source,
        "minutes": entry.minutes,
        "occurred_at": entry.occurred_at,
        "recorded_at": entry.recorded_at,
        "reason": entry.reason,
    }


def _scan(scan: Scan) -> Mapping[str, Any]:
    return {
        "session": scan.session.title if scan.session else None,
        "says": scan.kind,
        "source": scan.source,
        "scanned_at": scan.scanned_at,
        "received_at": scan.received_at,
        "answer": scan.verdict,
    }


def _certificate(paper: Paper) -> Mapping[str, Any]:
    certificate = paper.certificate
    return {
        "number": paper.number,
        "state": paper.state,
        "issued_at": certificate.issued_at,
        "pdf_sha256": certificate.pdf_sha256,
        "content": certificate.content,
    }


def _declared(training: DeclaredTraining) -> Mapping[str, Any]:
    return {
        "held_on": training.held_on,
        "title": training.title,
        "organizer": training.organizer,
        "minutes": training.minutes,
        "declared_at": training.declared_at,
    }


def _message(registration: Registration, message: OutboxMessage) -> Mapping[str, Any]:
    """Return a message; the words only of one about the person alone, as others may name colleagues."""
    return {
        "kind": message.kind,
        "subject": message.subject,
        "to": message.recipient,
        "written_at": message.created_at,
        "sent_at": message.sent_at,
        "state": message.state,
        "text": message.text_body if is_about(registration, message) else None,
    }


def _as_text(moment: date | datetime) -> str:
    return moment.isoformat()
