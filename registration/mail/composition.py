"""What a message says: a writer gives the facts, templates say them twice, as plain text and as HTML."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from css_inline import CSSInliner
from flask import current_app
from jinja2 import Environment

from registration.core import i18n, settings, tokens
from registration.core.assets import STATIC

# A message is shown in a frame as mail programs show it, and may do no more than there: look.
PREVIEW_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
_BLANK_LINES = re.compile(r"\n\s*\n")
_LONGEST_SUBJECT = 250


@dataclass(frozen=True)
class Content:
    """What a writer hands over to the templates of its kind, and what else belongs to the message.

    Attachments are named, to be rendered at each attempt: `{"kind": "ticket", "id": 17}`.
    """

    context: Mapping[str, Any]
    reply_to: str | None = None
    attachments: Sequence[dict[str, Any]] = ()
    is_secret: bool = False  # for the recipient's eyes only: its words are neither kept nor shown in the back office


@dataclass(frozen=True)
class Composed:
    """A message as it goes out, its attachments aside."""

    subject: str
    text: str
    html: str
    reply_to: str | None
    attachments: Sequence[dict[str, Any]]
    is_secret: bool = False


# Gets the facts of a message; returns None when the message is no longer true.
Writer = Callable[..., Content | None]


def compose(kind: str, content: Content) -> Composed:
    """Say one thing twice: `mails/<kind>/body.jinja` with the macros for plain text and for HTML."""
    context = {**content.context, "language": i18n.language()}
    plain, rich = (_templates(current_app.jinja_env, html=html) for html in (False, True))
    # split() also turns no-break spaces into plain ones: a subject is one line of plain words.
    subject = " ".join(plain.get_template(f"mails/{kind}/subject.txt").render(context).split())[:_LONGEST_SUBJECT]
    return Composed(
        subject=subject,
        text=_tidy(_render_body(plain, "mails/_text.jinja", kind, context)),
        html=_render_body(rich, "mails/_html.jinja", kind, {**context, "subject": subject}),
        reply_to=content.reply_to,
        attachments=content.attachments,
        is_secret=content.is_secret,
    )


def address(path: str) -> str:
    """Return the full address of a page as messages print it, in the current language."""
    prefix = "/en" if i18n.language() == "en" else ""
    return f"{settings.current().base_url}{prefix}{path}"


def unsubscribing(invited_address_id: int) -> str:
    """Return the address of the page on which the recipient of an invitation declines further ones."""
    return address(f"/odhlaseni-zprav/{tokens.link_token('invited_address', invited_address_id, 1)}")


def styled(html: str) -> str:
    """Return a message's HTML with its styles written into its tags, as mail programs need them."""
    return _inliner().inline(html)


@lru_cache(maxsize=1)
def _inliner() -> CSSInliner:
    css = (STATIC / "css/mail.css").read_text()
    return CSSInliner(extra_css=css, keep_at_rules=True, load_remote_stylesheets=False)


@lru_cache(maxsize=8)
def _templates(application: Environment, *, html: bool) -> Environment:
    """Return the application's templates for one of the two bodies: HTML escapes, plain text does not."""
    return application.overlay(autoescape=html, trim_blocks=True, lstrip_blocks=True)


def _render_body(templates: Environment, macros: str, kind: str, context: dict[str, Any]) -> str:
    body = templates.get_template(f"mails/{kind}/body.jinja")
    return body.render({**context, "m": templates.get_template(macros).module})


def _tidy(text: str) -> str:
    return _BLANK_LINES.sub("\n\n", text).strip() + "\n"
