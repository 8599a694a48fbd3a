from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select

from registration.core.audit import AuditEntry
from registration.core.db import db
from registration.core.errors import NotFound, Refusal
from registration.organisations import errors
from registration.organisations.errors import IcoTaken, OrganisationExists, SiglaTaken, WrongIco
from registration.organisations.models import Organisation
from registration.organisations.operations import add_organisation, change_organisation
from registration.organisations.queries import find_organisation
from registration.programme import PROGRAMME_2025, load_programme

BY = "olga@sekce.example"


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Organisation)) or 0


def test_organisation_is_added_as_it_is_searched(app: Flask) -> None:
    added = add_organisation(
        name="  Městská  knihovna ",
        town="Dolní Lhota",
        ico="89605",
        is_member=True,
        payer_name="Město Dolní Lhota",
        payer_ico="702 82 170",
        by=BY,
    )
    db.session.expire_all()
    assert (added.name, added.town, added.folded_name, added.folded_town) == (
        "Městská knihovna",
        "Dolní Lhota",
        "mestska knihovna",
        "dolni lhota",
    )
    assert (added.ico, added.is_member, added.payer_name, added.payer_ico) == (
        "00089605",
        True,
        "Město Dolní Lhota",
        "70282170",
    )


def test_name_alone_is_enough(app: Flask) -> None:
    added = add_organisation(name="Knihovna Na Kopci", by=BY)
    assert (added.town, added.ico, added.is_member, added.payer_name, added.payer_ico) == ("", None, False, None, None)
    assert add_organisation(name="Jiná knihovna", by=BY).ico is None  # several may have none


@pytest.mark.parametrize("ico", ["ico", "payer_ico"])
def test_wrong_ico_is_refused(app: Flask, ico: str) -> None:
    with pytest.raises(WrongIco, match="IČO"):
        add_organisation(name="Knihovna", by=BY, **{ico: "70282171"})  # type: ignore[arg-type]  # one of its texts
    assert count() == 0


@pytest.mark.parametrize("name", ["Knihovna Žďár", "knihovna  zdar", "KNIHOVNA ŽĎÁR!"])
def test_same_name_and_town_is_refused_however_spelled(app: Flask, name: str) -> None:
    add_organisation(name="Knihovna Žďár", town="Žďár u Lesa", by=BY)
    with pytest.raises(OrganisationExists, match="Knihovna Žďár, Žďár u Lesa"):
        add_organisation(name=name, town="zdar u lesa", by=BY)
    assert count() == 1


def test_same_name_in_another_town_is_another_organisation(app: Flask) -> None:
    add_organisation(name="Městská knihovna", town="Horní Lhota", by=BY)
    add_organisation(name="Městská knihovna", town="Dolní Lhota", by=BY)
    add_organisation(name="Městská knihovna", by=BY)
    assert count() == 3


def test_taken_ico_is_refused(app: Flask) -> None:
    add_organisation(name="Knihovna Horní Lhota", ico="00089605", by=BY)
    with pytest.raises(IcoTaken, match="Knihovna Horní Lhota"):
        add_organisation(name="Knihovna Dolní Lhota", ico="89605", by=BY)
    assert count() == 1


def test_one_town_may_pay_for_several_libraries(app: Flask) -> None:
    for name in ("Knihovna Sever", "Knihovna Jih"):
        add_organisation(name=name, payer_name="Město Lhota", payer_ico="70282170", by=BY)
    assert count() == 2


def test_letters_that_fold_to_many_fit(app: Flask) -> None:
    added = add_organisation(name="ﷺ" * 200, town="ﷺ" * 100, by=BY)
    assert (len(added.folded_name), len(added.folded_town)) == (200, 100)


def test_entry_is_changed_as_a_whole_and_membership_goes_on(app: Flask) -> None:
    added = add_organisation(name="Knihovna", town="Lhota", ico="89605", is_member=True, payer_name="Město", by=BY)
    changed = change_organisation(added, name="Knihovna Ústí", ico="89605", by=BY)
    db.session.expire_all()
    assert changed.id == added.id
    assert (changed.name, changed.folded_name, changed.town, changed.folded_town) == (
        "Knihovna Ústí",
        "knihovna usti",
        "",
        "",
    )
    assert (changed.ico, changed.is_member, changed.payer_name) == ("00089605", True, None)


