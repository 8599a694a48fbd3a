"""Presses: processes that do nothing but print, kept for as long as there is work, and their memory with them."""

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import IO, Self, cast

from registration.core.pdf.sheets import Printed, Sheet

_PROJECT = Path(__file__).parents[3]
_MOST_SHEETS = 1000  # a press is replaced after so many, lest its memory grow with the work


class PressFailed(Exception):  # noqa: N818 - named for the fact
    """The press died over a sheet."""


class Presses:
    """Some presses that work side by side; without any, this process prints itself."""

    def __init__(self, count: int | None = None) -> None:
        self.count = min(2, os.cpu_count() or 1) if count is None else count
        self._threads = ThreadPoolExecutor(max(self.count, 1))
        self._idle: SimpleQueue[_Press] = SimpleQueue()
        for _ in range(self.count):
            self._idle.put(_Press())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        self._threads.shutdown(cancel_futures=True)
        while not self._idle.empty():
            self._idle.get().stop()

    def print(self, sheets: Sequence[Sheet]) -> Future[list[Printed]]:
        """Print one-page sheets on the next press that is free; one that fails does not hold up the others."""
        return self._threads.submit(self._print, sheets)

    def _print(self, sheets: Sequence[Sheet]) -> list[Printed]:
        if not self.count:
            from registration.core.pdf import setting  # noqa: PLC0415 - takes half a second

            return setting.print_together(sheets)
        press = self._idle.get()
        try:
            return press.print(sheets)
        finally:
            self._idle.put(press)


class _Press:
    """One process, started when it is first needed and again when it has died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._count = 0

    def print(self, sheets: Sequence[Sheet]) -> list[Printed]:
        """Print sheets; when the process dies over them, each by itself, so that the others get through."""
        try:
            return self._ask(sheets)
        except (EOFError, OSError, pickle.UnpicklingError):
            self.stop()
        if len(sheets) == 1:
            return [PressFailed()]
        return [printed for sheet in sheets for printed in self.print([sheet])]

    def stop(self) -> None:
        """End the process, which its closed input tells it."""
        if self._process is not None:
            with self._process as process, suppress(OSError):  # one that died has a broken pipe
                cast(IO[bytes], process.stdin).close()
            self._process = None
            self._count = 0

    def _ask(self, sheets: Sequence[Sheet]) -> list[Printed]:
        if self._count >= _MOST_SHEETS:
            self.stop()
        if self._process is None:
            # In a session of its own: a signal at the terminal is for the worker, which lets begun work be finished.
            command = [sys.executable, "-m", "registration.core.pdf.press"]
            self._process = subprocess.Popen(  # noqa: S603 - ours
                command, cwd=_PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
            )
        self._count += len(sheets)
        pipe, answers = cast(IO[bytes], self._process.stdin), cast(IO[bytes], self._process.stdout)
        pickle.dump(sheets, pipe)
        pipe.flush()
        printed: list[Printed] = pickle.load(answers)  # noqa: S301 - from a process of ours
        return printed
