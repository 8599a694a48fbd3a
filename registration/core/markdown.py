"""Texts that people write in Markdown: as HTML that can do no harm, and as plain text that says the same."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "h3", "h4", "blockquote", "code", "pre", "hr"}
_SCHEMES = {"http", "https", "mailto"}
# A text stands below the headings of its page: its own begin with the third level.
_HEADINGS = {"h1": "h3", "h2": "h3"}
_LOWEST_HEADING = "h4"
_ADDRESS = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]]")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_WIDTH = 72
_HARD_BREAK = "\n"


def to_html(source: str) -> Markup:
    """Return a text as HTML: paragraphs, lists, links, emphasis, and nothing that acts."""
    rendered = _parser().render(source)
    clean = nh3.clean(
        rendered,
        tags=_TAGS,
        attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
        url_schemes=_SCHEMES,
        link_rel="noopener",
    )
    return Markup(clean.strip())  # noqa: S704 - cleaned above


def to_text(source: str) -> str:
    """Return a text as plain lines of at most 72 characters, addresses of links in angle brackets."""
    return "\n\n".join(_blocks(_parser().parse(source), _WIDTH))


def escape(words: str) -> str:
    """Return words that Markdown takes as they are, on one line."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(words.split()))


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    # The end of a line is one, as in letters; tags are words like any other.
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["image", "html_block", "html_inline"])
    # While escaped signs still stand apart: an address among words that were escaped is none of the writer's.
    parser.core.ruler.before("text_join", "addresses", _link_addresses)
    parser.core.ruler.push("headings", _lower_headings)
    return parser


def _lower_headings(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = _HEADINGS.get(token.tag, _LOWEST_HEADING)


def _link_addresses(state: StateCore) -> None:
    """Make links of addresses that were only typed."""
    for block in state.tokens:
        if block.type == "inline":
            block.children = list(_with_links(state.md, block.children or []))


def _with_links(parser: MarkdownIt, tokens: Sequence[Token]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        depth += token.nesting if token.type.startswith("link_") else 0
        if token.type == "text" and not depth:
            yield from _linked(parser, token.content)
        else:
            yield token


def _linked(parser: MarkdownIt, words: str) -> Iterator[Token]:
    end = 0
    for found in _ADDRESS.finditer(words):
        yield _text(words[end : found.start()])
        yield Token("link_open", "a", 1, attrs={"href": parser.normalizeLink(found[0])}, info="auto")
        yield _text(found[0])
        yield Token("link_close", "a", -1)
        end = found.end()
    yield _text(words[end:])


def _text(words: str) -> Token:
    return Token("text", "", 0, content=words)


def _blocks(tokens: Sequence[Token], width: int) -> Iterator[str]:
    """Yield paragraph by paragraph what a run of block tokens says."""
    for token, inside in _top(tokens):
        if token.type == "hr":
            yield "-" * 24
        elif token.type in {"fence", "code_block"}:
            yield textwrap.indent(token.content.rstrip("\n"), "    ")
        elif token.type == "inline":
            yield _wrapped(_words(token.children or []), width)
        elif token.type == "heading_open":
            title = "\n".join(_blocks(inside, width))
            yield f"{title}\n{'-' * max(map(len, title.splitlines()), default=0)}"
        elif token.type == "blockquote_open":
            yield textwrap.indent("\n\n".join(_blocks(inside, width - 2)), "> ", lambda _line: True)
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            yield "\n".join(_items(token, inside, width))
        else:
            yield from _blocks(inside, width)


def _top(tokens: Sequence[Token]) -> Iterator[tuple[Token, Sequence[Token]]]:
    """Yield the blocks of one level, each with what is inside it."""
    begin, level = 0, 0
    for position, token in enumerate(tokens):
        level += token.nesting
        if level == 0:
            yield tokens[begin], tokens[begin + 1 : position]
            begin = position + 1


def _items(of: Token, tokens: Sequence[Token], width: int) -> Iterator[str]:
    number: Any = of.attrs.get("start", 1)
    for position, (_, inside) in enumerate(_top(tokens)):
        mark = "* " if of.type.startswith("bullet") else f"{int(number) + position}. "
        said = "\n".join(_blocks(inside, width - len(mark)))
        yield mark + textwrap.indent(said, " " * len(mark)).removeprefix(" " * len(mark))


def _words(tokens: Sequence[Token]) -> str:
    """Return what a line says; a link says its address too, once."""
    said: list[str] = []
    links: list[tuple[int, Token]] = []
    for token in tokens:
        if token.type == "link_open":
            links.append((len(said), token))
        elif token.type == "link_close":
            begin, link = links.pop()
            label, address = "".join(said[begin:]), str(link.attrs["href"]).removeprefix("mailto:")
            said[begin:] = [address if link.info == "auto" else f"{label} <{address}>"]
        elif token.type in {"softbreak", "hardbreak"}:
            said.append(_HARD_BREAK)
        else:
            said.append(token.content)
    return "".join(said)


def _wrapped(words: str, width: int) -> str:
    lines = [
        textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False) for line in words.split(_HARD_BREAK)
    ]
    return "\n".join(lines)
