"""The application: settings, extensions, the list of rooms, headers, error pages."""

import logging
from collections.abc import Iterable, MutableMapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, redirect, render_template, request
from flask.templating import Environment
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as BaseResponse

from registration import cli, demo, pages
from registration.access import is_formal, is_open
from registration.accounts import letters as account_letters
from registration.accounts.views import account, gate, invitations, people, sign_in
from registration.api import views as api
from registration.badges import operations as badge_operations
from registration.badges import views as badges
from registration.certificates import letters as certificate_letters
from registration.certificates import tasks as certificate_tasks
from registration.certificates.views import holders as certificates_holders
from registration.certificates.views import looks as certificates_looks
from registration.certificates.views import public as certificates_public
from registration.certificates.views import staff as certificates_organizer
from registration.checkin.views import api as checkin_api
from registration.checkin.views import doors as checkin_doors
from registration.checkin.views import manual as checkin_manual
from registration.checkin.views import organizer as checkin
from registration.checkin.views import scanner as checkin_scanner
from registration.checkin.views import sheet as checkin_sheet
from registration.core import assets, clock, i18n, markdown, money, page_cache, qr, queue, web
from registration.core.db import db, engine_options
from registration.core.errors import Refusal
from registration.core.limits import limiter
from registration.core.settings import LOOPBACK, PROJECT, Settings
from registration.events.errors import EventNotFound
from registration.events.views import feeds, moved
from registration.events.views import organizer as events_organizer
from registration.events.views import papers as events_papers
from registration.events.views import public as events_public
from registration.insight.views import history, year
from registration.mail import tasks as mail_tasks
from registration.mail.delivery import post_office
from registration.mail.views import organizer as mail
from registration.mail.views import public as mail_public
from registration.organisations import letters as organisation_letters
from registration.organisations import tasks as organisation_tasks
from registration.organisations.models import AddressForm, Association
from registration.organisations.queries import get_association
from registration.organisations.views import applications as organisations_applications
from registration.organisations.views import organizer as organisations_organizer
from registration.organisations.views import public as organisations_public
from registration.organisations.views import settings as organisations_settings
from registration.printing import tasks as printing_tasks
from registration.printing import views as printing
from registration.printing.shop import print_shop
from registration.privacy import tasks as privacy_tasks
from registration.privacy import views as privacy
from registration.records import documents as record_documents
from registration.records import letters as record_letters
from registration.records.views import organizer as records_organizer
from registration.records.views import public as records_public
from registration.signups import documents as signup_documents
from registration.signups import letters as signup_letters
from registration.signups import tasks as signup_tasks
from registration.signups.views import event_mail, messages
from registration.signups.views import exports as signups_exports
from registration.signups.views import imports as signups_imports
from registration.signups.views import organizer as signups_organizer
from registration.signups.views import public as signups_public

log = logging.getLogger(__name__)
csrf = CSRFProtect()
migrate = Migrate(directory=str(PROJECT / "migrations"), render_as_batch=True, compare_type=True)

# Anonymous pages: whoever holds the link may act, nothing rides on a cookie, so there is nothing to forge. Phones at
# the door have one, which no other site can make a browser send.
PUBLIC = (
    events_public,
    feeds,
    signups_public,
    organisations_public,
    certificates_public,
    certificates_holders,
    mail_public,
    checkin_scanner,
    checkin_api,
    api,
    checkin_manual,
    records_public,
    privacy,
    pages,
)
STAFF = (
    events_organizer,
    events_papers,
    signups_organizer,
    badges,
    printing,
    signups_imports,
    signups_exports,
    organisations_organizer,
    organisations_applications,
    organisations_settings,
    checkin,
    checkin_sheet,
    checkin_doors,
    certificates_organizer,
    certificates_looks,
    history,
    year,
    records_organizer,
    mail,
    messages,
    event_mail,
    account,
    people,
    invitations,
)

_REDIS_PATIENCE = {"socket_connect_timeout": 2, "socket_timeout": 2}

