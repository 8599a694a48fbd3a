"""Settings, read once from the environment; every one is described in docs/operating.md."""

import logging
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from flask import current_app

from registration.core import clock
from registration.core.key_file import KeyFileUnusable, open_key_file

log = logging.getLogger(__name__)
PROJECT = Path(__file__).parents[2]
LOOPBACK = {"localhost", "127.0.0.1", "::1", "[::1]"}
# What may follow `frame-ancestors` without ending it; an accented domain is written in its xn-- form.
_ORIGIN = re.compile(r"https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")
_WARN_OF_EXPIRY = timedelta(days=30)  # a new certificate takes an authority some days


class SettingsError(Exception):
    """The environment does not describe a working installation; says everything that is wrong at once."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an installation can decide."""

    secret_key: str
    base_url: str
    database_url: str
    instance_path: Path
    redis_url: str | None = None
    mail_server: str | None = None
    mail_port: int = 25
    mail_username: str | None = None
    mail_password: str | None = None
    mail_use_tls: bool = False
    mail_default_sender: str = "Prezence <prezence@localhost>"
    bounce_folder: Path | None = None
    seal_file: Path | None = None
    seal_password: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    web_workers: int = 2
    rate_limits: bool = True
    trusted_proxies: int = 0
    embed_origins: tuple[str, ...] = ()
    demo: bool = False

    @property
    def is_https(self) -> bool:
        """Say whether visitors come over HTTPS, so that cookies may be marked secure."""
        return self.base_url.startswith("https://")

    @property
    def host_name(self) -> str:
        """Return the installation's host name, for Message-IDs and calendar UIDs."""
        return urlsplit(self.base_url).hostname or "localhost"


ENVIRONMENT_NAMES = (
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "BASE_URL",
    "MAIL_SERVER",
    "MAIL_PORT",
    "MAIL_USERNAME",
    "MAIL_PASSWORD",
    "MAIL_USE_TLS",
    "MAIL_DEFAULT_SENDER",
    "BOUNCE_FOLDER",
    "SEAL_FILE",
    "SEAL_PASSWORD",
    "HOST",
    "PORT",
    "WEB_WORKERS",
    "RATE_LIMITS",
    "TRUSTED_PROXIES",
    "EMBED_ORIGINS",
    "INSTANCE_PATH",
    "DEMO",
)


