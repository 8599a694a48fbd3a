"""What is measured and where it is to get to; add a scenario here and the rest follows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.figures import Goal
from bench.worlds import ACADEMY

ONE_SESSION = "SETKANI"
FOUR_SESSIONS = "OBOJI"
GROWTH = (1, 1_000, 100_000)  # people registered already
LEAST_GROWTH = Goal(measure="growth", most=1.2)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Clients that repeat one kind of visit; `plan` names a function of `visits`, `arguments` are its own."""

    group: str  # what ONLY= chooses by
    title: str
    plan: str
    arguments: dict[str, Any]
    clients: int = 8
    goals: Sequence[Goal] = field(default=())

    @property
    def is_writing(self) -> bool:
        """Say whether it sends orders, whose names must never have been sent before."""
        return self.plan != "pages"


HELLO = Scenario(group="bare", title="bare view", plan="pages", arguments={"paths": ["/"]})


def scenarios(database: str, *, order_paths: list[str]) -> list[Scenario]:
    """Return what is measured beside the bare view; `order_paths` are orders whose pages can be read."""
    return [
        _page("programme", "programme page", ["/"], least=0.8),
        _page("event", "event page", [f"/akce/{ACADEMY}"], least=0.8),
        _page("form", "sign-up form", [f"/akce/{ACADEMY}/prihlaska"], least=0.12),
        _page("result", "result page", order_paths, least=None),
        _post(database, "POST, 1 person"),
        _post(database, "POST, 3 people", people=3),
        _post(database, "POST, four sessions", ticket_type=FOUR_SESSIONS),
        _post(database, "POST, 1 person", clients=64),
        _complete(database, "complete, 1 person"),
        _complete(database, "complete, 3 people", people=3),
        _complete(database, "complete, four sessions", ticket_type=FOUR_SESSIONS),
    ]


def post_among(people: int) -> Scenario:
    """Return the sending of an order to an event that so many have registered for."""
    return Scenario(
        group="growth",
        title=f"POST, {f'{people:,}'.replace(',', ' ')} registered",
        plan="orders",
        arguments=_order(1, ONE_SESSION),
        goals=[LEAST_GROWTH],
    )


def _page(group: str, title: str, paths: list[str], *, least: float | None) -> Scenario:
    goals = [Goal(measure="ratio", least=least)] if least else []
    return Scenario(group=group, title=title, plan="pages", arguments={"paths": paths}, goals=goals)


def _post(database: str, title: str, *, people: int = 1, ticket_type: str = ONE_SESSION, clients: int = 8) -> Scenario:
    is_sqlite = database == "sqlite"
    most_ms = {8: 100 if is_sqlite else 120, 64: 500 if is_sqlite else 600}[clients]
    goals = [Goal(measure="ratio", least=0.1 if is_sqlite else 0.065), Goal(measure="p99_ms", most=most_ms)]
    order = _order(people, ticket_type)
    return Scenario(group="post", title=title, plan="orders", arguments=order, clients=clients, goals=goals)


def _complete(database: str, title: str, *, people: int = 1, ticket_type: str = ONE_SESSION) -> Scenario:
    goals = [Goal(measure="cpu_ms", most=12)] if database == "sqlite" else []
    order = _order(people, ticket_type)
    return Scenario(group="complete", title=title, plan="registrations", arguments=order, goals=goals)


def _order(people: int, ticket_type: str) -> dict[str, Any]:
    return {"slug": ACADEMY, "people": people, "ticket_type": ticket_type}
