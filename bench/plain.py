"""The plain driver: a thread and an `http.client` connection for each client, as anybody would write it."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection, HTTPException

from bench.crowds import PATIENCE_S, Crowd, Seen
from bench.errors import BadAnswer
from bench.http import Answer, Request
from bench.visits import Visit


class PlainCrowd(Crowd):
    """A crowd of threads."""

    def __init__(self, port: int, clients: int, next_visit: Callable[[], Visit]) -> None:
        super().__init__(port, clients, next_visit)
        self._connections = [Connection(port) for _ in range(clients)]
        self._threads = ThreadPoolExecutor(clients)

    def visit(self, until: float, seen: Seen) -> None:
        """Let every thread visit by itself; they share only lists that are safe to append to."""
        list(self._threads.map(lambda connection: self._stay_busy(connection, until, seen), self._connections))

    def close(self) -> None:
        """Wait for all threads and close their connections."""
        self._threads.shutdown()
        for connection in self._connections:
            connection.close()

    def _stay_busy(self, connection: "Connection", until: float, seen: Seen) -> None:
        while True:
            began = time.perf_counter()
            try:
                connection.go_through(self.next_visit())
                seen.durations_ms.append((time.perf_counter() - began) * 1000)
            except BadAnswer as error:
                seen.errors.append(str(error))
            if time.perf_counter() >= until:
                return


class Connection:
    """One client's connection, kept open from request to request."""

    def __init__(self, port: int) -> None:
        self._http = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        self._http.connect()
        self._http.auto_open = 0  # to connect anew in silence would hide that the server hangs up

    def go_through(self, visit: Visit) -> None:
        """Make a visit from its first request to its last answer. Raises BadAnswer, OSError."""
        with suppress(StopIteration):
            request = next(visit)
            while True:
                request = visit.send(self.ask(request))

    def ask(self, request: Request) -> Answer:
        """Return the answer to one request. Raises OSError, which ConnectionError is one of."""
        headers = {} if request.body is None else {"Content-Type": request.content_type}
        if request.cookie is not None:
            headers["Cookie"] = request.cookie
        try:
            self._http.request(request.method, request.path, request.body, headers)
            response = self._http.getresponse()
            return Answer(response.status, response.read(), response.getheader("location"))
        except HTTPException as error:
            raise ConnectionError(f"the server hung up or does not speak HTTP: {error!r}") from error

    def close(self) -> None:
        """Hang up."""
        self._http.close()