def current() -> Settings:
    """Return the settings of the running application."""
    return cast(Settings, current_app.extensions["settings"])


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Read and check all settings.

    Raises SettingsError that names every missing or wrong one.
    """
    return _Reader(environment).read()


class _Reader:
    """Reads values one by one and collects what is wrong with them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.problems: list[str] = []

    def read(self) -> Settings:
        demo = self.flag("DEMO", default=False)
        host = self.text("HOST") or "127.0.0.1"
        port = self.number("PORT", default=8000, least=1, most=65535)
        instance_path = Path(self.text("INSTANCE_PATH") or PROJECT / "instance").absolute()
        settings = Settings(
            secret_key=self.secret_key(instance_path, demo=demo),
            base_url=self.base_url(f"http://{_address(host)}:{port}" if demo else None),
            database_url=self.database_url(instance_path),
            instance_path=instance_path,
            redis_url=self.redis_url(),
            mail_server=self.text("MAIL_SERVER"),
            mail_port=self.number("MAIL_PORT", default=25, least=1, most=65535),
            mail_username=self.text("MAIL_USERNAME"),
            mail_password=self.text("MAIL_PASSWORD"),
            mail_use_tls=self.flag("MAIL_USE_TLS", default=False),
            mail_default_sender=self.sender(),
            bounce_folder=self.bounce_folder(),
            seal_file=self.seal_file(),
            seal_password=self.text("SEAL_PASSWORD") or "",
            host=host,
            port=port,
            web_workers=self.number("WEB_WORKERS", default=2, least=1, most=256),
            rate_limits=self.flag("RATE_LIMITS", default=True),
            trusted_proxies=self.number("TRUSTED_PROXIES", default=0, least=0, most=10),
            embed_origins=self.embed_origins(),
            demo=demo,
        )
        if self.problems:
            lines = "".join(f"\n  - {problem}" for problem in self.problems)
            raise SettingsError(f"Prezence cannot start, its settings are not right:{lines}\nSee docs/operating.md.")
        return settings

    def text(self, name: str) -> str | None:
        return self.environment.get(name, "").strip() or None

    def number(self, name: str, *, default: int, least: int, most: int) -> int:
        value = self.text(name)
        if value is None:
            return default
        if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
            self.problems.append(f"{name} must be a whole number from {least} to {most}, not {value!r}.")
            return default
        return int(value)

    def flag(self, name: str, *, default: bool) -> bool:
        value = (self.text(name) or "").lower()
        if value in {"1", "true", "yes", "on"}:
            return True
        if value in {"0", "false", "no", "off"}:
            return False
        if value:
            self.problems.append(f"{name} must be on or off, not {value!r}.")
        return default

    def secret_key(self, instance_path: Path, *, demo: bool) -> str:
        value = self.text("SECRET_KEY")
        if value is None and demo:
            return _kept_secret(instance_path / "secret-key")
        if value is None:
            self.problems.append(
                "SECRET_KEY is missing; make one with: python3 -c 'import secrets; print(secrets.token_hex(32))'"
            )
        elif len(value) < 32:
            self.problems.append("SECRET_KEY is too short; it needs at least 32 characters.")
        return value or ""

    def base_url(self, default: str | None) -> str:
        value = self.text("BASE_URL") or default
        if value is None:
            self.problems.append(
                "BASE_URL is missing; it is the address people will see, such as https://prezence.example"
            )
            return ""
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
            self.problems.append(f"BASE_URL must look like https://prezence.example, without a path, not {value!r}.")
        elif parts.scheme == "http" and parts.hostname not in LOOPBACK and default is None:
            self.problems.append(f"BASE_URL must begin with https:// unless it is this machine, not {value!r}.")
        return value.rstrip("/")

    def database_url(self, instance_path: Path) -> str:
        value = self.text("DATABASE_URL") or f"sqlite:///{instance_path / 'prezence.sqlite3'}"
        scheme, separator, rest = value.partition("://")
        if scheme in {"postgres", "postgresql", "postgresql+psycopg"} and separator:
            return f"postgresql+psycopg://{rest}"
        if scheme != "sqlite" or not separator:
            self.problems.append("DATABASE_URL must begin with sqlite:/// or postgresql://")
        return value

    def embed_origins(self) -> tuple[str, ...]:
        origins = tuple((self.text("EMBED_ORIGINS") or "").split())
        for origin in origins:
            if not _ORIGIN.fullmatch(origin):
                self.problems.append(
                    "EMBED_ORIGINS must list addresses such as https://knihovny.example, "
                    f"without a path and separated by spaces, not {origin!r}."
                )
            elif origin.startswith("http:") and urlsplit(origin).hostname not in LOOPBACK:
                self.problems.append(
                    f"EMBED_ORIGINS must begin with https:// unless it is this machine, not {origin!r}."
                )
        return origins

    def redis_url(self) -> str | None:
        value = self.text("REDIS_URL")
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            self.problems.append("REDIS_URL must begin with redis://, rediss:// or unix://")
        return value

    def sender(self) -> str:
        value = self.text("MAIL_DEFAULT_SENDER")
        if value is None and self.text("MAIL_SERVER"):
            self.problems.append("MAIL_DEFAULT_SENDER is missing; a mail server needs to know who writes.")
        if value and "@" not in value:
            self.problems.append(f"MAIL_DEFAULT_SENDER must be an e-mail address, not {value!r}.")
        return value or Settings.mail_default_sender

    def bounce_folder(self) -> Path | None:
        value = self.text("BOUNCE_FOLDER")
        if value is None:
            return None
        folder = Path(value)
        if not folder.is_absolute() or not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
            self.problems.append(f"BOUNCE_FOLDER must be the full path of a folder one can write to, not {value!r}.")
        return folder

    def seal_file(self) -> Path | None:
        value = self.text("SEAL_FILE")
        if value is None:
            return None
        try:
            valid_until = open_key_file(Path(value), self.text("SEAL_PASSWORD") or "").valid_until
        except KeyFileUnusable as refusal:
            self.problems.append(f"SEAL_FILE {refusal}, {value!r}.")
        else:
            if valid_until <= clock.system_now() + _WARN_OF_EXPIRY:
                # Sign-up must not stop for it.
                log.warning("The certificate in SEAL_FILE is valid until %s, then papers have no seal.", valid_until)
        return Path(value)


def _address(host: str) -> str:
    """Return a host as it stands in a URL; wildcard addresses are reached as this machine."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _kept_secret(path: Path) -> str:
    """Return the secret kept in `path`, made at the first call."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x") as file:
            path.chmod(0o600)
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text().strip()
