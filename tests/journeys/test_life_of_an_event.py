"""One director walks through the whole life of an event: programme, sign-up, mail, door, certificate, verification."""

import email
import email.policy
import re
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask

from registration.certificates.tasks import render_waiting
from registration.core.clock import PRAGUE
from registration.events.models import Event
from registration.mail.tasks import deliver
from tests import factories
from tests.papers import calendar_events, qr_codes_of, starts, text_of
from tests.reviewing import ReviewingClient

pytestmark = pytest.mark.slow

ACADEMY = "/akce/setkani-sekce-ai-v-praxi-manazera"
OFFICE = f"/sprava{ACADEMY}"
DOOR = f"{OFFICE}/prezence"
PAPERS = f"{OFFICE}/osvedceni"

KVETA = {
    "orderer_name": "Květoslava Řeháková",
    "orderer_email": "rehakova@hornilhota.example",
    "organisation": "Městská knihovna Horní Lhota",
    "people-0-title_before": "Mgr.",
    "people-0-given_name": "Květoslava",
    "people-0-family_name": "Řeháková",
    "people-0-email": "rehakova@hornilhota.example",
    "people-0-ticket_type": "AI",
}
JAN = {
    "orderer_name": "Jan Žďárský",
    "orderer_email": "zdarsky@dolnilhota.example",
    "organisation": "Městská knihovna Dolní Lhota",
    "people-0-given_name": "Jan",
    "people-0-family_name": "Žďárský",
    "people-0-email": "zdarsky@dolnilhota.example",
    "people-0-ticket_type": "AI",
}


def test_director_walks_from_the_programme_to_a_verified_certificate(
    app: Flask, academy: Event, client: ReviewingClient, olga: ReviewingClient, travel: Callable[[datetime], None]
) -> None:
    # The programme leads to the event, the event to its form.
    assert f'href="{ACADEMY}"' in read(client, "/")
    assert f'href="{ACADEMY}/prihlaska"' in read(client, ACADEMY)

    # Květa and Jan sign up; each gets a page and a message.
    order_page = client.post(f"{ACADEMY}/prihlaska", data=KVETA).location
    client.post(f"{ACADEMY}/prihlaska", data=JAN)
    assert "2025/SAI/P-0001" in read(client, order_page)
    deliver()
    message, jans_message = sent(app)
    assert message["To"] == "rehakova@hornilhota.example"
    assert "Řeháková" not in message["Subject"]
    assert f"http://localhost{order_page}" in body(message, "plain")
    assert f"http://localhost{order_page}" in body(message, "html")
    code = check_attachments(message)
    jans_code = check_attachments(jans_message)

    # At the door in Brno: the first eight characters are enough, twice is once.
    travel(datetime(2025, 3, 26, 8, 47, tzinfo=PRAGUE))
    olga.sign_in(factories.OLGA_EMAIL, factories.OLGA_PASSWORD)
    assert "answer--yes" in scan(olga, "ai-brno", code[:8])
    travel(datetime(2025, 3, 26, 9, 5, tzinfo=PRAGUE))
    assert "už odbaven v 8:47" in scan(olga, "ai-brno", code)
    assert "kód neplatí na tuto část" in scan(olga, "setkani", code)

    # Online attendance is written by hand, with a reason: Květa at one workshop, Jan at both.
    travel(datetime(2025, 4, 16, 12, 0, tzinfo=PRAGUE))
    olga.sign_in(factories.OLGA_EMAIL, factories.OLGA_PASSWORD)
    mark(olga, "ai-online-1", people=["Řeháková", "Žďárský"])
    mark(olga, "ai-online-2", people=["Žďárský"])

    # Who missed Brno gets none, and the organizer sees why; the others get theirs with one button.
    travel(datetime(2025, 4, 17, 9, 0, tzinfo=PRAGUE))
    olga.sign_in(factories.OLGA_EMAIL, factories.OLGA_PASSWORD)
    preview = read(olga, PAPERS)
    assert "Účast na 2 částech, 8 hodin" in preview
    assert "AI akademie pro vedení knihoven – živě (26. 3.)" in preview
    (rule_id,) = re.findall(r"/osvedceni/(\d+)/vydani", preview[preview.index("AI akademie pro vedení knihoven") :])[:1]
    olga.submit(f"{PAPERS}/{rule_id}/vydani", page=PAPERS)
    render_waiting()
    assert jans_code not in read(olga, PAPERS)

    # The paper: eight hours, the sessions attended, no more; found on the person's page.
    person_page = re.findall(r'href="(/u/[^/"]+)"', read(client, order_page))[0]
    assert "2025/SAI/0001" in read(client, person_page)
    pdf = client.get(f"{person_page}/osvedceni/2025/SAI/0001.pdf").data
    paper = text_of(pdf)
    for words in (
        "Osvědčení o účasti",
        "Mgr. Květoslava Řeháková",
        "Městská knihovna Horní Lhota",
        "AI akademie pro vedení knihoven",
        "26. 3. 2025",
        "2. 4. 2025",
        "à 60 min",
        "2025/SAI/0001",
        "Brno 17. 4. 2025",
    ):
        assert words in paper, words
    assert re.search(r"\b8\b", paper)
    assert "16. 4. 2025" not in paper

    # Anyone can verify it by the code on it.
    (address,) = qr_codes_of(pdf)
    assert "Osvědčení je platné" in read(client, address.removeprefix("http://localhost"))
    assert client.get("/overeni/0000-0000-0000-0000").status_code == 404


def read(client: ReviewingClient, address: str) -> str:
    """Return a page with plain spaces."""
    response = client.get(address)
    assert response.status_code == 200, address
    return response.get_data(as_text=True).replace("\u00a0", " ")


def sent(app: Flask) -> list[EmailMessage]:
    """Return the messages that lie in the folder, the oldest first."""
    files = sorted((Path(app.instance_path) / "mail").glob("*.eml"), key=lambda path: int(path.name.split("-")[0]))
    return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in files]


def body(message: EmailMessage, kind: str) -> str:
    """Return a message's text."""
    part = message.get_body((kind,))
    assert part is not None
    content: str = part.get_content()
    return content


def check_attachments(message: EmailMessage) -> str:
    """Check the calendar file and the ticket of an academy order; return the code of the ticket."""
    files = {part.get_content_type(): part for part in message.iter_attachments()}
    calendar = calendar_events(files["text/calendar"].get_content())
    assert [start.strftime("%m-%d %H:%M") for start in starts(calendar)] == [
        "03-26 08:00",
        "04-02 07:00",
        "04-16 07:00",
    ]
    (code,) = qr_codes_of(files["application/pdf"].get_content())
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{20}", code)
    return code


def scan(olga: ReviewingClient, session: str, code: str) -> str:
    """Type a code at a door; return the page with the answer."""
    page = f"{DOOR}/{session}"
    return read(olga, olga.submit(f"{page}/odbaveni", page=page, code=code).location)


def mark(olga: ReviewingClient, session: str, people: list[str]) -> None:
    """Write people's attendance at an online session."""
    page = f"{DOOR}/{session}"
    html = read(olga, page)
    boxes = re.findall(r'name="registration"\s+value="(\d+)".*?</label>', html, re.DOTALL)
    labels = re.findall(r'name="registration"\s+value="\d+".*?</label>', html, re.DOTALL)
    chosen = [box for box, label in zip(boxes, labels, strict=True) if any(name in label for name in people)]
    assert len(chosen) == len(people)
    response = olga.submit(f"{page}/ucast", page=page, registration=chosen, reason="seznam účastníků ze Zoomu")
    assert response.status_code == 303