def test_change_is_refused_like_an_addition(app: Flask) -> None:
    add_organisation(name="Knihovna Sever", ico="89605", by=BY)
    south = add_organisation(name="Knihovna Jih", by=BY)
    with pytest.raises(OrganisationExists):
        change_organisation(south, name="knihovna sever", by=BY)
    with pytest.raises(IcoTaken):
        change_organisation(south, name="Knihovna Jih", ico="89605", by=BY)
    with pytest.raises(WrongIco):
        change_organisation(south, name="Knihovna Jih", ico="2", by=BY)
    db.session.expire_all()
    assert (south.name, south.ico) == ("Knihovna Jih", None)


def test_two_people_cannot_add_the_same_library(app: Flask) -> None:
    start, answers = Barrier(4), []

    def add(spelled: str) -> None:
        with app.app_context():
            start.wait()
            try:
                answers.append(add_organisation(name=spelled, by=BY).name)
            except OrganisationExists:
                answers.append("exists")

    spellings = ("Knihovna Žďár", "Knihovna Zdar", "knihovna žďár", "knihovna zdar")
    threads = [Thread(target=add, args=[spelled]) for spelled in spellings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count("exists") == 3
    assert count() == 1


def test_programme_loaded_twice_adds_no_library(app: Flask, at_demo_day: None) -> None:
    load_programme(PROGRAMME_2025)
    before = count()
    upper, lower = find_organisation("Městská knihovna Horní Lhota"), find_organisation("Městská knihovna Dolní Lhota")
    assert upper
    assert lower
    change_organisation(upper, name="Knihovna přejmenovaná", ico="00000019", by=BY)
    change_organisation(lower, name=lower.name, town="Dolní Lhota", by=BY)
    load_programme(PROGRAMME_2025)
    assert count() == before == 6


def test_programme_brings_payers(app: Flask, at_demo_day: None) -> None:
    load_programme(PROGRAMME_2025)
    lower = find_organisation("Městská knihovna Dolní Lhota")
    assert lower
    assert (lower.ico, lower.payer_name, lower.payer_ico, lower.is_member) == (
        None,
        "Město Dolní Lhota",
        "00000027",
        True,
    )


def test_taken_sigla_is_refused(app: Flask) -> None:
    add_organisation(name="Knihovna Horní Lhota", sigla="lhg 001", by=BY)
    with pytest.raises(SiglaTaken, match="Knihovna Horní Lhota"):
        add_organisation(name="Knihovna Dolní Lhota", sigla="LHG001", by=BY)
    assert count() == 1


def test_parts_of_one_body_may_share_its_ico_when_siglas_tell_them_apart(app: Flask) -> None:
    add_organisation(name="Knihovna", ico="19", sigla="LHG001", by=BY)
    part = add_organisation(name="Knihovna, pobočka", ico="19", sigla="LHG002", by=BY)
    change_organisation(part, name="Knihovna, pobočka", ico="19", sigla="LHG002", town="Lhota", by=BY)
    with pytest.raises(IcoTaken):
        change_organisation(part, name="Knihovna, pobočka", ico="19", by=BY)


def test_changes_are_in_the_log_with_what_was_before(app: Flask) -> None:
    added = add_organisation(name="Knihovna", by=BY)
    change_organisation(added, name="Knihovna", by=BY)  # nothing is different
    change_organisation(added, name="Knihovna", town="Lhota", by="ada")
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(each.action, each.by, each.before, each.after.get("town")) for each in entries] == [
        ("added", BY, {}, ""),
        ("changed", "ada", {"town": ""}, "Lhota"),
    ]


_EXPLAINED = [kind for kind in vars(errors).values() if isinstance(kind, type) and "__init__" not in vars(kind)]


@pytest.mark.parametrize("refusal", [kind for kind in _EXPLAINED if issubclass(kind, Refusal)])
def test_every_refusal_says_a_sentence(app: Flask, refusal: type[Refusal]) -> None:
    if refusal not in {Refusal, NotFound}:
        assert str(refusal()).endswith(".")
