"""Runs the real thing: the demo with its server and worker, in processes of their own."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from registration.core.settings import PROJECT
from tests.databases import free_port

_PATIENCE_S = 120


@dataclass(frozen=True)
class Server:
    """A running demo."""

    address: str
    process: subprocess.Popen[str]
    log: Path
    environment: dict[str, str]

    def flask(self, *arguments: str) -> str:
        """Run a command of the application beside the server."""
        command = [f"{Path(sys.executable).parent}/flask", "--app", "wsgi", *arguments]
        done = subprocess.run(
            command, cwd=PROJECT, env=self.environment, capture_output=True, text=True, check=True, timeout=60
        )
        return done.stdout


@contextlib.contextmanager
def running_demo(folder: Path, **settings: str) -> Iterator[Server]:
    """Run the demo in `folder` until the block ends; then it must stop within ten seconds of SIGTERM."""
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("COV")},
        "DEMO": "1",
        "PORT": str(port),
        "INSTANCE_PATH": str(folder),
        **settings,
    }
    log = folder / "log"
    with log.open("w") as output:
        command = [f"{Path(sys.executable).parent}/flask", "--app", "wsgi", "demo", "run"]
        process = subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdout=output, stderr=subprocess.STDOUT, text=True
        )
        server = Server(f"http://127.0.0.1:{port}", process, log, environment)
        try:
            _wait_for(server)
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=10)


def _wait_for(server: Server) -> None:
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until and server.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.address}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the demo did not start:\n{server.log.read_text()}")