_BEHIND_LINKS = ("/p/", "/u/", "/pozvanka/", "/zapomenute-heslo/", "/odhlaseni-zprav/", "/vzdelavani/")

CONTENT_SECURITY_POLICY = web.content_security_policy()


def create_app(settings: Settings) -> Flask:
    """Build the application for these settings."""
    settings.instance_path.mkdir(parents=True, exist_ok=True)
    app = _Application(
        "registration",
        template_folder=str(PROJECT / "templates"),
        static_folder=str(PROJECT / "static"),
        instance_path=str(settings.instance_path),
    )
    app.extensions["settings"] = settings
    app.config.from_mapping(_config(settings))
    app.wsgi_app = _LanguagePrefix(app.wsgi_app)  # type: ignore[method-assign]  # Flask's documented way to wrap
    page_cache.init_app(app)  # before the prefix is cut off, after a proxy's headers are believed
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    if not settings.rate_limits:
        log.warning("RATE LIMITS ARE OFF. This is for load tests only.")

    web.init_app(app)
    app.url_map.converters["int"] = web.RowIdConverter
    db.init_app(app)
    migrate.init_app(app, db)
    i18n.init_app(app)
    i18n.choose_voice(app, _is_page_familiar)
    post_office.choose_voice(_is_mail_familiar)
    csrf.init_app(app)
    limiter.init_app(app)
    assets.init_app(app)
    post_office.init_app(app)
    queue.init_app(app)
    mail_tasks.init_app(app)
    printing_tasks.init_app(app)
    signup_tasks.init_app(app)
    certificate_tasks.init_app(app)
    privacy_tasks.init_app(app)
    organisation_tasks.init_app(app)
    sign_in.init_app(app)
    gate.init_app(app)
    _open_rooms(app)
    if settings.demo:
        demo.init_app(app)
        csrf.exempt(demo.blueprint)
    cli.init_app(app)
    signup_documents.register_attachments(post_office)
    signup_letters.register_letters(post_office)
    certificate_letters.register_letters(post_office)
    organisation_letters.register_letters(post_office)
    record_letters.register_letters(post_office)
    account_letters.register_letters(post_office)
    badge_operations.register_papers(print_shop)
    record_documents.register_prints(print_shop)

    _give_templates_their_words(app)
    app.after_request(_add_security_headers)
    app.register_error_handler(HTTPException, _show_http_error)
    app.register_error_handler(Refusal, _show_refusal)
    app.register_error_handler(OperationalError, _show_busy)
    return app


def _config(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings.database_url),
        "SESSION_COOKIE_NAME": "prezence",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "REMEMBER_COOKIE_NAME": "prezence-remember",
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_SECURE": settings.is_https,
        "REMEMBER_COOKIE_DURATION": timedelta(days=30),
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "WTF_CSRF_TIME_LIMIT": None,  # the token lives as long as the sign-in; nobody loses a long form
        "MAX_CONTENT_LENGTH": 1024 * 1024,
        # A demo may be visited by any name; elsewhere a forged Host header must not end up in a redirect.
        "TRUSTED_HOSTS": None if settings.demo else [settings.host_name, *sorted(LOOPBACK)],
        "RATELIMIT_ENABLED": settings.rate_limits,
        "RATELIMIT_STORAGE_URI": settings.redis_url or "memory://",
        "RATELIMIT_STORAGE_OPTIONS": _REDIS_PATIENCE if settings.redis_url else {},
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": bool(settings.redis_url),  # a lost Redis stops nobody
    }


def _give_templates_their_words(app: Flask) -> None:
    for function in (money.show_price, clock.to_local, clock.now):
        app.add_template_global(function)
    app.add_template_global(qr.ticket_svg, "qr_svg")
    app.add_template_filter(markdown.to_html, "markdown")
    app.jinja_env.globals["demo"] = None  # the demo gives its banner instead
    app.context_processor(_page_context)


def _page_context() -> dict[str, object]:
    """Return what the frame of every page shows."""
    other = "" if i18n.language() == "en" else "/en"
    return {
        "association": _association(),
        "other_language_url": _with_query(other + quote(request.path)),
    }


