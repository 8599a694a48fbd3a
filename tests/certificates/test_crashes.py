"""A worker that is killed while it draws: what is drawn stays as it is, and the next one draws the rest."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from registration.certificates.models import Certificate
from registration.certificates.operations import issue_certificates
from registration.certificates.setting_rules import add_rule
from registration.certificates.tasks import render_waiting
from registration.checkin.operations import mark_present
from registration.core.db import db
from registration.core.settings import Settings
from registration.events.models import Event
from tests import factories, worker

pytestmark = pytest.mark.processes

PEOPLE = 60
OLGA = factories.OLGA_EMAIL


def drawn() -> dict[int, str]:
    """Return the hashes of the papers that are there, by certificate."""
    db.session.rollback()
    found = db.session.execute(select(Certificate.id, Certificate.pdf_sha256).where(Certificate.pdf.is_not(None)))
    return {id_: sha256 for id_, sha256 in found if sha256}


def test_killed_worker_leaves_what_is_drawn_and_the_next_draws_the_rest(
    app: Flask, at_demo_day: None, travel: Callable[[datetime], None], tmp_path: Path
) -> None:
    event: Event = factories.workshop(capacity=None)
    people = factories.crowd(event, PEOPLE)
    mark_present(event.sessions[0], people, reason="test", by=OLGA)
    travel(event.sessions[0].ends_at_utc + timedelta(hours=1))
    counting = [session.id for session in event.sessions]
    rule = add_rule(event, title=event.title, counting=counting, required=[], minimum=1, by=OLGA)
    assert len(issue_certificates(rule, by=OLGA)) == PEOPLE
    settings: Settings = replace(app.extensions["settings"], instance_path=tmp_path)

    killed = worker.start(settings, render_waiting)
    until = time.monotonic() + 120
    while not drawn() and time.monotonic() < until:
        time.sleep(0.02)
    killed.kill()
    killed.join()
    before = drawn()
    assert 0 < len(before) < PEOPLE

    last = worker.start(settings, render_waiting)
    last.join()
    assert last.exitcode == 0
    after = drawn()
    assert len(after) == PEOPLE
    assert before.items() <= after.items()
