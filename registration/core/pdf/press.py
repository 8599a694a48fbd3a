"""One press: reads batches of sheets from its input, writes what came of them to its output, ends with its input."""

import gc
import pickle
import sys
from collections.abc import Sequence

from registration.core.pdf import setting
from registration.core.pdf.sheets import Printed, Sheet


def main() -> None:
    """Print until there is nothing more to read."""
    # Layouts are full of circles: to look for them in the middle of a batch takes a tenth of its time.
    gc.disable()
    gc.freeze()
    while True:
        try:
            sheets: Sequence[Sheet] = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the worker that started us
        except EOFError:
            return
        sys.stdout.buffer.write(pickle.dumps([_portable(each) for each in setting.print_together(sheets)]))
        sys.stdout.buffer.flush()
        gc.collect()


def _portable(printed: Printed) -> Printed:
    """Return what can be read back: an exception may have arguments that another process cannot make it from."""
    if isinstance(printed, Exception):
        try:
            pickle.loads(pickle.dumps(printed))  # noqa: S301 - what we have just written
        except Exception:
            return RuntimeError(repr(printed))
    return printed


if __name__ == "__main__":
    main()