def _with_query(address: str) -> str:
    query = request.query_string.decode("ascii", "ignore")
    return f"{address}?{query}" if query else address


def _association() -> Association | None:
    """Return whose pages these are; None on an error page when the database cannot be asked."""
    try:
        return page_cache.settled("association", _read_association)
    except SQLAlchemyError:
        return None


def _read_association() -> Association:
    """Return it apart from this request's session, so that the next requests may show it too."""
    association = get_association()
    if association in db.session:
        db.session.expunge(association)
    return association


def _is_page_familiar() -> bool | None:
    """Say whether the page that is asked for says `ty` in Czech; None when the database cannot be asked."""
    if is_formal(request.endpoint):
        return False
    with db.session.no_autoflush:  # a sentence may be needed in the middle of writing
        association = _association()
    return None if association is None else association.address_form is AddressForm.TYKANI


def _is_mail_familiar() -> bool:
    return get_association().address_form is AddressForm.TYKANI


def _open_rooms(app: Flask) -> None:
    for room in PUBLIC:
        app.register_blueprint(room.blueprint)
        csrf.exempt(room.blueprint)
    checkin_manual.speak_english_too(app)
    for room in STAFF:
        app.register_blueprint(room.blueprint)


def _add_security_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    is_behind_link = request.path.startswith(_BEHIND_LINKS)
    if is_behind_link or not is_open(request.endpoint):
        # Pages about people stay out of caches and search engines, secret links out of Referer headers.
        headers["Cache-Control"] = "no-store"
        headers["X-Robots-Tag"] = "noindex"
        headers["Referrer-Policy"] = "no-referrer" if is_behind_link else "same-origin"
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _show_http_error(error: HTTPException) -> BaseResponse | tuple[str, int]:
    is_unanswerable = isinstance(error, SecurityError)  # a forged host: there is no address to build links with
    if error.response is not None or (error.code or 500) < 400 or is_unanswerable:
        return error.get_response()  # werkzeug's own, a redirect for instance
    message = None
    if error.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        message = web.too_large_message()
        web.read_out()
    if error.code is not None and error.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        db.session.rollback()  # what failed may have been the transaction the page would read in
    return render_template("errors/page.html", code=error.code, message=message), error.code or 500


def _show_busy(error: OperationalError) -> tuple[str, int]:
    """Ask for patience when the database is locked or away; what was sent has not been stored."""
    db.session.rollback()
    log.error("The database does not answer: %s", type(error.orig).__name__)
    code = HTTPStatus.SERVICE_UNAVAILABLE
    return render_template("errors/page.html", code=int(code), message=None), code


def _show_refusal(refusal: Refusal) -> BaseResponse | tuple[str, int]:
    moved_to = moved.present_address() if isinstance(refusal, EventNotFound) else None
    if moved_to is not None:
        return redirect(moved_to, HTTPStatus.PERMANENT_REDIRECT)
    return render_template("errors/page.html", code=int(refusal.status), message=refusal.message), refusal.status


class _Templates(Environment):
    """Jinja whose templates share one dictionary of globals; a chain of two for each costs a twentieth of a page."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


class _Application(Flask):
    """Flask that keeps secret links and personal data out of its log."""

    jinja_environment = _Templates

    def log_exception(self, exc_info: object) -> None:
        # The path may be a link that opens somebody's order; the endpoint says enough.
        self.logger.error("Exception in %s [%s]", request.endpoint, request.method, exc_info=exc_info)  # type: ignore[arg-type]  # logging takes the triple Flask gives


class _LanguagePrefix:
    """WSGI middleware: `/en/…` is the same address in English, and every link on the page keeps the prefix."""

    def __init__(self, wsgi_app: WSGIApplication) -> None:
        self.wsgi_app = wsgi_app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/en" or path.startswith("/en/"):
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + "/en"
            environ["PATH_INFO"] = path[len("/en") :] or "/"
            environ[i18n.LANGUAGE_KEY] = "en"
        return self.wsgi_app(environ, start_response)
