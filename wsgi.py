"""The application for WSGI servers and for `flask --app wsgi`."""

import gc
import os
import sys

from registration.app import create_app
from registration.core import settings

try:
    app = create_app(settings.from_environment(os.environ))
except settings.SettingsError as error:
    sys.exit(str(error))

# What the start has made stays for ever: the collector need not look at it again while somebody waits for an answer.
gc.collect()
gc.freeze()
