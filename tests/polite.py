"""The words of vykání, and the texts that keep them however the association addresses people."""

import re

_NO_VERBS = "čte|načte|těchto|prezente"
# Polite verbs end like this in all their forms, and hardly anything else does.
POLITE = re.compile(rf"\b(?!(?:{_NO_VERBS})\b)(?:\w+te|vy|vás|vám|vámi|vaš\w*|\w*bys?te)\b", re.IGNORECASE)

# Where the staff reads, and the papers and notices that stay polite.
PLACES = re.compile(
    r"^(registration/(accounts|certificates|checkin|core/sheets|events/(forms|views/(pictures|sessions))"
    r"|signups/(importing|forms/(desk|messages|imported)|views/(bulk|imports))|organisations/views/importing)"
    r"|templates/(accounts|badges|certificates|privacy|documents/poster|pages/privacy"
    r"|mails/(staff_invitation|password_\w+)"
    r"|events/(_fields|changes|new_session|question|templates)|signups/(correction|import)|organisations/import|checkin/sheet))"
)
# Of files that speak to visitors too, what they say to the staff only.
MESSAGES = {
    "A certificate counts this part; please change the certificate first.",
    "Another event has this address, or had it before; please choose a different one.",
    "Another event of the same year has this mark; please choose a different one.",
    "Nobody is chosen. Please tick some people in the list first.",
    "Nobody would get this message. Please choose other people.",
    "Nothing stands for {%(name)s}. Please choose one of the words listed below.",
    "Please choose a file.",
    "Please choose another library: this is the same one.",
    "Please choose at least one part.",
    "Please enter a day.",
    "Please enter at least one answer to choose from.",
    "Please enter the reason; it goes to whoever applied.",
    "Please enter where people sign up.",
    "Please say why more people are let in than there are places; it stays in the records.",
    "Somebody has signed up for this ticket type, so parts can only be added to it."
    " Make a new ticket type and move the people there.",
    "The day of the membership cannot be read; write it as 1. 3. 2020.",
    "The file has more than 20,000 libraries. Please split it up.",
    "This can be done to %(num)d person at once; please narrow the list down.",
    "This is not a picture that can be read. Please upload a JPEG, PNG or WebP file.",
}


def polite_words(text: str) -> list[str]:
    """Return the words of a text that say `vy` to its reader."""
    return POLITE.findall(text)
