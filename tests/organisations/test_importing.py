"""A list of libraries: its columns, what it would do, what it does."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registration.core.audit import AuditEntry
from registration.core.clock import PRAGUE
from registration.core.db import db, transaction
from registration.core.errors import Refusal
from registration.core.sheets import Table
from registration.organisations import queries
from registration.organisations.errors import (
    IcoTaken,
    ImportNotFound,
    NameMissing,
    OrganisationExists,
    TwiceInList,
    ValueTooLong,
    WrongDay,
    WrongIco,
    WrongPostcode,
    WrongSigla,
)
from registration.organisations.import_columns import HEADINGS, guess_columns
from registration.organisations.import_plan import Line, Outcome
from registration.organisations.models import DirectoryImport, Organisation, OrganisationKind
from registration.organisations.operations import (
    add_organisation,
    apply_import,
    assign_columns,
    begin_membership,
    discard_import,
    end_membership,
    forget_imports,
    importing,
    upload_list,
)
from tests.queries import count_queries

BY = "olga@sekce.example"
NEW, CHANGED, SAME, WRONG = Outcome
Header = Sequence[str]
Travel = Callable[[datetime], None]
BASIC = ("Název", "Město", "IČO", "Sigla")


def library(name: str, **entry: str) -> Organisation:
    return add_organisation(name=name, by=BY, **entry)  # type: ignore[arg-type]  # texts only


def uploaded(*rows: Sequence[str], header: Header = BASIC) -> DirectoryImport:
    padded = [[*row, *[""] * (len(header) - len(row))] for row in rows]
    table = Table(header=list(header), rows=padded, numbers=list(range(2, len(rows) + 2)))
    return upload_list(table, file_name="knihovny.csv", by=BY)


def planned(*rows: Sequence[str], header: Header = BASIC) -> list[Line]:
    return queries.plan_import(uploaded(*rows, header=header))


def outcomes(*rows: Sequence[str], header: Header = BASIC) -> list[Outcome]:
    return [line.outcome for line in planned(*rows, header=header)]


def problem(*row: str, header: Header = BASIC) -> type[Refusal | None]:
    [line] = planned(row, header=header)
    return type(line.problem)


def everybody() -> list[Organisation]:
    db.session.rollback()
    db.session.expire_all()
    return queries.list_all_organisations()


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        (["Název", "Město", "IČO", "Sigla"], {"name": 0, "town": 1, "ico": 2, "sigla": 3}),
        (["č.", "KNIHOVNA", "obec", "Plátce", "IČO plátce"], {"name": 1, "town": 2, "payer_name": 3, "payer_ico": 4}),
        (["Name", "Member since", "Member"], {"name": 0, "member_since": 1, "is_member": 2}),
        (["Člen od:", "Datová schránka", "Ulice a číslo"], {"member_since": 0, "data_box": 1, "street": 2}),
        (list(HEADINGS), {field: place for place, field in enumerate(HEADINGS)}),
        (["x", ""], {}),
    ],
)  # fmt: skip
def test_columns_are_guessed_by_their_headings(header: list[str], columns: dict[str, int]) -> None:
    assert guess_columns(header) == columns


def test_columns_are_told_where_the_guess_was_wrong(app: Flask) -> None:
    sent = uploaded(("Lhota", "Knihovna"), header=("Co", "Název"))
    assign_columns(sent, {"name": 1, "town": 0, "ico": 9, "colour": 0})
    [line] = queries.plan_import(sent)
    assert line.row.values == {"name": "Knihovna", "town": "Lhota"}
    with pytest.raises(NameMissing):
        assign_columns(sent, {"town": 0})


def test_nothing_is_stored_before_it_is_confirmed(app: Flask) -> None:
    sent = uploaded(("Knihovna", "Lhota"))
    queries.plan_import(sent)
    assert everybody() == []
    assert apply_import(sent, by=BY) == {NEW: 1}
    assert [each.label for each in everybody()] == ["Knihovna, Lhota"]
    with pytest.raises(ImportNotFound):
        queries.get_import(sent.id)


def test_each_row_is_new_changed_the_same_or_wrong(app: Flask) -> None:
    library("Knihovna Stará", town="Lhota", ico="19")
    library("Knihovna Stálá", town="Ústí")
    rows = (
        ("Knihovna Nová", "Brno"),
        ("Knihovna Stará", "Lhota", "", "LHG001"),
        ("knihovna stálá", "ústí"),
        ("Knihovna", "Praha", "70282171"),
    )
    assert outcomes(*rows) == [NEW, CHANGED, CHANGED, WRONG]
    assert outcomes(("Knihovna Stálá", "Ústí")) == [SAME]


def test_changes_are_shown_field_by_field(app: Flask) -> None:
    library("Knihovna Lhota", ico="19")
    [line] = planned(("Městská knihovna", "Lhota", "19", "lhg 001"))
    assert line.changes == {
        "name": ("Knihovna Lhota", "Městská knihovna"),
        "town": ("", "Lhota"),
        "sigla": (None, "LHG001"),
    }


def test_library_is_recognised_by_sigla_then_ico_then_name(app: Flask) -> None:
    by_sigla = library("A", sigla="LHG001", ico="19")
    by_ico = library("B", ico="27")
    by_name = library("C", town="Lhota")
    without_town = library("D")
    lines = planned(
        ("C", "Lhota", "27", "LHG001"),  # the sigla decides, and the rest would collide
        ("Jinak", "", "27"),
        ("c", "LHOTA"),
        ("D", "Ústí"),
        ("C",),
    )
    assert [line.organisation for line in lines[:4]] == [by_sigla, by_ico, by_name, without_town]
    assert lines[4].organisation is None  # it is the third row already, and nobody else


def test_parts_of_one_body_share_its_ico(app: Flask) -> None:
    """The one without a sigla is who is named most alike; the others are new."""
    whole = library("Městská knihovna Horní Lhota", ico="19")
    lines = planned(
        ("Městská knihovna Horní Lhota, Oddělení pro děti", "", "19", "LHG002"),
        ("Městská knihovna v Horní Lhotě", "", "19", "LHG001"),
    )
    assert [(line.outcome, line.organisation) for line in lines] == [(NEW, None), (CHANGED, whole)]
    apply_import(uploaded(*[list(line.row.values.values()) for line in lines], header=("Název", "IČO", "Sigla")), by=BY)
    assert [(each.sigla, each.ico) for each in everybody()] == [("LHG002", "00000019"), ("LHG001", "00000019")]


def test_wrong_rows_say_why(app: Flask) -> None:
    library("Knihovna Lhota", ico="19")
    library("Knihovna Ústí", sigla="UST001")
    assert problem("Knihovna", "", "70282171") is WrongIco
    assert problem("Knihovna", "", "", "X") is WrongSigla
    assert problem("", "Lhota") is NameMissing
    assert problem("", "", "", "XXX999") is NameMissing
    assert problem("x" * 201) is ValueTooLong
    assert problem("Knihovna", "1", header=("Název", "PSČ")) is WrongPostcode
    assert problem("Knihovna Lhota", "", "", "UST001") is OrganisationExists
    assert problem("Knihovna Ústí", "", "19") is OrganisationExists
    for day in ("zítra", "31. 2. 2020", "2020-13-01"):
        assert problem("Knihovna", day, header=("Název", "Člen od")) is WrongDay


def test_number_of_somebody_else_is_refused(app: Flask) -> None:
    library("Knihovna Lhota", ico="19")
    library("Knihovna Ústí", ico="27")
    [_, taken] = planned(("Knihovna Lhota", "", "19"), ("Knihovna Hora", "", "19"))
    assert type(taken.problem) is IcoTaken
    [_, other] = planned(("Knihovna Hora", "", "", "LHG001"), ("Knihovna Dole", "", "", "LHG001"))
    assert type(other.problem) is TwiceInList
    [_, same] = planned(("Knihovna Hora", "", "35"), ("Knihovna Dole", "", "35"))
    assert type(same.problem) is TwiceInList


def test_sigla_means_its_library_once(app: Flask) -> None:
    library("Knihovna Lhota", sigla="LHG001")
    lines = planned(("Knihovna Lhota", "", "", "LHG001"), ("", "", "", "LHG001"))
    assert [type(line.problem) for line in lines] == [type(None), TwiceInList]


def test_empty_cells_change_nothing(app: Flask) -> None:
    library("Knihovna", town="Lhota", ico="19", founder="Obec")
    assert outcomes(("Knihovna", "Lhota")) == [SAME]
    assert outcomes(("", "", "19")) == [SAME]


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("Příspěvková organizace", "prispevkova"),
        ("PO", "prispevkova"),
        ("org. složka", "organizacni_slozka"),
        ("OS", "organizacni_slozka"),
        ("spolek", "jina"),
        ("", "jina"),
    ],
)
def test_legal_form_is_read_in_many_words(app: Flask, typed: str, kind: str) -> None:
    apply_import(uploaded(("Knihovna", typed), header=("Název", "Právní forma")), by=BY)
    assert [each.kind for each in everybody()] == [OrganisationKind(kind)]


@pytest.mark.parametrize(
    ("cells", "is_member", "since"),
    [
        (("ano", ""), True, None),
        (("x", "1. 3. 2020"), True, date(2020, 3, 1)),
        (("", "2015"), True, date(2015, 1, 1)),
        (("", "2020-03-01T00:00:00"), True, date(2020, 3, 1)),
        (("ne", ""), False, None),
        (("", "1. 3. 2099"), False, date(2099, 3, 1)),
    ],
)
def test_membership_begins_as_the_list_says(
    app: Flask, cells: tuple[str, str], is_member: bool, since: date | None
) -> None:
    apply_import(uploaded(("Knihovna", *cells), header=("Název", "Člen", "Člen od")), by=BY)
    [added] = everybody()
    assert added.is_member == is_member
    assert [each.since_on for each in queries.list_memberships(added)] == ([since] if is_member or since else [])


def test_membership_that_is_known_is_never_changed(app: Flask, at_demo_day: None) -> None:
    member = add_organisation(name="Členka", is_member=True, member_since=date(2001, 1, 1), by=BY)
    former = library("Bývalá")
    begin_membership(former, since_on=date(2001, 1, 1), by=BY)
    end_membership(former, until_on=date(2002, 1, 1), reason="", by=BY)
    stranger = library("Nečlenka")
    rows = [("Členka", "1. 1. 2020"), ("Bývalá", "1. 1. 2020"), ("Nečlenka", "1. 1. 2020")]
    sent = uploaded(*rows, header=("Název", "Člen od"))
    assert [line.outcome for line in queries.plan_import(sent)] == [SAME, SAME, CHANGED]
    apply_import(sent, by=BY)
    everybody()
    assert [each.is_member for each in (member, former, stranger)] == [True, False, True]
    assert queries.members_since([member, stranger]) == {member.id: date(2001, 1, 1), stranger.id: date(2020, 1, 1)}


def test_what_a_list_changed_is_in_the_log(app: Flask) -> None:
    library("Stará", ico="19")
    apply_import(uploaded(("Nová",), ("Změněná", "", "19")), by="ada")
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.by == "ada").order_by(AuditEntry.id)).all()
    assert [(each.action, each.before.get("name"), each.after.get("name")) for each in entries] == [
        ("changed", "Stará", "Změněná"),
        ("added", None, "Nová"),
    ]
    assert [each.name for each in everybody()] == ["Nová", "Změněná"]
    assert [each.folded_name for each in everybody()] == ["nova", "zmenena"]


def test_what_others_change_between_two_steps_is_looked_at_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "_AT_ONCE", 1)
    take_over = importing._take_over

    def take_over_and_add(lines: Sequence[Line], *, by: str) -> None:
        take_over(lines, by=by)
        if lines[0].row.number == 2:
            after_commit.append(True)

    after_commit: list[bool] = []

    def transaction_with_a_guest() -> AbstractContextManager[Session]:
        if after_commit:
            after_commit.clear()
            library("Druhá")
        return transaction()

    monkeypatch.setattr(importing, "_take_over", take_over_and_add)
    monkeypatch.setattr(importing, "transaction", transaction_with_a_guest)
    assert apply_import(uploaded(("První",), ("Druhá",)), by=BY) == Counter({NEW: 1, SAME: 1})
    assert len(everybody()) == 2


def test_list_taken_over_by_two_people_at_once_counts_once(app: Flask) -> None:
    sent = uploaded(("Knihovna",))
    plan_of = queries.plan_import(sent)
    assert len(plan_of) == 1
    discard_import(sent.id)
    assert apply_import(sent, by=BY) == {NEW: 1}
    assert len(everybody()) == 1
    with pytest.raises(ImportNotFound):
        discard_import(sent.id)


def test_lists_nobody_came_back_to_go_after_a_day(app: Flask, at_demo_day: None, travel: Travel) -> None:
    uploaded(("Knihovna",))
    assert forget_imports() == 0
    travel(datetime(2025, 3, 11, 9, 1, tzinfo=PRAGUE))
    assert forget_imports() == 1
    assert db.session.scalar(select(func.count()).select_from(DirectoryImport)) == 0


def test_plan_costs_the_same_whatever_its_length(app: Flask) -> None:
    short, long = uploaded(("A",)), uploaded(*[(f"Knihovna {number}",) for number in range(30)])
    costs = []
    for sent in (short, long):
        db.session.refresh(sent)
        with count_queries() as counter:
            queries.plan_import(sent)
        costs.append(counter.count)
    assert costs == [2, 2]


@pytest.mark.slow
def test_thousands_of_libraries_take_seconds(app: Flask) -> None:
    rows = [(f"Místní knihovna {number}", f"Obec {number}", "", f"ABC{number:03}"[:6]) for number in range(1000)]
    assert apply_import(uploaded(*rows), by=BY) == {NEW: 1000}
    assert apply_import(uploaded(*rows), by=BY) == {SAME: 1000}
