"""The application for WSGI servers and for `flask --app wsgi`."""

import gc
import os
import sys

gc.disable()  # during the start, when nothing is garbage yet; looking for it takes a fifth of the time

from registration.app import create_app  # noqa: E402
from registration.core import settings  # noqa: E402

try:
    app = create_app(settings.from_environment(os.environ))
except settings.SettingsError as error:
    sys.exit(str(error))

# What the start has made stays for ever: the collector need not look at it again while somebody waits for an answer.
gc.collect()
gc.freeze()
gc.enable()
