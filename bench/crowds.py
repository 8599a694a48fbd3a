"""What both drivers share: clients that stay busy, and what is seen of their visits."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from bench.visits import Visit

PATIENCE_S = 30  # for one answer


@dataclass
class Seen:
    """What a driver saw: how long each visit took, and what went wrong."""

    durations_ms: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    elapsed_s: float = 0
    own_cpu_s: float = 0


class Crowd(ABC):
    """Clients of one server, each on a connection of its own, that begin their next visit when one has ended."""

    def __init__(self, port: int, clients: int, next_visit: Callable[[], Visit]) -> None:
        self.port = port
        self.clients = clients
        self.next_visit = next_visit

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def work(self, seconds: float) -> Seen:
        """Begin visits for so long and wait for the last to end, so that all they cause is counted.

        Raises OSError when the server hangs up or does not answer at all.
        """
        seen = Seen()
        own_cpu, began = time.process_time(), time.perf_counter()
        self.visit(began + seconds, seen)
        seen.elapsed_s = time.perf_counter() - began
        seen.own_cpu_s = time.process_time() - own_cpu
        return seen

    @abstractmethod
    def visit(self, until: float, seen: Seen) -> None:
        """Let every client visit until that moment of `perf_counter`, but once at least."""

    @abstractmethod
    def close(self) -> None:
        """Close all connections."""
