"""Badges through the print shop: who is in the pile, which badges are new, what is remembered and when."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from registration.badges.errors import NobodyToPrint
from registration.badges.models import BadgePrint
from registration.badges.operations import print_again, request_attendance_sheet, request_badges
from registration.badges.queries import Order, find_last_print, get_pile
from registration.badges.rules import Format
from registration.core.db import db, transaction
from registration.events.models import Event
from registration.printing.models import PrintJob
from registration.printing.queries import get_file, get_job
from registration.printing.tasks import print_waiting
from registration.privacy.documents import personal_data_file
from registration.privacy.operations import erase
from registration.privacy.queries import personal_data
from registration.signups.models import Registration
from registration.signups.operations import cancel, set_no_photo, substitute
from tests import factories
from tests.badges.world import sign_up
from tests.factories import OLGA_EMAIL, person
from tests.papers import text_of


@pytest.fixture
def workshop(app: Flask, at_demo_day: None) -> Iterator[Event]:
    yield factories.workshop(capacity=None)
    db.session.rollback()


def ask(event: Event, *, only_new: bool = False, format_: Format = Format.LABEL) -> PrintJob:
    return request_badges(event, format_=format_, order=Order.SURNAME, only_new=only_new, by=OLGA_EMAIL)


def printed(job: PrintJob) -> list[str]:
    """Let the worker print and return the words of each file."""
    print_waiting()
    job = get_job(job.id, event_id=job.event_id)
    assert job.finished_at
    return [text_of(get_file(job, file.position).pdf) for file in job.files]


def new(event: Event) -> list[str]:
    return [db.session.get_one(Registration, id_).family_name for id_ in get_pile(event).new]


@pytest.mark.slow
def test_badges_are_printed_in_files_of_full_sheets(workshop: Event) -> None:
    factories.crowd(workshop, 91)
    job = ask(workshop, format_=Format.TEN)
    assert (job.file_count, job.title) == (2, "Jmenovky")
    assert [len(part) for part in job.parameters["parts"]] == [90, 1]
    first, last = printed(job)
    assert (first.count("Osoba"), last.count("Osoba")) == (90, 1)
    job = get_job(job.id, event_id=workshop.id)
    assert [file.name for file in job.files] == ["jmenovky-workshop-1.pdf", "jmenovky-workshop-2.pdf"]


def test_badges_count_as_printed_only_once_they_are_drawn(workshop: Event) -> None:
    sign_up(workshop, "Adamec", "Borová")
    job = ask(workshop, only_new=True)
    assert new(workshop) == ["Adamec", "Borová"]
    printed(job)
    assert new(workshop) == []
    with pytest.raises(NobodyToPrint):
        ask(workshop, only_new=True)


def test_badge_is_new_again_when_it_says_something_else(workshop: Event) -> None:
    people = sign_up(workshop, "Adamec", "Borová", "Cibulka", "Dvořák", "Erben")
    printed(ask(workshop))
    sign_up_later = factories.crowd(workshop, 1, first=70)
    renamed, substituted, camera_shy, gone, _same = people
    with transaction():
        renamed = db.session.get_one(Registration, renamed.id)
        renamed.family_name = "Adámek"
        renamed.renew_list_keys()
    substitute(substituted, person=replace(person(80), family_name="Bílá"), by=OLGA_EMAIL)
    set_no_photo(camera_shy, no_photo=True, by=OLGA_EMAIL)
    cancel([gone], by=OLGA_EMAIL)
    assert new(workshop) == ["Adámek", "Bílá", "Cibulka", sign_up_later[0].family_name]
    printed(ask(workshop, only_new=True))
    assert new(workshop) == []


def test_name_that_returns_is_new_again(workshop: Event) -> None:
    (ada,) = sign_up(workshop, "Adamec")
    for name in ("Borová", "Adamec"):
        printed(ask(workshop))
        with transaction():
            db.session.get_one(Registration, ada.id).family_name = name
    assert new(workshop) == ["Adamec"]


def test_whoever_cancels_before_the_badge_is_drawn_gets_none(workshop: Event) -> None:
    stays, goes = sign_up(workshop, "Adamec", "Borová")
    job = ask(workshop)
    cancel([goes], by=OLGA_EMAIL)
    (words,) = printed(job)
    assert "Adamec" in words
    assert "Borová" not in words
    assert find_last_print(goes) is None
    last = find_last_print(stays)
    assert last
    assert (last.printed_by, last.ticket_version) == (OLGA_EMAIL, stays.ticket_version)


def test_file_of_people_who_have_all_gone_is_empty(workshop: Event) -> None:
    (gone,) = sign_up(workshop, "Adamec")
    job = ask(workshop)
    cancel([gone], by=OLGA_EMAIL)
    assert printed(job) == [""]
    assert db.session.scalar(select(func.count()).select_from(BadgePrint)) == 0


def test_badge_printed_again_is_remembered(workshop: Event) -> None:
    (ada,) = sign_up(workshop, "Adamec")
    assert "Adamec" in text_of(print_again(ada, format_=Format.A6, by=OLGA_EMAIL))
    assert new(workshop) == []


def test_what_was_printed_is_shown_to_the_person_and_goes_with_them(workshop: Event) -> None:
    (ada,) = sign_up(workshop, "Adamec")
    assert json.loads(personal_data_file(personal_data(ada)))["registration"]["badge_printed_at"] is None
    print_again(ada, format_=Format.A6, by=OLGA_EMAIL)
    assert json.loads(personal_data_file(personal_data(ada)))["registration"]["badge_printed_at"]
    substitute(ada, person=person(80), by=OLGA_EMAIL)
    assert find_last_print(ada) is None
    erase(ada, by=OLGA_EMAIL)
    assert db.session.scalar(select(func.count()).select_from(BadgePrint)) == 0


def test_long_attendance_sheet_is_drawn_in_the_language_it_was_asked_for_in(workshop: Event) -> None:
    factories.crowd(workshop, 30)
    (words,) = printed(request_attendance_sheet(workshop.sessions[0], by=OLGA_EMAIL))
    assert all(f"Číslo {number} Osoba" in words for number in range(1, 31))
    assert "Podpis" in words
