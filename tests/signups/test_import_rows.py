"""The rows of a file: who is in them, and what is wrong with the others, each with its row, column and value."""

import pytest
from flask import Flask

from registration.core.i18n import in_language
from registration.events.models import Event, QuestionKind, QuestionScope
from registration.signups.importing.people import Incoming
from tests import factories
from tests.signups.imports import HEADER, keep, read, wrong
from tests.signups.sign_up_forms import ask


@pytest.fixture
def workshop(app: Flask, at_demo_day: None) -> Event:
    """Give an event with one ticket type."""
    return factories.workshop()


def test_row_becomes_a_person_tidied_as_in_the_form(workshop: Event) -> None:
    header = "Titul;Jméno;Příjmení;Titul za;E-mail;Knihovna;IČO;Poznámka"
    line = "Ing.; Jan  Karel;Žďárský ;Ph.D.;jan@x.example;Městská  knihovna;89605;nemá auto"
    assert read(keep(workshop, line, header=header)) == (
        [
            Incoming(
                number=2,
                title_before="Ing.",
                given_name="Jan Karel",
                family_name="Žďárský",
                title_after="Ph.D.",
                email="jan@x.example",
                ticket_type="UCAST",
                organisation="Městská knihovna",
                ico="00089605",
                note="nemá auto",
            )
        ],
        [],
    )


def test_name_in_one_cell_is_parted_unless_a_title_has_its_own(workshop: Event) -> None:
    header = "Účastník;E-mail;Titul za"
    people, _ = read(keep(workshop, '"Ing. Jan Nový, Ph.D.";a@x.example;MBA', header=header))
    assert [people[0].title_before, people[0].name, people[0].title_after] == ["Ing.", "Jan Nový", "MBA"]
    people, _ = read(keep(workshop, '"Nový Jan, Ing.";a@x.example', header="Příjmení a jméno;E-mail"))
    assert [people[0].title_before, people[0].name] == ["Ing.", "Jan Nový"]


def test_what_is_wrong_is_said_with_row_column_and_value(workshop: Event) -> None:
    kept = keep(
        workshop,
        ";Nový;a@x.example;;",
        "Jan;;b@x.example;;",
        "",
        "Jan;Nový;b.x.example;;",
        "Jan;Nový;;;",
        "Jan;http://x.example;c@x.example;;",
        "=1+1;Nový;d@x.example;;",
        "Jan;#N/A;e@x.example;;",
        "Jan;Nový;f@x.example;12345678;",
        f"Jan;Nový;g@x.example;;{'x' * 201}",
        "Jan;Nový;h@x.example;;<b>",
        "Jan;Dobrý;i@x.example;;",
        header="Jméno;Příjmení;E-mail;IČO;Knihovna",
    )
    people, faults = read(kept)
    assert [person.family_name for person in people] == ["Dobrý"]
    assert wrong(faults) == [
        (2, "Jméno", ""),
        (3, "Příjmení", ""),
        (5, "E-mail", "b.x.example"),
        (6, "E-mail", ""),
        (7, "Příjmení", "http://x.example"),
        (8, "Jméno", "=1+1"),
        (9, "Příjmení", "#N/A"),
        (10, "IČO", "12345678"),
        (11, "Knihovna", "x" * 201),
        (12, "Knihovna", "<b>"),
    ]
    assert all(fault.sentence for fault in faults)


def test_row_can_have_several_faults_but_one_for_each_cell(workshop: Event) -> None:
    _, faults = read(keep(workshop, ";;x"))
    assert wrong(faults) == [(2, "Jméno", ""), (2, "Příjmení", ""), (2, "E-mail", "x")]
    _, faults = read(keep(workshop, ";a@x.example;Ing.", header="Celé jméno;E-mail;Titul"))
    assert wrong(faults) == [(2, "Celé jméno", "")]


def test_ticket_type_is_found_by_name_or_code_or_is_the_chosen_one(academy: Event) -> None:
    kept = keep(
        academy,
        "A;A;a@x.example;ai",
        "B;B;b@x.example;Jen  setkání sekce",
        "C;C;c@x.example;",
        "D;D;d@x.example;Něco jiného",
        header="Jméno;Příjmení;E-mail;Varianta",
        ticket_type="OBOJI",
    )
    title = next(each.title for each in academy.ticket_types if each.code == "SETKANI")
    kept.rows[1][3] = title.upper()
    people, faults = read(kept)
    assert [person.ticket_type for person in people] == ["AI", "SETKANI", "OBOJI"]
    assert wrong(faults) == [(5, "Varianta", "Něco jiného")]


def test_row_without_ticket_type_is_left_out_where_none_was_chosen(academy: Event) -> None:
    people, faults = read(keep(academy, "A;A;a@x.example", ticket_type=""))
    assert (people, wrong(faults)) == ([], [(2, "", "")])
    with in_language("en"):
        assert read(keep(academy, "A;A;a@x.example", ticket_type=""))[1][0].sentence == "The ticket type is missing."


def test_answers_are_read_from_labels_and_codes(workshop: Event) -> None:
    ask(workshop.id, "soup", QuestionKind.CHOICE, ("leek", None), ("onion", None), position=1)
    ask(workshop.id, "days", QuestionKind.CHOICES, ("mon", None), ("tue", None), ("a-b", None), position=2)
    ask(workshop.id, "car", QuestionKind.YES_NO, position=3)
    ask(workshop.id, "age", QuestionKind.NUMBER, position=4)
    ask(workshop.id, "born", QuestionKind.DATE, position=5)
    ask(workshop.id, "bill", QuestionKind.TEXT, position=6, scope=QuestionScope.ORDER)
    header = "Jméno;Příjmení;E-mail;Otázka soup;days;car;age;born;Otázka bill"
    kept = keep(
        workshop,
        'A;A;a@x.example;onion;"MON, tue";Ano;1 950,5;2. 4. 2025;č. 7',
        "B;B;b@x.example;LEEK;a-b;n;;;",
        "C;C;c@x.example;cibulová;pátek;možná;moc;zítra;",
        "D;D;d@x.example;;;;;;%C3",
        header=header,
    )
    people, faults = read(kept)
    assert [person.answers for person in people] == [
        {"soup": "onion", "days": ["mon", "tue"], "car": True, "age": 1950.5, "born": "2025-04-02"},
        {"soup": "leek", "days": ["a-b"], "car": False},
    ]
    assert [person.order_answers for person in people] == [{"bill": "č. 7"}, {}]
    assert wrong(faults) == [
        (4, "Otázka soup", "cibulová"),
        (4, "days", "pátek"),
        (4, "car", "možná"),
        (4, "age", "moc"),
        (4, "born", "zítra"),
        (5, "Otázka bill", "%C3"),
    ]


def test_required_answer_is_asked_for_only_where_the_file_has_its_column(workshop: Event) -> None:
    ask(workshop.id, "diet", QuestionKind.TEXT, is_required=True)
    people, faults = read(keep(workshop, "A;A;a@x.example"))
    assert (len(people), faults) == (1, [])
    people, faults = read(keep(workshop, "A;A;a@x.example;", "B;B;b@x.example;vše", header=f"{HEADER};diet"))
    assert ([person.number for person in people], wrong(faults)) == ([3], [(2, "diet", "")])
