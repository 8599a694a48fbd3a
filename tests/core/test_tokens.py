import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from registration.core import tokens


def test_tokens_have_their_lengths_and_alphabets(app: Flask) -> None:
    assert len(tokens.link_token("order", 1, 1)) == 24
    assert len(tokens.ticket_code(1, 1)) == 20
    assert len(tokens.certificate_code(1)) == 16
    assert set(tokens.ticket_code(1, 1) + tokens.certificate_code(1)) <= set(tokens.CROCKFORD)


def test_same_row_and_version_give_the_same_token_and_any_change_another(app: Flask) -> None:
    assert tokens.ticket_code(1, 1) == tokens.ticket_code(1, 1)
    different = {
        tokens.link_token("order", 1, 1),
        tokens.link_token("registration", 1, 1),
        tokens.link_token("order", 2, 1),
        tokens.link_token("order", 1, 2),
    }
    assert len(different) == 4


def test_stored_hash_does_not_contain_the_token_and_depends_on_the_kind(app: Flask) -> None:
    token = tokens.ticket_code(1, 1)
    assert token not in tokens.stored_hash("ticket", token)
    assert tokens.stored_hash("ticket", token) != tokens.stored_hash("ticket-prefix", token)


@pytest.mark.parametrize("typed", [" 4q7m-2xkd ", "4Q7M 2XKD", "4q7m\u00a02xkd"])
def test_typed_code_is_read_whatever_its_case_and_separators(typed: str) -> None:
    assert tokens.normalise_code(typed) == "4Q7M2XKD"


def test_lookalikes_are_read_as_crockford_says() -> None:
    assert tokens.normalise_code("oOiIlL") == "001111"


@given(st.text(alphabet=tokens.CROCKFORD, min_size=1, max_size=24))
def test_grouped_code_reads_back(code: str) -> None:
    assert tokens.normalise_code(tokens.grouped(code)) == code
