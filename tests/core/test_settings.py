from pathlib import Path

import pytest

from registration.core.settings import ENVIRONMENT_NAMES, PROJECT, SettingsError, from_environment

GOOD = {"SECRET_KEY": "s" * 32, "BASE_URL": "https://prezence.example"}


def test_production_needs_a_secret_and_an_address_and_is_told_both_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        from_environment({})
    assert "SECRET_KEY is missing" in str(refused.value)
    assert "BASE_URL is missing" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY is too short"),
        ("BASE_URL", "prezence.example", "BASE_URL must look like"),
        ("BASE_URL", "https://prezence.example/app", "BASE_URL must look like"),
        ("BASE_URL", "http://prezence.example", "BASE_URL must begin with https://"),
        ("DATABASE_URL", "mysql://x", "DATABASE_URL must begin with"),
        ("DATABASE_URL", "prezence.sqlite3", "DATABASE_URL must begin with"),
        ("REDIS_URL", "localhost:6379", "REDIS_URL must begin with"),
        ("MAIL_PORT", "0", "MAIL_PORT must be a whole number from 1 to 65535"),
        ("MAIL_PORT", "smtp", "MAIL_PORT must be a whole number"),
        ("MAIL_USE_TLS", "maybe", "MAIL_USE_TLS must be on or off"),
        ("MAIL_SERVER", "mail.example", "MAIL_DEFAULT_SENDER is missing"),
        ("MAIL_DEFAULT_SENDER", "prezence", "MAIL_DEFAULT_SENDER must be an e-mail address"),
        ("BOUNCE_FOLDER", "bounces", "BOUNCE_FOLDER must be the full path"),
        ("BOUNCE_FOLDER", "/no/such/folder", "BOUNCE_FOLDER must be the full path"),
        ("WEB_WORKERS", "-1", "WEB_WORKERS must be a whole number"),
        ("WEB_WORKERS", "²", "WEB_WORKERS must be a whole number"),
        ("RATE_LIMITS", "sometimes", "RATE_LIMITS must be on or off"),
        ("TRUSTED_PROXIES", "all", "TRUSTED_PROXIES must be a whole number"),
        ("EMBED_ORIGINS", "knihovny.example", "EMBED_ORIGINS must list addresses"),
        ("EMBED_ORIGINS", "https://knihovny.example/akce", "EMBED_ORIGINS must list addresses"),
        ("EMBED_ORIGINS", "https://a.example; script-src *", "EMBED_ORIGINS must list addresses"),
        ("EMBED_ORIGINS", "https://a.example,https://b.example", "EMBED_ORIGINS must list addresses"),
        ("EMBED_ORIGINS", "https://*.example", "EMBED_ORIGINS must list addresses"),
        ("EMBED_ORIGINS", "'self'", "EMBED_ORIGINS must list addresses"),
        ("EMBED_ORIGINS", "https://a.example http://b.example", "EMBED_ORIGINS must begin with https://"),
        ("PORT", "99999", "PORT must be a whole number from 1 to 65535"),
        ("DEMO", "perhaps", "DEMO must be on or off"),
    ],
)
def test_wrong_setting_is_named(name: str, value: str, complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        from_environment({**GOOD, name: value})


def test_good_settings_are_read(tmp_path: Path) -> None:
    settings = from_environment(
        {
            **GOOD,
            "DATABASE_URL": "postgres://db.example/prezence",
            "REDIS_URL": "redis://127.0.0.1",
            "MAIL_SERVER": "mail.example",
            "MAIL_PORT": "587",
            "MAIL_USE_TLS": "on",
            "MAIL_DEFAULT_SENDER": "prezence@sekce.example",
            "RATE_LIMITS": "off",
            "TRUSTED_PROXIES": "1",
            "WEB_WORKERS": "4",
            "INSTANCE_PATH": str(tmp_path),
            "BOUNCE_FOLDER": str(tmp_path),
        }
    )
    assert settings.bounce_folder == tmp_path
    assert settings.database_url == "postgresql+psycopg://db.example/prezence"
    assert (settings.mail_port, settings.mail_use_tls) == (587, True)
    assert (settings.rate_limits, settings.trusted_proxies, settings.web_workers) == (False, 1, 4)
    assert (settings.is_https, settings.host_name, settings.demo) == (True, "prezence.example", False)
    assert settings.instance_path == tmp_path


def test_websites_that_may_embed_the_programme_are_read_one_by_one() -> None:
    assert from_environment(GOOD).embed_origins == ()
    settings = from_environment({**GOOD, "EMBED_ORIGINS": " https://knihovny.example  http://localhost:8080 "})
    assert settings.embed_origins == ("https://knihovny.example", "http://localhost:8080")


def test_loopback_address_may_go_without_https() -> None:
    assert from_environment({**GOOD, "BASE_URL": "http://localhost:8000/"}).base_url == "http://localhost:8000"


def test_demo_makes_its_own_secret_and_keeps_it(tmp_path: Path) -> None:
    environment = {"DEMO": "1", "INSTANCE_PATH": str(tmp_path), "PORT": "8123", "HOST": "0.0.0.0"}  # noqa: S104
    first, second = from_environment(environment), from_environment(environment)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) == 64
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0
    assert first.base_url == "http://127.0.0.1:8123"
    assert from_environment({**environment, "HOST": "::1"}).base_url == "http://[::1]:8123"


def test_every_setting_is_described_for_operators() -> None:
    text = (PROJECT / "docs/operating.md").read_text()
    assert [name for name in ENVIRONMENT_NAMES if f"`{name}`" not in text] == []
