"""Starts web servers and workers in processes of their own and reads what CPU time they have used."""

import contextlib
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.errors import BadRun
from bench.http import get
from bench.plain import Connection
from registration.cli import _web_command
from registration.core.settings import PROJECT, from_environment

BINARIES = Path(sys.executable).parent
_PATIENCE_S = 60
_LONGEST_LOG = 4000
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A running server, or a worker without a port."""

    pid: int
    port: int = 0

    def cpu_s(self) -> float:
        """Return the CPU time of all its processes so far, user and system."""
        return cpu_s(_family(self.pid))


@contextlib.contextmanager
def product(environment: Mapping[str, str]) -> Iterator[Server]:
    """Run the product's web processes, without its worker."""
    with _web("wsgi:app", environment, path="/healthz") as server:
        yield server


@contextlib.contextmanager
def bare(environment: Mapping[str, str]) -> Iterator[Server]:
    """Run the bare view exactly as the product is run."""
    with _web("bench.bare:app", environment, path="/") as server:
        yield server


@contextlib.contextmanager
def worker(environment: Mapping[str, str]) -> Iterator[Server]:
    """Run the product's background worker."""
    with _process([f"{BINARIES}/flask", "--app", "wsgi", "worker"], environment, "worker") as process:
        yield Server(process.pid)


def cpu_s(pids: Iterable[int]) -> float:
    """Return the CPU time some processes have used, in seconds; one that is gone counts nothing."""
    return sum(map(_ticks, pids)) * _TICK_S


def machine_cpu_s() -> float:
    """Return the CPU time of everything that runs on this machine, and of whoever shares it from outside."""
    user, nice, system, _idle, _waiting, *rest = Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
    return sum(map(int, (user, nice, system, *rest))) * _TICK_S


@contextlib.contextmanager
def _web(application: str, environment: Mapping[str, str], *, path: str) -> Iterator[Server]:
    # The product's own command, so that whatever it is changed to holds for both.
    command = _web_command(BINARIES, from_environment(environment))
    port = int(environment["PORT"])
    with _process(shlex.split(command.replace("wsgi:app", application)), environment, f"web-{port}") as process:
        _wait_for_answer(process, port, path)
        yield Server(process.pid, port)


@contextlib.contextmanager
def _process(command: list[str], environment: Mapping[str, str], name: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process until the block ends. Raises BadRun with what it wrote when anything has gone wrong there."""
    log = Path(environment["INSTANCE_PATH"]) / f"{name}.log"
    with log.open("w") as output:
        process = subprocess.Popen(  # noqa: S603 - our own commands
            command, cwd=PROJECT, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        yield process
        if process.poll() is not None:
            raise BadRun("it has ended")
    except (BadRun, OSError) as failure:
        raise BadRun(f"{name}: {failure}\n{log.read_text()[-_LONGEST_LOG:]}") from failure
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=_PATIENCE_S)


def _wait_for_answer(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    until = time.monotonic() + _PATIENCE_S
    while process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(OSError), contextlib.closing(Connection(port)) as connection:
            if connection.ask(get(path)).status == 200:
                return
        time.sleep(0.1)
    raise BadRun("it does not answer")


def _family(pid: int) -> set[int]:
    """Return a process and all below it."""
    parents = {int(path.name): _parent(int(path.name)) for path in Path("/proc").iterdir() if path.name.isdigit()}
    found = {pid}
    while more := {each for each, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _ticks(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[11]) + int(fields[12]) if fields else 0  # utime and stime, proc(5)


def _parent(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[1]) if fields else 0


def _stat(pid: int) -> list[str]:
    """Return what /proc says of a process behind its name, which may hold spaces; nothing when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
