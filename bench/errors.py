"""The ways a measurement can be worth nothing."""


class BadAnswer(Exception):  # noqa: N818 - named for the fact
    """The server did not answer as a visit expects."""


class BadRun(Exception):  # noqa: N818 - named for the fact
    """Something was answered wrongly or did not run; says what."""
