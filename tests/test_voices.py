"""Czech is spoken politely or familiarly, as the association likes, and never both on a page."""

import html as entities
import re

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from registration.core import i18n
from registration.core.audit import AuditEntry
from registration.core.db import db
from registration.events.models import Event, Question
from registration.events.templates import find_template
from registration.mail.delivery import post_office
from registration.organisations.models import AddressForm
from registration.organisations.operations import change_address_form
from registration.organisations.queries import get_association
from tests import factories
from tests.factories import ADA, BOB
from tests.mail import test_every_message, world
from tests.polite import polite_words
from tests.queries import count_queries
from tests.reviewing import ReviewingClient
from tests.signups.places import text_of

pytestmark = pytest.mark.shown

SETTINGS = "/sprava/nastaveni"
ACADEMY = "/akce/setkani-sekce-ai-v-praxi-manazera"
FORM = f"{ACADEMY}/prihlaska"
PLEASE_CHOOSE = "Please choose what to sign up for."
# A page that addresses its reader, and how; nothing has to be there for it.
SAYS_SO = ("/neni-tu", "napište nám", "napiš nám")


@pytest.fixture
def tykani(academy: Event) -> Event:
    change_address_form(AddressForm.TYKANI, by="olga")
    return academy


def said(response: TestResponse) -> str:
    """Return the words of a page without its scripts and the questions, which are the organizer's own words."""
    html = re.sub(r"(?s)<script.*?</script>", "", response.get_data(as_text=True))
    words = " ".join(entities.unescape(re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ").split())
    for question in db.session.scalars(select(Question)):
        for own in filter(None, (question.label, question.help)):
            words = words.replace(own, "")
    return words


def pages(event: Event) -> list[str]:
    """Return addresses of what visitors read, by whom they are."""
    order = factories.order(event, ADA, BOB)
    ada = order.registrations[0]
    person = f"/u/{ada.link_token}"
    return [
        "/",
        "/archiv",
        ACADEMY,
        FORM,
        "/moje",
        "/pristupnost",
        "/clenstvi",
        "/neni-tu",
        f"/p/{order.link_token}",
        *(f"/p/{order.link_token}/2/{page}" for page in ("odhlaseni", "ucastnik")),
        person,
        *(f"{person}/{page}" for page in ("odhlaseni", "ucastnik", "varianta")),
    ]


def test_every_page_is_familiar_throughout(tykani: Event, client: ReviewingClient) -> None:
    for address in pages(tykani):
        response = client.get(address)
        assert response.status_code in {200, 404, 409}, address
        assert (response.status_code == 404) == (address == "/neni-tu"), address
        assert polite_words(said(response)) == [], address


@pytest.mark.parametrize("address", [FORM, "/moje", "/clenstvi"])
def test_what_is_wrong_in_a_form_is_said_familiarly(tykani: Event, client: ReviewingClient, address: str) -> None:
    response = client.post(address, data={"email": "", "count": "1"})
    assert response.status_code == 422
    assert polite_words(said(response)) == []
    assert re.search(r"\b(Vyplň|Vyber) prosím\b", text_of(response))


def test_association_speaks_politely_unless_it_wants_otherwise(academy: Event, client: ReviewingClient) -> None:
    assert get_association().address_form is AddressForm.VYKANI
    address, polite, familiar = SAYS_SO
    assert (polite in text_of(client.get(address)), familiar in text_of(client.get(address))) == (True, False)
    change_address_form(AddressForm.TYKANI, by="olga")
    assert (polite in text_of(client.get(address)), familiar in text_of(client.get(address))) == (False, True)
    change_address_form(AddressForm.VYKANI, by="olga")
    assert polite in text_of(client.get(address))


def test_english_is_the_same_either_way(academy: Event, client: ReviewingClient) -> None:
    addresses = ["/en/", "/en/moje", f"/en{ACADEMY}", f"/en{FORM}", "/en/neni-tu"]
    before = [text_of(client.get(address)) for address in addresses]
    change_address_form(AddressForm.TYKANI, by="olga")
    assert [text_of(client.get(address)) for address in addresses] == before


def test_papers_the_law_and_the_back_office_stay_polite(tykani: Event, olga: ReviewingClient) -> None:
    ada = factories.registration(tykani)
    for address, words in (
        ("/soukromi", "Můžete"),
        (f"/u/{ada.link_token}/udaje", "o vás"),
        ("/overeni/AAAA", "zeptejte se"),
        ("/sprava/ucet", "Zapněte"),
    ):
        assert words in text_of(olga.get(address)), address


def test_mails_are_familiar_except_those_to_the_staff(tykani: Event) -> None:
    test_every_message.write_everything(tykani, "cs")
    for row in world.messages():
        composed = post_office.compose(row)
        assert composed is not None, row.kind
        if row.kind != "group_message":  # the organizer's own words
            assert polite_words(composed.subject) == [], row.kind
            assert polite_words(test_every_message.ADDRESS.sub("", composed.text)) == [], row.kind
    assert "odkazy nepředávej dál" in world.said("links").text.replace("\n", " ").replace("\u00a0", " ")


def test_mail_to_the_staff_is_polite(tykani: Event) -> None:
    for kind in ("staff_invitation", "password_reset", "password_changed"):
        assert post_office.is_to_staff(kind)


def test_a_language_that_is_asked_for_is_polite_unless_told_otherwise(app: Flask) -> None:
    with i18n.in_language("cs"):
        assert i18n.gettext(PLEASE_CHOOSE).startswith("Vyberte")
    with i18n.in_language("cs", is_familiar=True):
        assert (i18n.language(), i18n.gettext(PLEASE_CHOOSE)[:9]) == ("cs", "Vyber pro")
        assert i18n.gettext("Programme") == "Program"
        assert i18n.ngettext("%(num)d hour", "%(num)d hours", 5) == "5\u00a0hodin"
    with i18n.in_language("en", is_familiar=True):
        assert i18n.gettext(PLEASE_CHOOSE) == PLEASE_CHOOSE


def test_the_voice_costs_no_query_of_its_own(academy: Event, client: ReviewingClient) -> None:
    with count_queries() as politely:
        client.get(ACADEMY)
    change_address_form(AddressForm.TYKANI, by="olga")
    with count_queries() as familiarly:
        client.get(ACADEMY)
    assert familiarly.count == politely.count


def test_administrator_chooses_and_the_history_knows(academy: Event, olga: ReviewingClient) -> None:
    page = olga.get(SETTINGS)
    assert re.search(r'value="vykani"\s+checked', page.text)
    for _ in range(2):  # the second time changes nothing
        response = olga.submit(SETTINGS, page=SETTINGS, address_form="tykani")
        assert (response.status_code, response.location) == (303, SETTINGS)
    assert get_association().address_form is AddressForm.TYKANI
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "association"))
    assert (entry.action, entry.by) == ("changed", factories.OLGA_EMAIL)
    assert (entry.before, entry.after) == ({"address_form": "vykani"}, {"address_form": "tykani"})
    page = olga.get(SETTINGS)
    assert re.search(r'value="tykani"\s+checked', page.text)
    assert "Nastavení je uložené." in text_of(page)
    assert "jako kolegové (tykání)" in text_of(olga.get("/sprava/historie"))


def test_a_third_way_is_refused(academy: Event, olga: ReviewingClient) -> None:
    for sent in ({"address_form": "onikani"}, {}):
        assert olga.submit(SETTINGS, page=SETTINGS, **sent).status_code == 422
    assert get_association().address_form is AddressForm.VYKANI


def test_nameless_installation_can_choose_too(app: Flask) -> None:
    change_address_form(AddressForm.TYKANI, by="olga")
    assert (get_association().name, get_association().address_form) == ("Prezence", AddressForm.TYKANI)


def test_settings_are_the_administrators(academy: Event, client: ReviewingClient) -> None:
    assert client.get(SETTINGS).location.startswith("/prihlaseni")
    factories.organizer("petr@sekce.example", academy)
    client.sign_in("petr@sekce.example", factories.OLGA_PASSWORD)
    assert client.get(SETTINGS).status_code == 403
    own = "/sprava/ucet"
    assert client.submit(SETTINGS, page=own, address_form="tykani").status_code == 403


def test_questions_of_a_new_event_are_asked_as_the_association_speaks(tykani: Event) -> None:
    template = find_template("akademie")
    assert template is not None
    labels = [question.label for question in template.questions]
    assert "Co od akademie čekáš?" in labels
