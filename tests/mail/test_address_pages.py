"""Addresses that nothing goes to, in the back office; and whoever wants no more invitations."""

from flask import Flask

from registration.mail import mailbox, operations, queries
from registration.mail.delivery import post_office
from tests.mail import notes
from tests.mail.notes import ADA, BOB
from tests.mail.returned import sample
from tests.reviewing import ReviewingClient

ADDRESSES = "/sprava/posta/adresy"


def suppress(address: str = BOB) -> None:
    note = notes.write(address)
    post_office.deliver_due()
    mailbox.read_message(sample("postfix-unknown-user", note.message_id), "returned")


def test_suppressed_addresses_are_listed_and_released(olga: ReviewingClient) -> None:
    assert olga.get(ADDRESSES).status_code == 200
    suppress()
    page = olga.get(ADDRESSES).get_data(as_text=True)
    assert BOB in page
    assert "User unknown in virtual mailbox table" in page
    [row] = queries.list_suppressed()
    release = f"{ADDRESSES}/{row.id}/uvolneni"
    assert olga.submit(release, page=ADDRESSES).location == ADDRESSES
    assert BOB in olga.get(ADDRESSES).get_data(as_text=True)  # in the sentence that says so
    assert list(queries.list_suppressed()) == []
    suppress()
    assert olga.submit(release, page=ADDRESSES).status_code == 303  # a second click finds it done
    assert [each.address for each in queries.list_suppressed()] == [BOB]


def test_log_shows_what_came_back(olga: ReviewingClient) -> None:
    suppress()
    notes.write(BOB)
    post_office.deliver_due()
    assert olga.get("/sprava/posta").status_code == 200
    [row] = queries.list_suppressed()
    assert "User unknown" in olga.get(f"/sprava/posta/{row.message_id}").get_data(as_text=True)


def test_link_asks_first_and_one_click_declines(app: Flask, client: ReviewingClient) -> None:
    page = f"/odhlaseni-zprav/{operations.invite(ADA).link_token}"
    asked = client.get(page)
    assert ADA in asked.get_data(as_text=True)
    assert (asked.headers["Cache-Control"], asked.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert not is_declined()
    # As mail programs do it: RFC 8058 3.1
    answer = client.post(page, data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.location) == (303, page)
    assert is_declined()
    assert "<form" not in client.get(page).get_data(as_text=True).split('id="obsah"')[1]
    assert client.post(page).status_code == 303
    assert client.get(f"/en{page}").status_code == 200


def test_wrong_link_is_not_found(client: ReviewingClient) -> None:
    assert client.get("/odhlaseni-zprav/nonsense").status_code == 404
    assert client.post("/odhlaseni-zprav/nonsense").status_code == 404


def test_link_of_somebody_forgotten_never_becomes_anybody_elses(app: Flask, client: ReviewingClient) -> None:
    page = f"/odhlaseni-zprav/{operations.invite(ADA).link_token}"
    operations.forget_address(ADA)
    operations.invite(BOB)
    assert client.get(page).status_code == 404


def is_declined() -> bool:
    found = queries.find_invited(ADA)
    return found is not None and found.opted_out_at is not None
