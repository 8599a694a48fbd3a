"""How the light driver reads answers that come in pieces."""

import socket
from collections.abc import Iterator

import pytest

from bench.http import Answer
from bench.light import Connection


@pytest.fixture
def line() -> Iterator[tuple[socket.socket, Connection]]:
    """Give both ends of a connection, the server's first."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        connection = Connection(listening.getsockname()[1])
        server, _ = listening.accept()
        with server, connection.socket:
            yield server, connection


def test_answer_is_complete_once_its_length_has_come(line: tuple[socket.socket, Connection]) -> None:
    server, connection = line
    whole = b"HTTP/1.1 303 See Other\r\nContent-Length: 5\r\nlocation: /p/abc\r\n\r\nhello"
    for piece in (whole[:30], whole[30:-2]):
        server.sendall(piece)
        assert connection.read() is None
    server.sendall(whole[-2:])
    assert connection.read() == Answer(303, b"hello", "/p/abc")


def test_answer_without_a_length_is_refused(line: tuple[socket.socket, Connection]) -> None:
    server, connection = line
    server.sendall(b"HTTP/1.1 200 OK\r\n\r\nhello")
    with pytest.raises(ConnectionError, match="without a length"):
        connection.read()
