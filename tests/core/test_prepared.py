from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from registration.accounts.models import Role
from registration.core import clock
from registration.core.db import db, transaction
from registration.core.prepared import Prepared, pipelined
from registration.events.models import Event, SignUp, WaitingListMode
from tests.failing import database_fails_on
from tests.queries import count_queries

_event: Any = Event.__table__
_role: Any = Role.__table__
_NAMES = select(_role.c.name).where(_role.c.name != "Beta").order_by(_role.c.name)


def role(name: str) -> dict[str, str]:
    """Return the values of a row."""
    return {"name": name, "description": ""}


def test_it_reads_what_sqlalchemy_reads(academy: Event) -> None:
    statement = select(*_event.c).where(_event.c.id == bindparam("id_"))
    (row,) = Prepared(statement).rows({"id_": academy.id})
    assert row._asdict() == dict(db.session.execute(statement, {"id_": academy.id}).one()._mapping)
    assert (row.sign_up, row.waiting_list) == (SignUp.HERE, WaitingListMode.CONFIRM)
    assert row.published_at.tzinfo is UTC


def test_it_binds_what_sqlalchemy_binds(academy: Event) -> None:
    closes_at = datetime(2025, 3, 20, 12, 0, tzinfo=clock.PRAGUE)
    change = Prepared(
        update(_event)
        .where(_event.c.id == bindparam("id_"))
        .values(
            waiting_list=bindparam("mode"),
            sign_up_closes_at=bindparam("closes_at"),
            reminders_online=bindparam("online"),
        )
    )
    with transaction():
        change.run({"id_": academy.id, "mode": WaitingListMode.OFFER, "closes_at": closes_at, "online": [5, 1]})
    db.session.expire_all()
    assert academy.waiting_list is WaitingListMode.OFFER
    assert academy.sign_up_closes_at == closes_at
    assert academy.reminders_online == [5, 1]


def test_naive_time_is_refused_as_everywhere(academy: Event) -> None:
    close = Prepared(update(_event).values(sign_up_closes_at=bindparam("closes_at")))
    with pytest.raises(ValueError, match="aware"), transaction():
        close.run({"closes_at": datetime(2025, 3, 20, 12, 0)})


def test_no_row_is_none(app: Flask) -> None:
    assert Prepared(_NAMES).row({}) is None


def test_many_values_are_one_statement(app: Flask) -> None:
    with transaction(), count_queries() as counter:
        Prepared(insert(_role)).run([role("Alfa"), role("Beta"), role("Gama")])
    assert counter.count == 1
    assert [row.name for row in Prepared(_NAMES).rows({})] == ["Alfa", "Gama"]


def test_nothing_to_write_is_no_statement(app: Flask) -> None:
    with transaction(), count_queries() as counter:
        Prepared(insert(_role)).run([])
    assert counter.count == 0


def test_changes_of_models_are_written_before_it(app: Flask) -> None:
    with transaction() as session:
        session.add(Role(name="Alfa"))
        assert [row.name for row in Prepared(_NAMES).rows({})] == ["Alfa"]


def test_it_goes_when_its_transaction_does(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        Prepared(insert(_role)).run(role("Alfa"))
        raise ZeroDivisionError
    assert Prepared(_NAMES).rows({}) == []


def test_its_errors_are_those_of_sqlalchemy_without_the_values(app: Flask) -> None:
    store = Prepared(insert(_role))
    with transaction():
        store.run(role("Tajná"))
    with pytest.raises(IntegrityError) as caught, transaction():
        store.run(role("Tajná"))
    assert caught.value.params is None
    with pytest.raises((OperationalError, ProgrammingError)), transaction():
        Prepared(select(bindparam("x", 1)).select_from(db.text("nowhere"))).rows({})


def test_who_listens_to_statements_hears_of_it(app: Flask) -> None:
    with database_fails_on("Tajná"), pytest.raises(RuntimeError), transaction():
        Prepared(insert(_role)).run(role("Tajná"))


def test_pipelined_statements_run_in_their_order(app: Flask) -> None:
    store, names = Prepared(insert(_role)), Prepared(_NAMES)
    with transaction() as session:
        session.add(Role(name="Alfa"))
        with pipelined():
            before = names.ask({})
            store.run(role("Gama"))
            after = names.rows({})
            store.run([role("Delta"), role("Epsilon")])
        assert [[row.name for row in rows] for rows in (before(), after)] == [["Alfa"], ["Alfa", "Gama"]]
    assert [row.name for row in names.rows({})] == ["Alfa", "Delta", "Epsilon", "Gama"]


def test_what_a_pipeline_refuses_is_an_error_of_sqlalchemy_and_leaves_nothing(app: Flask) -> None:
    store = Prepared(insert(_role))
    with pytest.raises(IntegrityError) as caught, transaction(), pipelined():
        for name in ("Alfa", "Tajná", "Tajná"):
            store.run(role(name))
    assert caught.value.params is None
    with pytest.raises(IntegrityError), transaction(), pipelined():
        store.run(role("Alfa"))
        store.run(role("Alfa"))
        Prepared(_NAMES).rows({})
    assert Prepared(_NAMES).rows({}) == []
