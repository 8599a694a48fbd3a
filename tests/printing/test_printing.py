"""The print shop: files drawn one by one, a worker that dies loses one at most, copies go after a week."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from registration.core import clock
from registration.core.db import db, transaction
from registration.events.models import Event
from registration.printing import operations, queries
from registration.printing.errors import FileNotFound, JobNotFound
from registration.printing.models import PrintFile, PrintJob
from registration.printing.shop import PrintShop, print_shop
from registration.printing.tasks import print_waiting
from registration.privacy.operations import erase
from tests import factories
from tests.reviewing import ReviewingClient

OLGA = factories.OLGA_EMAIL
Drawn = list[tuple[Any, int]]


class OutOfPaper(Exception):  # noqa: N818 - named for the fact
    """What may befall a drawer."""


@pytest.fixture
def drawn(app: Flask) -> Iterator[Drawn]:
    """Let pages of a kind be drawn, and keep which were."""
    calls: Drawn = []

    def draw(parameters: dict[str, Any], position: int) -> tuple[str, bytes]:
        calls.append((parameters["words"], position))
        if position in parameters.get("jams", ()):
            raise OutOfPaper
        return f"listy-{position}.pdf", f"%PDF-1.7 {parameters['words']} {position}".encode()

    known = print_shop._drawers.copy()
    print_shop.register("sheets", draw)
    yield calls
    print_shop._drawers = known


def request(files: int = 3, *, event_id: int | None = None, **parameters: Any) -> PrintJob:
    wanted = {"words": "x", **parameters}
    return operations.request("sheets", parameters=wanted, files=files, title="Listy", by=OLGA, event_id=event_id)


def made(job: PrintJob) -> list[tuple[int, str]]:
    db.session.expire_all()
    return [(file.position, file.name) for file in queries.get_job(job.id, event_id=job.event_id).files]


def test_each_file_is_drawn_once(drawn: Drawn) -> None:
    job = request()

    print_waiting()
    print_waiting()

    assert drawn == [("x", 1), ("x", 2), ("x", 3)]
    assert made(job) == [(1, "listy-1.pdf"), (2, "listy-2.pdf"), (3, "listy-3.pdf")]
    assert job.finished_at is not None
    assert queries.get_file(job, 2).pdf == b"%PDF-1.7 x 2"


def test_worker_goes_on_at_the_first_file_that_is_missing(drawn: Drawn) -> None:
    job = request()
    operations.keep_file(job.id, 1, name="listy-1.pdf", pdf=b"%PDF-1.7 of the one that died")

    print_waiting()

    assert drawn == [("x", 2), ("x", 3)]
    assert queries.get_file(job, 1).pdf == b"%PDF-1.7 of the one that died"


def test_of_two_workers_who_drew_a_file_the_first_to_store_wins(drawn: Drawn) -> None:
    job = request(files=2)
    operations.keep_file(job.id, 1, name="first.pdf", pdf=b"%PDF-1.7 first")
    operations.keep_file(job.id, 1, name="second.pdf", pdf=b"%PDF-1.7 second")
    assert queries.get_file(job, 1).pdf == b"%PDF-1.7 first"
    assert not job.is_over
    with pytest.raises(FileNotFound):
        queries.get_file(job, 2)


def test_a_file_that_cannot_be_drawn_does_not_hold_up_the_others_and_is_given_up_in_the_end(
    drawn: Drawn, caplog: pytest.LogCaptureFixture
) -> None:
    jammed, other = request(jams=[2]), request()

    print_waiting()
    assert made(jammed) == [(1, "listy-1.pdf"), (3, "listy-3.pdf")]
    assert made(other) == [(1, "listy-1.pdf"), (2, "listy-2.pdf"), (3, "listy-3.pdf")]
    assert not jammed.is_over
    print_waiting()
    print_waiting()
    db.session.expire_all()
    assert (jammed.failed_at is not None, jammed.finished_at) == (True, None)
    count = len(drawn)
    print_waiting()
    assert len(drawn) == count
    assert f"File 2 of print job {jammed.id} could not be drawn" in caplog.text


def test_failure_of_a_job_that_is_over_changes_nothing(drawn: Drawn) -> None:
    job = request(files=1)
    print_waiting()
    operations.note_failure(job.id)
    db.session.expire_all()
    assert (job.attempts, job.failed_at) == (0, None)


def test_nothing_is_kept_for_a_job_that_was_forgotten_meanwhile(drawn: Drawn) -> None:
    job = request()
    with transaction() as session:
        session.delete(session.get_one(PrintJob, job.id))
    operations.keep_file(job.id, 1, name="late.pdf", pdf=b"%PDF-1.7")
    operations.note_failure(job.id)
    with pytest.raises(JobNotFound):
        queries.get_job(job.id)


def test_jobs_are_forgotten_after_a_week(drawn: Drawn, travel: Callable[..., None]) -> None:
    request()
    now = clock.now()
    print_waiting()
    travel(now + operations.KEPT_FOR - timedelta(minutes=1))
    new = request()
    assert operations.forget_old_jobs() == 0

    travel(now + operations.KEPT_FOR + timedelta(minutes=1))

    assert operations.forget_old_jobs() == 1
    assert db.session.scalars(select(PrintFile.name)).all() == []
    assert [job.id for job in queries.list_jobs(event_id=None)] == [new.id]


def test_a_job_belongs_to_its_event(drawn: Drawn) -> None:
    ours, theirs = request(event_id=1), request(event_id=2)
    assert queries.get_job(ours.id, event_id=1).id == ours.id
    for job_id, event_id in ((theirs.id, 1), (ours.id, None)):
        with pytest.raises(JobNotFound):
            queries.get_job(job_id, event_id=event_id)
    assert [job.id for job in queries.list_jobs(event_id=2, kind="sheets")] == [theirs.id]
    assert queries.list_jobs(event_id=2, kind="posters") == []


def test_what_was_printed_about_an_event_goes_with_the_first_person_who_is_erased(drawn: Drawn, academy: Event) -> None:
    ada = factories.registration(academy)
    request(event_id=academy.id)
    request(event_id=None)
    other = request(event_id=academy.id + 1)
    print_waiting()
    erase(ada, by=OLGA)
    assert queries.list_jobs(event_id=academy.id) == []
    assert queries.list_jobs(event_id=None) == []
    assert [job.id for job in queries.list_jobs(event_id=other.event_id)] == [other.id]


def test_a_shop_knows_its_kinds() -> None:
    shop = PrintShop()
    shop.register("posters", lambda parameters, position: ("x.pdf", b""))
    shop.register("badges", lambda parameters, position: ("x.pdf", b""))
    assert shop.kinds == ["badges", "posters"]


def test_page_asks_again_while_files_are_made_and_links_those_that_are_ready(
    drawn: Drawn, academy: Event, olga: ReviewingClient
) -> None:
    job = request(event_id=academy.id, words="Žďár")
    operations.keep_file(job.id, 1, name="listy-1.pdf", pdf=b"%PDF-1.7 Zdar 1")
    address = f"/sprava/akce/{academy.slug}/tisk/{job.id}"

    response = olga.get(address)
    page = response.get_data(as_text=True)
    assert response.headers["Refresh"] == "3"
    assert "Hotovo 1 ze 3 souborů" in page.replace("\u00a0", " ")
    assert f'href="{address}/1.pdf"' in page
    assert olga.get(f"{address}/2.pdf").status_code == 404

    print_waiting()
    response = olga.get(address)
    page = response.get_data(as_text=True)
    assert "Refresh" not in response.headers
    assert f'href="{address}/3.pdf"' in page
    download = olga.get(f"{address}/1.pdf")
    assert (download.data, download.mimetype) == (b"%PDF-1.7 Zdar 1", "application/pdf")
    assert "listy-1.pdf" in download.headers["Content-Disposition"]


def test_page_says_when_a_job_was_given_up(drawn: Drawn, academy: Event, olga: ReviewingClient) -> None:
    job = request(files=2, event_id=academy.id, jams=[1])
    for _ in range(operations.MOST_ATTEMPTS):
        print_waiting()
    response = olga.get(f"/sprava/akce/{academy.slug}/tisk/{job.id}")
    assert "nepodařilo se vytvořit" in response.get_data(as_text=True)
    assert "Refresh" not in response.headers


def test_job_of_another_event_is_not_found(drawn: Drawn, academy: Event, olga: ReviewingClient) -> None:
    job = request(event_id=academy.id + 1)
    print_waiting()
    for tail in ("", "/1.pdf"):
        assert olga.get(f"/sprava/akce/{academy.slug}/tisk/{job.id}{tail}").status_code == 404
