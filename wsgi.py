"""The application for WSGI servers and for `flask --app wsgi`."""

import os
import sys

from registration.app import create_app
from registration.core import settings

try:
    app = create_app(settings.from_environment(os.environ))
except settings.SettingsError as error:
    sys.exit(str(error))
