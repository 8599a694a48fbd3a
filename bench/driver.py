"""The driver: a process of its own that keeps a number of clients busy and takes the time of each visit.

It reads a job as JSON from its first line of input, warms the server up and says so, waits for a line, works for
the wanted time and prints what it saw as JSON. It needs nothing but the standard library.
"""

import gc
import json
import sys
from dataclasses import asdict, dataclass
from typing import Any

from bench import visits
from bench.light import LightCrowd
from bench.plain import PlainCrowd

DRIVERS = {"plain": PlainCrowd, "light": LightCrowd}


@dataclass(frozen=True, kw_only=True)
class Job:
    """What a driver is to do: `plan` names a function of `visits`, `arguments` are its own."""

    driver: str
    port: int
    clients: int
    plan: str
    arguments: dict[str, Any]
    warm_up_s: float
    seconds: float


def main() -> None:
    """Do one job."""
    gc.disable()  # nothing is to stop all clients for a while; a job is too short to run out of memory
    job = Job(**json.loads(sys.stdin.readline()))
    next_visit = getattr(visits, job.plan)(**job.arguments)
    with DRIVERS[job.driver](job.port, job.clients, next_visit) as crowd:
        before = crowd.work(job.warm_up_s)
        print("warm", flush=True)
        sys.stdin.readline()
        seen = crowd.work(job.seconds)
    seen.errors = before.errors + seen.errors
    print(json.dumps(asdict(seen)), flush=True)


if __name__ == "__main__":
    main()
