"""The two commands as a newcomer meets them: one process to start, everything stops with it."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from registration.core.settings import PROJECT
from tests.databases import free_port
from tests.server import Server, running_demo

pytestmark = pytest.mark.processes
_PATIENCE_S = 60


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_demo(tmp_path_factory.mktemp("demo")) as server:
        yield server


def fetch(server: Server, path: str) -> str:
    with urllib.request.urlopen(server.address + path, timeout=10) as response:
        text: str = response.read().decode()
        return text


def wait_until(condition: str, check: Callable[[], object]) -> None:
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        if check():
            return
        time.sleep(0.2)
    raise AssertionError(f"never happened: {condition}")


def sign_up(server: Server, email: str) -> None:
    data = (
        f"orderer_name=Ada&orderer_email={email}&organisation=Knihovna&people-0-given_name=Ada"
        f"&people-0-family_name=Hora&people-0-email={email}&people-0-ticket_type=UCAST"
    )
    address = f"{server.address}/akce/online-setkani-sekce/prihlaska"
    urllib.request.urlopen(address, data=data.encode(), timeout=10).close()


def messages(server: Server) -> list[str]:
    folder = Path(server.environment["INSTANCE_PATH"]) / "mail"
    return [path.read_text() for path in folder.glob("*.eml")]


def test_start_says_where_to_look(server: Server) -> None:
    wait_until("the greeting", lambda: "poradatel@demo.example" in server.log.read_text())
    log = server.log.read_text()
    assert server.address in log
    assert "prezence-demo" in log


def test_order_is_followed_by_a_message_within_seconds(server: Server) -> None:
    sign_up(server, "ada@x.example")
    wait_until("the message", lambda: any("ada@x.example" in message for message in messages(server)))


def test_killed_worker_comes_back_and_nothing_is_lost(server: Server) -> None:
    for pid in workers(server):
        os.kill(pid, signal.SIGKILL)
    sign_up(server, "bob@x.example")
    wait_until("a new worker", lambda: workers(server))
    wait_until("the message", lambda: any("bob@x.example" in message for message in messages(server)))
    assert "Program" in fetch(server, "/")


def test_command_line_moves_the_clock_of_the_running_server(server: Server) -> None:
    server.flask("demo", "travel", "2025-03-26T08:30")
    assert re.search(r"26\.\s*března\s*2025", fetch(server, "/"))
    server.flask("demo", "travel", "2025-03-10T09:00")


def test_sigterm_stops_every_process(tmp_path: Path) -> None:
    with running_demo(tmp_path) as server:
        family = descendants(server.process.pid)
        assert len(family) >= 3
    wait_until("all gone", lambda: not any(Path(f"/proc/{pid}/cmdline").exists() for pid in family))


def test_second_start_finds_the_world_as_it_was(tmp_path: Path) -> None:
    with running_demo(tmp_path) as server:
        sign_up(server, "ada@x.example")
        wait_until("the message", lambda: messages(server))
    with running_demo(tmp_path) as server:
        assert len(messages(server)) == 1
    assert server.process.returncode == 0


def test_second_server_on_the_same_port_is_refused(server: Server, tmp_path: Path) -> None:
    environment = {**server.environment, "INSTANCE_PATH": str(tmp_path)}
    command = [f"{Path(sys.executable).parent}/flask", "--app", "wsgi", "serve"]
    done = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode != 0
    assert f"Port {environment['PORT']} is taken" in done.stderr


def test_server_without_migrations_says_what_to_type(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "s" * 40,
        "BASE_URL": "https://prezence.example",
        "INSTANCE_PATH": str(tmp_path),
        "PORT": str(free_port()),
    }
    command = [f"{Path(sys.executable).parent}/flask", "--app", "wsgi", "serve"]
    done = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode != 0
    assert "flask --app wsgi db upgrade" in done.stderr


@pytest.mark.parametrize(("name", "value"), [("SECRET_KEY", ""), ("BASE_URL", ""), ("WEB_WORKERS", "many")])
def test_production_start_names_what_is_wrong_and_stops(tmp_path: Path, name: str, value: str) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "s" * 40,
        "BASE_URL": "https://prezence.example",
        "INSTANCE_PATH": str(tmp_path),
        name: value,
    }
    command = [f"{Path(sys.executable).parent}/flask", "--app", "wsgi", "serve"]
    done = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode != 0
    assert name in done.stderr
    assert "Traceback" not in done.stderr


def workers(server: Server) -> list[int]:
    """Return the process ids of the server's workers."""
    return [pid for pid in descendants(server.process.pid) if b"worker\0" in command_line(pid)[-10:]]


def descendants(pid: int) -> list[int]:
    """Return the process ids below one, whatever their depth."""
    parents = {int(path.name): parent(path) for path in Path("/proc").iterdir() if path.name.isdigit()}
    return [each for each in parents if pid in ancestors(each, parents)]


def ancestors(pid: int, parents: dict[int, int]) -> set[int]:
    """Return the process ids above one."""
    found: set[int] = set()
    while pid := parents.get(pid, 0):
        found.add(pid)
    return found


def parent(process: Path) -> int:
    """Return a process's parent, 0 when it has just ended."""
    try:
        return int(re.findall(r"^PPid:\s+(\d+)", (process / "status").read_text(), re.MULTILINE)[0])
    except (OSError, IndexError):
        return 0


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
