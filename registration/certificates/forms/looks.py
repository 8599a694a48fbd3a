"""The form that says how papers look: of the association, or of one event."""

from collections.abc import Callable

from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, RadioField, StringField
from wtforms.fields import SelectChoice

from registration.certificates.styling import Look
from registration.core.errors import PictureTooLarge, PictureUnreadable
from registration.core.i18n import lazy_gettext
from registration.events.forms.base import StaffForm, length
from registration.signups.forms.fields import plain_words, tidy

_YES_OR_NO = {"yes": True, "no": False, "": None}
_ANSWERS = [SelectChoice("yes", lazy_gettext("yes")), SelectChoice("no", lazy_gettext("no"))]


class LookForm(StaffForm):
    """Who signs papers, and what else stands on them."""

    signatory_name = StringField(lazy_gettext("Who signs"), [length(200), plain_words], filters=[tidy])
    signatory_function = StringField(lazy_gettext("Function"), [length(200), plain_words], filters=[tidy])
    signature = FileField(lazy_gettext("Picture of the signature"))
    removes_signature = BooleanField(lazy_gettext("Take the signature away"))
    logo = FileField(lazy_gettext("Logo"))
    removes_logo = BooleanField(lazy_gettext("Take the logo away"))
    paper_note = StringField(lazy_gettext("Further line"), [length(200)], filters=[tidy])
    says_unaccredited = RadioField(lazy_gettext("Say that the training is not accredited"), choices=_ANSWERS)
    shows_lessons = RadioField(lazy_gettext("Lessons of 45 minutes beside hours"), choices=_ANSWERS)

    @classmethod
    def of(cls, look: Look) -> "LookForm":
        """Return the form filled in with what is set."""
        return cls(
            formdata=None,
            signatory_name=look.signatory_name,
            signatory_function=look.signatory_function,
            paper_note=look.paper_note,
            says_unaccredited=_answer(look.says_unaccredited),
            shows_lessons=_answer(look.shows_lessons),
        )

    def of_event(self) -> "LookForm":
        """Let questions be left to what is set for all papers."""
        for field in (self.says_unaccredited, self.shows_lessons):
            field.choices = [SelectChoice("", lazy_gettext("as on all papers")), *_ANSWERS]
        return self

    def look(self, now: Look, keep: Callable[[bytes], str]) -> Look | None:
        """Return what papers shall look like; None where a picture was refused, which stands beside its field then.

        `keep` stores an uploaded picture and returns its hash.
        """
        signature = self._picture(self.signature, now.signature_sha256, self.removes_signature.data, keep)
        logo = self._picture(self.logo, now.logo_sha256, self.removes_logo.data, keep)
        if self.signature.errors or self.logo.errors:
            return None
        return Look(
            signatory_name=self.signatory_name.data or "",
            signatory_function=self.signatory_function.data or "",
            paper_note=self.paper_note.data or "",
            says_unaccredited=_YES_OR_NO[self.says_unaccredited.data],
            shows_lessons=_YES_OR_NO[self.shows_lessons.data],
            signature_sha256=signature,
            logo_sha256=logo,
        )

    def _picture(self, field: FileField, now: str | None, is_removed: bool, keep: Callable[[bytes], str]) -> str | None:
        uploaded = _read(field.data)
        if not uploaded:
            return None if is_removed else now
        try:
            return keep(uploaded)
        except (PictureUnreadable, PictureTooLarge) as refusal:
            field.errors = [refusal.message]
            return None


def _answer(value: bool | None) -> str:
    return next(word for word, meaning in _YES_OR_NO.items() if meaning is value)


def _read(file: FileStorage | None) -> bytes:
    if file is None:
        return b""
    with file.stream as stream:
        return stream.read()
