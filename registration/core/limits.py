"""Rate limits: per visitor's address, shared through Redis where there is one, else counted in each process."""

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(key_func=get_remote_address, headers_enabled=True)
