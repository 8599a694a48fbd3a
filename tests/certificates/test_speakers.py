"""Those who teach need not sign up; they get a confirmation all the same."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from registration.certificates import queries
from registration.certificates.errors import NotOverYet, PaperIssued, TeachesNothing
from registration.certificates.models import Certificate, PaperLanguage, Speaker
from registration.certificates.operations import issue_to_speakers, replace, revoke
from registration.certificates.speaking import Teaching, add_speaker, change_speaker, erase_speaker, remove_speaker
from registration.core.audit import AuditEntry
from registration.core.clock import PRAGUE
from registration.core.db import db
from registration.events.models import Event
from registration.events.queries import get_event
from registration.mail.models import OutboxMessage
from registration.privacy.tasks import clear_away
from tests import factories
from tests.papers import text_of
from tests.reviewing import ReviewingClient

OLGA = factories.OLGA_EMAIL
JAN = "jan@lektor.example"
AFTER_BRNO = datetime(2025, 3, 27, 9, 0, tzinfo=PRAGUE)
PAGE = "/sprava/akce/setkani-sekce-ai-v-praxi-manazera/osvedceni/lektori"


def session_id(event: Event, code: str) -> int:
    return next(each.id for each in get_event(event.slug).sessions if each.code == code)


def teaching(event: Event, code: str = "ai-brno", minutes: int = 90, **changes: Any) -> Teaching:
    values = {"name": "Ing. Jan Žďárský, Ph.D.", "organisation": "Knihovna AV ČR", "email": JAN} | changes
    return Teaching(taught={session_id(event, code): minutes}, **values)


@pytest.fixture
def jan(academy: Event, travel: Callable[[datetime], None]) -> Speaker:
    """Jan has taught in Brno, which is over."""
    travel(AFTER_BRNO)
    return add_speaker(academy, teaching(academy), by=OLGA)


def test_speaker_gets_a_confirmation_of_what_they_taught(academy: Event, jan: Speaker) -> None:
    (paper,) = issue_to_speakers(academy, by=OLGA)
    content = paper.content
    assert (content["heading"], content["programme"]) == ("Potvrzení o\u00a0lektorské činnosti", academy.title)
    assert (content["holder"], content["organisation"]) == ("Ing. Jan Žďárský, Ph.D.", "Knihovna AV ČR")
    assert [(each["day"], each["minutes"]) for each in content["sessions"]] == [("2025-03-26", 90)]
    assert (paper.number, paper.minutes, paper.event.id, paper.holder) == ("2025/SAI/0001", 90, academy.id, jan)
    assert queries.find_by_code(paper.code) == paper


def test_each_gets_one_and_those_with_an_address_a_message(academy: Event, jan: Speaker) -> None:
    add_speaker(academy, teaching(academy, name="Eva Nová", email=""), by=OLGA)
    assert len(issue_to_speakers(academy, by=OLGA)) == 2
    assert issue_to_speakers(academy, by=OLGA) == []
    assert db.session.scalars(select(OutboxMessage.recipient)).all() == [JAN]


def test_nothing_is_confirmed_before_it_was_taught(academy: Event, jan: Speaker) -> None:
    add_speaker(academy, teaching(academy, "ai-online-2"), by=OLGA)
    with pytest.raises(NotOverYet):
        issue_to_speakers(academy, by=OLGA)


def test_a_paper_in_english_is_announced_in_english(academy: Event, jan: Speaker) -> None:
    change_speaker(jan, teaching(academy, language=PaperLanguage.ENGLISH), by=OLGA)
    (paper,) = issue_to_speakers(academy, by=OLGA)
    assert paper.content["heading"] == "Confirmation of teaching"
    assert db.session.scalars(select(OutboxMessage.language)).all() == ["en"]


def test_whoever_teaches_nothing_is_no_speaker(academy: Event, jan: Speaker) -> None:
    with pytest.raises(TeachesNothing):
        add_speaker(academy, Teaching("Nikdo", {}), by=OLGA)
    with pytest.raises(TeachesNothing):
        change_speaker(jan, Teaching("Nikdo", {session_id(academy, "ai-brno"): 0}), by=OLGA)


def test_what_was_corrected_is_offered_for_replacement_and_never_changed_silently(academy: Event, jan: Speaker) -> None:
    (paper,) = issue_to_speakers(academy, by=OLGA)
    assert queries.list_differences(academy) == []
    change_speaker(jan, teaching(academy, minutes=120, name="Jan Žďárský"), by=OLGA)
    (difference,) = queries.list_differences(get_event(academy.slug))
    assert (difference.certificate, difference.is_earned) == (paper, True)
    assert "Jan Žďárský" in difference.reason
    assert "2\u00a0hodiny" in difference.reason
    replacement = replace(paper, reason=difference.reason, by=OLGA)
    assert (replacement.minutes, replacement.content["holder"]) == (120, "Jan Žďárský")
    assert queries.state(paper) == "replaced"
    assert queries.list_differences(get_event(academy.slug)) == []


def test_speaker_without_a_paper_is_taken_away_one_with_a_paper_stays(academy: Event, jan: Speaker) -> None:
    eva = add_speaker(academy, teaching(academy, name="Eva Nová"), by=OLGA)
    remove_speaker(eva, by=OLGA)
    issue_to_speakers(academy, by=OLGA)
    with pytest.raises(PaperIssued):
        remove_speaker(jan, by=OLGA)
    assert [each.name for each in queries.list_speakers(academy)] == [jan.name]


def test_erased_speaker_leaves_nothing_but_numbers(academy: Event, jan: Speaker, client: ReviewingClient) -> None:
    (paper,) = issue_to_speakers(academy, by=OLGA)
    page, code = f"/lektor/{jan.link_token}", paper.code
    erase_speaker(jan, by=OLGA)
    db.session.expire_all()
    paper = db.session.get_one(Certificate, paper.id)
    assert (paper.content["holder"], paper.pdf, paper.number) == ("", None, "2025/SAI/0001")
    assert queries.state(paper) == "erased"
    assert queries.list_speakers(academy) == []
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
    written = " ".join(str((each.before, each.after)) for each in db.session.scalars(select(AuditEntry)))
    assert "Žďárský" not in written
    assert JAN not in written
    assert client.get(page).status_code == 404
    assert "erased" in client.get(f"/en/overeni/{code}").get_data(as_text=True)


def test_speaker_without_a_paper_is_forgotten_a_month_after_the_event(
    academy: Event, jan: Speaker, travel: Callable[[datetime], None]
) -> None:
    travel(datetime(2025, 5, 15, 9, 0, tzinfo=PRAGUE))
    clear_away()
    assert queries.list_speakers(academy) == [jan]
    travel(datetime(2025, 5, 16, 9, 0, tzinfo=PRAGUE))
    clear_away()
    assert queries.list_speakers(academy) == []


def test_speaker_with_a_paper_that_holds_stays(
    academy: Event, jan: Speaker, travel: Callable[[datetime], None]
) -> None:
    (paper,) = issue_to_speakers(academy, by=OLGA)
    travel(datetime(2025, 6, 16, 9, 0, tzinfo=PRAGUE))
    clear_away()
    assert queries.list_speakers(academy) == [jan]
    revoke(paper, reason="omyl", by=OLGA)
    clear_away()
    assert queries.list_speakers(academy) == []


@pytest.mark.slow
def test_organizer_writes_speakers_down_and_issues(
    academy: Event, olga: ReviewingClient, client: ReviewingClient, travel: Callable[[datetime], None]
) -> None:
    box = f"minut-{session_id(academy, 'ai-brno')}"
    new = f"{PAGE}/novy"
    assert olga.submit(new, page=new, name="", language="cs").status_code == 422
    assert olga.submit(new, page=new, name="Jan Žďárský", language="cs").status_code == 409
    sent = {"name": "Jan Žďárský", "organisation": "Knihovna AV ČR", "email": JAN, "language": "cs", box: "90"}
    assert olga.submit(new, page=new, **sent).status_code == 303
    jan = db.session.scalars(select(Speaker)).one()
    address = f"{PAGE}/{jan.id}"
    assert olga.submit(address, page=address, **(sent | {"email": "nikdo"})).status_code == 422
    assert olga.submit(address, page=address, **(sent | {box: ""})).status_code == 409
    assert olga.submit(address, page=address, **(sent | {box: "120"})).status_code == 303
    olga.submit(f"{PAGE}/vydani", page=PAGE)
    assert db.session.scalar(select(func.count()).select_from(Certificate)) == 0  # Brno is still to come
    travel(AFTER_BRNO)
    olga.sign_in(OLGA, factories.OLGA_PASSWORD)
    olga.submit(f"{PAGE}/vydani", page=PAGE)
    paper = db.session.scalars(select(Certificate)).one()
    assert paper.number in olga.get(PAGE).get_data(as_text=True)
    assert paper.number in olga.get(PAGE.removesuffix("/lektori")).get_data(as_text=True)
    assert "Jan Žďárský" in text_of(olga.get(f"{PAGE.removesuffix('/lektori')}/{paper.id}.pdf").data)

    page = client.get(f"/lektor/{jan.link_token}")
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert JAN in page.get_data(as_text=True)
    assert f'/overeni/{paper.code}/odznak.jwt"' in page.get_data(as_text=True)
    pdf = client.get(f"/lektor/{jan.link_token}/osvedceni/{paper.number}.pdf")
    assert (pdf.status_code, pdf.mimetype) == (200, "application/pdf")
    assert client.get(f"/lektor/{jan.link_token}/osvedceni/2025/SAI/0099.pdf").status_code == 404
    assert client.get("/lektor/nic").status_code == 404

    olga.submit(f"{address}/odebrani", page=address)
    assert olga.get(address).status_code == 200
    olga.submit(f"{address}/vymaz", page=address)
    assert olga.get(address).status_code == 404


def test_speaker_without_a_paper_goes_by_a_button(academy: Event, jan: Speaker, olga: ReviewingClient) -> None:
    assert "zatím nebylo vydáno" in olga.get(f"/lektor/{jan.link_token}").get_data(as_text=True)
    address = f"{PAGE}/{jan.id}"
    olga.submit(f"{address}/odebrani", page=address)
    assert queries.list_speakers(academy) == []
