"""Who signs papers and what else stands on them: of the association, of an event, and for ever of an issued paper."""

import io
from collections.abc import Callable
from datetime import datetime

import pytest
from PIL import Image, PngImagePlugin
from sqlalchemy import func, select

from registration.certificates import queries, setting_rules
from registration.certificates.contents import Style
from registration.certificates.operations import issue_certificates
from registration.certificates.rendering import render
from registration.certificates.styling import Look, look_of, style_association, style_event
from registration.checkin.operations import mark_present
from registration.checkin.queries import get_session
from registration.core import pictures
from registration.core.clock import PRAGUE
from registration.core.db import db
from registration.core.errors import PictureUnreadable
from registration.events.models import Event
from registration.events.queries import get_event
from registration.organisations.models import Association, PaperPicture
from registration.organisations.operations import store_picture
from registration.organisations.queries import get_association
from tests import factories
from tests.papers import text_of
from tests.reviewing import ReviewingClient

OLGA = factories.OLGA_EMAIL
OF_EVENT = "/sprava/akce/setkani-sekce-ai-v-praxi-manazera/osvedceni/vzhled"
OF_ALL = "/sprava/nastaveni/osvedceni"
NOTHING = look_of(None)


def image(size: tuple[int, int] = (300, 90), mode: str = "RGBA", **options: object) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, "navy").save(file, "PNG", **options)
    return file.getvalue()


def look(**changes: object) -> Look:
    return Look(**(NOTHING.__dict__ | changes))


def test_picture_is_made_small_keeps_its_transparency_and_nothing_it_carried() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Ada Žďárská")
    drawn = pictures.redraw_for_paper(image((3000, 900), pnginfo=notes))
    assert (drawn.width, drawn.height) == (1200, 360)
    with Image.open(io.BytesIO(drawn.png)) as opened:
        assert (opened.format, opened.mode) == ("PNG", "RGBA")
    assert b"Author" not in drawn.png
    with Image.open(io.BytesIO(pictures.redraw_for_paper(image(mode="RGB")).png)) as opened:
        assert opened.mode == "RGB"


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(PictureUnreadable):
        pictures.redraw_for_paper(b"%PDF-1.7")


def test_the_same_picture_is_kept_once(academy: Event) -> None:
    assert store_picture(image(), by=OLGA) == store_picture(image(), by=OLGA)
    assert db.session.scalar(select(func.count()).select_from(PaperPicture)) == 1


def test_event_has_the_looks_of_the_association_where_it_says_nothing(academy: Event) -> None:
    signature, logo = store_picture(image(), by=OLGA), store_picture(image((90, 90)), by=OLGA)
    style_association(Look("Mgr. Alena Šimková", "předsedkyně", "Podpořil VISK.", True, True, signature, logo), by=OLGA)
    style_event(academy, look(shows_lessons=False), by=OLGA)
    assert queries.style_of(academy) == Style(
        "Mgr. Alena Šimková",
        "předsedkyně",
        signature,
        logo,
        "Podpořil VISK.",
        says_unaccredited=True,
        shows_lessons=False,
    )


def test_nobody_signs_with_the_signature_of_somebody_else(academy: Event) -> None:
    signature = store_picture(image(), by=OLGA)
    style_association(
        look(signatory_name="Alena", signature_sha256=signature, says_unaccredited=True, shows_lessons=True), by=OLGA
    )
    style_event(academy, look(signatory_name="Bob", signatory_function="ředitel"), by=OLGA)
    style = queries.style_of(academy)
    assert (style.signatory_name, style.signatory_function, style.signature) == ("Bob", "ředitel", "")
    bobs = store_picture(image((200, 60)), by=OLGA)
    style_event(academy, look(signatory_name="Bob", signature_sha256=bobs), by=OLGA)
    assert queries.style_of(academy).signature == bobs


def test_association_that_said_nothing_yet_can_set_its_looks(academy: Event) -> None:
    db.session.delete(get_association())
    db.session.commit()
    style_association(look(signatory_name="Alena", says_unaccredited=False, shows_lessons=False), by=OLGA)
    assert db.session.scalars(select(Association.signatory_name)).all() == ["Alena"]


