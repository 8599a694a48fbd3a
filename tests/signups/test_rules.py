from registration.signups.rules import places_needed, price


def test_places_are_counted_by_ticket_type_and_by_session() -> None:
    ticket_types, sessions = places_needed([(1, [10, 20]), (1, [10, 20]), (2, [20, 30])])
    assert ticket_types == {1: 2, 2: 1}
    assert sessions == {10: 2, 20: 3, 30: 1}


def test_price_depends_on_membership() -> None:
    assert price(member_haler=165000, other_haler=195000, is_member=True) == 165000
    assert price(member_haler=165000, other_haler=195000, is_member=False) == 195000
