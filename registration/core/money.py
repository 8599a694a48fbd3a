"""Money is an integer number of haléře; this is how it is shown."""

from registration.core import i18n
from registration.core.czech import NBSP


def show_price(haler: int) -> str:
    """Return a price in words people use: `zdarma`, `1 950 Kč`, `1 950,50 Kč`."""
    if haler == 0:
        return i18n.gettext("free of charge")
    crowns, rest = divmod(haler, 100)
    grouped = f"{crowns:,}".replace(",", NBSP)
    separator = "," if i18n.language() == "cs" else "."
    return f"{grouped}{separator}{rest:02}{NBSP}Kč" if rest else f"{grouped}{NBSP}Kč"
