"""Texts in Markdown: what they may, what they may not, and the same as plain text."""

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as some

from registration.core.markdown import escape, to_html, to_text

LETTER = """# Co s sebou

Vezměte si **notebook** a *dobrou náladu*,
sraz je v 9 hodin.

* plná moc
* průkaz

3. třetí
4. čtvrtý

> Kdo nečte, neví.

Mapa: [kudy k nám](https://knihovna.example/mapa), nebo https://knihovna.example/plan. Pište na <olga@sekce.example>.

---

    příkaz
"""


def test_html_has_what_a_letter_needs() -> None:
    html = to_html(LETTER)
    assert "<h3>Co s sebou</h3>" in html
    assert "<strong>notebook</strong> a <em>dobrou náladu</em>,<br>\nsraz" in html
    assert "<li>plná moc</li>" in html
    assert '<ol start="3">' in html
    assert "<blockquote>" in html
    assert '<a href="https://knihovna.example/mapa" rel="noopener">kudy k nám</a>' in html
    assert '<a href="https://knihovna.example/plan" rel="noopener">https://knihovna.example/plan</a>. Pište' in html
    assert '<a href="mailto:olga@sekce.example" rel="noopener">olga@sekce.example</a>' in html
    assert "<hr>" in html
    assert "<code>příkaz" in html


def test_plain_text_says_the_same() -> None:
    assert to_text(LETTER) == (
        "Co s sebou\n----------\n\n"
        "Vezměte si notebook a dobrou náladu,\nsraz je v 9 hodin.\n\n"
        "* plná moc\n* průkaz\n\n"
        "3. třetí\n4. čtvrtý\n\n"
        "> Kdo nečte, neví.\n\n"
        "Mapa: kudy k nám <https://knihovna.example/mapa>, nebo\n"
        "https://knihovna.example/plan. Pište na olga@sekce.example.\n\n"
        "------------------------\n\n"
        "    příkaz"
    )


def test_headings_stay_below_those_of_the_page() -> None:
    assert to_html("# a\n## b\n### c\n###### d") == "<h3>a</h3>\n<h3>b</h3>\n<h4>c</h4>\n<h4>d</h4>"


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        '<a href="x" onclick="alert(1)">x</a>',
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "![x](https://stopa.example/pixel.png)",
        "<img src=x onerror=alert(1)>",
        '[x](https://a.example "onmouseover=alert(1)")',
        "<javascript:alert(1)>",
    ],
)
def test_nothing_that_acts_gets_through(source: str) -> None:
    document = html5lib.parseFragment(to_html(source), namespaceHTMLElements=False)
    for element in document.iter():
        assert element.tag in {"DOCUMENT_FRAGMENT", "p", "a"}
        assert set(element.attrib) <= {"href", "rel"}
        assert element.get("href", "https:").startswith("https:")


def test_list_in_a_list_is_indented() -> None:
    assert to_text("* a\n  * b\n* c") == "* a\n  * b\n* c"


def test_long_paragraph_is_wrapped_but_not_its_addresses() -> None:
    address = "https://knihovna.example/" + "a" * 90
    lines = to_text("slovo " * 30 + address).splitlines()
    assert lines[-1] == address
    assert max(map(len, lines[:-1])) <= 72


def test_empty_text_says_nothing() -> None:
    assert (to_html(""), to_text(" \n")) == ("", "")


@given(some.text(some.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1))
def test_escaped_words_are_read_as_they_are(words: str) -> None:
    document = html5lib.parseFragment(to_html(f"x {escape(words)}"), namespaceHTMLElements=False)
    assert "".join(document.itertext()) == f"x {words}"


def test_escaped_address_is_no_link_and_an_odd_one_is_whole() -> None:
    assert "<a" not in to_html(f"x {escape('https://zly.example')}")
    assert 'href="https://zoom.example/j/1?pwd=a_b_c*d"' in to_html("https://zoom.example/j/1?pwd=a_b_c*d")
