"""The light driver: one thread over epoll and the little of HTTP/1.1 (RFC 9112) that it needs.

Everything here runs thousands of times a second beside the server it measures, so it does as little as it can.
"""

import re
import select
import socket
import time
from collections.abc import Callable

from bench.crowds import PATIENCE_S, Crowd, Seen
from bench.errors import BadAnswer
from bench.http import Answer, Request
from bench.visits import Visit

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nlocation: *([^\r]+)\r\n", re.IGNORECASE)
_HEAD_END = b"\r\n\r\n"
_LARGEST_READ = 1 << 18


class LightCrowd(Crowd):
    """A crowd in one thread."""

    def __init__(self, port: int, clients: int, next_visit: Callable[[], Visit]) -> None:
        super().__init__(port, clients, next_visit)
        connections = [Connection(port) for _ in range(clients)]
        self._clients = {each.socket.fileno(): _Client(each) for each in connections}
        self._poll = select.epoll()
        for number in self._clients:
            self._poll.register(number, select.EPOLLIN)

    def visit(self, until: float, seen: Seen) -> None:
        """Go on with whichever client has been answered."""
        busy = len(self._clients)
        for client in self._clients.values():
            client.begin(self.next_visit())
        while busy:
            ready = self._poll.poll(PATIENCE_S)
            if not ready:
                raise TimeoutError(f"no answer within {PATIENCE_S} seconds")
            for number, _ in ready:
                client = self._clients[number]
                if client.has_ended_visit(seen):
                    if time.perf_counter() < until:
                        client.begin(self.next_visit())
                    else:
                        busy -= 1

    def close(self) -> None:
        """Close all connections."""
        self._poll.close()
        for client in self._clients.values():
            client.connection.socket.close()


class _Client:
    """One client: a connection and the visit that uses it."""

    def __init__(self, connection: "Connection") -> None:
        self.connection = connection

    def begin(self, visit: Visit) -> None:
        """Send the first request of a visit."""
        self.visit = visit
        self.began_at = time.perf_counter()
        self.connection.send(next(visit))

    def has_ended_visit(self, seen: Seen) -> bool:
        """Take what has come and go on with the visit; say whether that was its end."""
        try:
            answer = self.connection.read()
            if answer is not None:
                self.connection.send(self.visit.send(answer))
            return False
        except StopIteration:
            seen.durations_ms.append((time.perf_counter() - self.began_at) * 1000)
        except BadAnswer as error:
            seen.errors.append(str(error))
        return True


class Connection:
    """One client's connection, kept open from request to request."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        self._wanted = 0  # length of the whole answer, 0 while its head is incomplete

    def send(self, request: Request) -> None:
        """Send a request; there must be none on the way."""
        self.socket.sendall(_bytes(request))

    def read(self) -> Answer | None:
        """Read what has come; return the answer once it is complete. Raises ConnectionError when there is none."""
        piece = self.socket.recv(_LARGEST_READ)
        if not piece:
            raise ConnectionError("the server hung up")
        self._received += piece
        if not self._wanted and not self._read_head():
            return None
        if len(self._received) < self._wanted:
            return None
        return self._take()

    def _read_head(self) -> bool:
        end = self._received.find(_HEAD_END)
        if end < 0:
            return False
        length = _LENGTH.search(self._received, 0, end + 2)
        if length is None:
            raise ConnectionError(f"an answer without a length: {self._received[:300]!r}")
        self._wanted = end + len(_HEAD_END) + int(length[1])
        return True

    def _take(self) -> Answer:
        received, self._received, self._wanted = self._received, b"", 0
        end = received.index(_HEAD_END)
        location = _LOCATION.search(received, 0, end + 2)
        return Answer(int(received[9:12]), received[end + len(_HEAD_END) :], location[1].decode() if location else None)


def _bytes(request: Request) -> bytes:
    head = f"{request.method} {request.path} HTTP/1.1\r\nhost: 127.0.0.1\r\n"
    if request.cookie is not None:
        head += f"cookie: {request.cookie}\r\n"
    if request.body is None:
        return f"{head}\r\n".encode()
    content = f"content-type: {request.content_type}\r\ncontent-length: {len(request.body)}\r\n\r\n"
    return (head + content).encode() + request.body
