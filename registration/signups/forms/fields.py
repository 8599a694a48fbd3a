"""What may be written into the boxes of a form, and how it is tidied: names, titles, e-mail addresses."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import email_validator
from wtforms import Form, StringField, ValidationError
from wtforms.validators import DataRequired, StopValidation

from registration.core.i18n import gettext, lazy_gettext
from registration.signups import rules

LONGEST_EMAIL = 254
_LINK = re.compile(r"[<>]|://|www\.", re.IGNORECASE)
_LINE_END = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# What werkzeug makes of bytes that are not UTF-8: either of these.
UNREADABLE = "\ufffd"
_UNREADABLE = re.compile(f"%[89A-F][0-9A-F]|{UNREADABLE}")
_JOINERS = "\u200c\u200d"  # some scripts spell names with them
_INVISIBLE = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
_FIRST_PICTURE = "\u2190"  # the symbols before it, such as № and ®, belong to names of companies


class EmailField(StringField):
    """A box for an e-mail address; `likely` is the one that was probably meant."""

    is_signed_up = False

    errors: Sequence[str] = ()
    likely: str | None = None

    def doubt(self) -> bool:
        """Ask whether a well-known provider was mistyped, unless something else is wrong already; say whether so."""
        self.likely = None if self.errors else rules.likely_email(self.data)
        if self.likely:
            self.errors = [
                gettext(
                    "Should it not be %(likely)s? If the address is right as it is, just send the form again.",
                    likely=self.likely,
                )
            ]
        return self.likely is not None


def name_field(label: str, missing: str, *, longest: int) -> StringField:
    """Return a required box for a name."""
    return StringField(label, [DataRequired(missing), at_most(longest), plain_words], filters=[tidy])


def title_field(label: str) -> StringField:
    """Return an optional box for an academic title."""
    return StringField(label, [at_most(40), plain_words], filters=[tidy])


def email_field(label: str) -> EmailField:
    """Return a required box for an e-mail address."""
    missing = lazy_gettext("Please enter an e-mail address; the confirmation goes there.")
    return EmailField(label, [DataRequired(missing), at_most(LONGEST_EMAIL), email_address], filters=[tidy])


def tidy(value: str | None) -> str | None:
    """Return the value composed (NFC), without spaces around it and with single ones inside.

    Line ends inside stay as they are: no box of one line has any, so whoever sends them shall be refused.
    """
    if not value:
        return value
    stripped = unicodedata.normalize("NFC", value.strip())
    return stripped if _LINE_END.search(stripped) else " ".join(stripped.split())


class at_most:  # noqa: N801 - reads like the validators of WTForms, of which it is one
    """Refuse what is longer than so many characters, without looking any further at it."""

    def __init__(self, longest: int) -> None:
        self.longest = longest

    def __call__(self, _form: Form, field: StringField) -> None:
        if len(field.data or "") > self.longest:
            raise StopValidation(gettext("This is too long."))


def plain_words(_form: Form, field: StringField) -> None:
    """Refuse addresses, markup and pictures in names: nobody shall send advertising through our confirmations."""
    value = field.data or ""
    if is_unreadable(value):
        raise ValidationError(gettext("Some letters could not be read; please write this once more."))
    if _LINK.search(value) or any(map(_is_no_letter, value)):
        raise ValidationError(gettext("Only a name belongs here, without web addresses and signs like < >."))


def email_address(_form: Form, field: StringField) -> None:
    """Refuse what cannot be an e-mail address, and say what is wrong with it."""
    if "@" not in field.data:
        raise ValidationError(gettext("The @ sign is missing. The right form is, for instance, name@library.cz."))
    mailbox, _, domain = field.data.rpartition("@")
    if not (_is_domain(domain) and _is_address(f"{mailbox}@a.cz")):
        raise ValidationError(
            gettext("This is not an e-mail address. The right form is, for instance, name@library.cz.")
        )


def is_unreadable(value: str) -> bool:
    """Say whether some bytes of what was sent were no letters, sent in another encoding for instance."""
    return _UNREADABLE.search(value) is not None


@lru_cache(maxsize=1024)
def _is_domain(domain: str) -> bool:
    """Say whether mail can have such a domain; this takes most of the time, and colleagues share theirs."""
    return _is_address(f"a@{domain}")


def _is_address(value: str) -> bool:
    try:
        # Letters with diacritics before the @ would need SMTPUTF8 all the way, which few mail servers speak.
        email_validator.validate_email(value, check_deliverability=False, allow_smtputf8=False)
    except email_validator.EmailNotValidError:
        return False
    return True


def _is_no_letter(letter: str) -> bool:
    category = unicodedata.category(letter)
    if category in _INVISIBLE:
        return letter not in _JOINERS
    return category in {"So", "Sk", "Me"} and letter >= _FIRST_PICTURE