def test_copied_event_has_the_same_looks_and_an_event_without_any_none(academy: Event) -> None:
    copy = setting_rules.copy_event(academy, weeks=52, title="Bez vzhledu", by=OLGA)
    assert queries.find_style(copy) is None
    style_event(academy, look(signatory_name="Bob"), by=OLGA)
    copy = setting_rules.copy_event(academy, weeks=104, title="S podpisem", by=OLGA)
    assert look_of(queries.find_style(copy)) == look(signatory_name="Bob")


def test_issued_paper_shows_what_was_set_on_its_day(academy: Event, travel: Callable[[datetime], None]) -> None:
    signature = store_picture(image(), by=OLGA)
    style_event(
        academy,
        look(signatory_name="Bob", signature_sha256=signature, says_unaccredited=False, paper_note="VISK 2"),
        by=OLGA,
    )
    ada = factories.registration(academy)
    for code in ("ai-brno", "ai-online-1"):
        mark_present(get_session(get_event(academy.slug), code), [ada], reason="test", by=OLGA)
    travel(datetime(2025, 4, 17, 9, 0, tzinfo=PRAGUE))
    academys = next(each for each in queries.list_rules(get_event(academy.slug)) if "AI" in each.title)
    (certificate,) = issue_certificates(academys, by=OLGA)
    style_event(academy, look(signatory_name="Cyril", shows_lessons=False), by=OLGA)
    assert (certificate.content["signature"], certificate.content["note"]) == (signature, "")
    paper = render(certificate)
    assert b"/Subtype /Image" in paper
    words = text_of(paper)
    assert [word in words for word in ("Bob", "VISK 2", "vyučovací", "Cyril", "akreditována")] == [
        True, True, True, False, False,
    ]  # fmt: skip


def test_administrator_sets_the_looks_of_all_papers(academy: Event, olga: ReviewingClient) -> None:
    sent = {"signatory_name": "Alena", "says_unaccredited": "yes", "shows_lessons": "no"}
    wrong = {"signature": (io.BytesIO(b"GIF89a"), "podpis.gif")}
    assert olga.submit(OF_ALL, page=OF_ALL, **sent, **wrong).status_code == 422
    assert olga.submit(OF_ALL, page=OF_ALL, says_unaccredited="").status_code == 422
    files = {"signature": (io.BytesIO(image()), "podpis.png"), "logo": (io.BytesIO(image((90, 90))), "logo.png")}
    assert olga.submit(OF_ALL, page=OF_ALL, **sent, **files).status_code == 303
    db.session.expire_all()
    association = get_association()
    assert (association.signatory_name, association.shows_lessons) == ("Alena", False)
    shown = olga.get(f"{OF_ALL}/obrazek/{association.signature_sha256}.png")
    assert (shown.status_code, shown.mimetype) == (200, "image/png")
    assert olga.get(f"{OF_ALL}/obrazek/{'0' * 64}.png").status_code == 404
    # Sent again without files the pictures stay; a tick takes one away.
    olga.submit(OF_ALL, page=OF_ALL, **sent, removes_signature="y")
    db.session.expire_all()
    association = get_association()
    assert association.signature_sha256 is None
    assert association.logo_sha256 is not None


def test_organizer_sets_the_looks_of_an_event(academy: Event, olga: ReviewingClient) -> None:
    sent = {"signatory_name": "Bob", "says_unaccredited": "", "shows_lessons": "no"}
    assert olga.submit(OF_EVENT, page=OF_EVENT, **sent, logo=(io.BytesIO(b"x"), "x.png")).status_code == 422
    assert olga.submit(OF_EVENT, page=OF_EVENT, **sent).status_code == 303
    db.session.expire_all()
    assert look_of(queries.find_style(academy)) == look(signatory_name="Bob", shows_lessons=False)
    assert 'value="Bob"' in olga.get(OF_EVENT).get_data(as_text=True)
