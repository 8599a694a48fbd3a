"""The scanner's shell: the same for everybody, strict about what runs, and nothing handed out but its own files."""

import re

import pytest
from flask.testing import FlaskClient

from registration.core.assets import STATIC

PAGES = ["/odbaveni", "/odbaveni/en"]


@pytest.fixture
def files(client: FlaskClient) -> list[str]:
    """Return the addresses that the service worker keeps."""
    worker = client.get("/odbaveni/sw.js").get_data(as_text=True)
    found = re.search(r"const FILES = (\[.*?\]);", worker)
    assert found
    return re.findall(r'"([^"]+)"', found[1])


@pytest.mark.parametrize("page", PAGES)
def test_page_is_the_same_for_everybody_and_asked_for_anew(client: FlaskClient, page: str) -> None:
    first, second = client.get(page), client.get(page)
    assert first.data == second.data
    assert "Set-Cookie" not in first.headers
    assert first.headers["Cache-Control"] == "no-cache"
    assert client.get(page, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert "script-src" not in first.headers["Content-Security-Policy"]


def test_page_speaks_two_languages(client: FlaskClient) -> None:
    czech, english = (client.get(page).get_data(as_text=True) for page in PAGES)
    assert '<html lang="cs">' in czech
    assert "Spárovat telefon" in czech
    assert '<html lang="en">' in english
    assert "Pair the phone" in english
    assert 'href="/odbaveni/en/rucne"' in english


def test_english_prefix_leads_to_the_page_that_works_offline(client: FlaskClient) -> None:
    assert client.get("/en/odbaveni").headers["Location"] == "/odbaveni/en"


def test_worker_may_serve_the_whole_door(client: FlaskClient) -> None:
    worker = client.get("/odbaveni/sw.js")
    assert worker.headers["Service-Worker-Allowed"] == "/odbaveni"
    assert worker.headers["Cache-Control"] == "no-cache"
    assert worker.mimetype == "text/javascript"


def test_every_file_the_worker_keeps_is_there_and_stays(client: FlaskClient, files: list[str]) -> None:
    for address in files:
        answer = client.get(address)
        assert (answer.status_code, address) == (200, address)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_every_module_and_face_is_kept(client: FlaskClient, files: list[str]) -> None:
    """What a module or a sheet names without a signal must be in the phone."""
    for address in files:
        if address.endswith((".js", ".css")) and "/vendor/" not in address:
            text = client.get(address).get_data(as_text=True)
            folder = address.rpartition("/")[0]
            for name in re.findall(r'(?:from|url\()\s*"(\.[^"?]+)', text):
                parts = f"{folder}/{name}".split("/")
                while ".." in parts:
                    at = parts.index("..")
                    del parts[at - 1 : at + 1]
                assert "/".join(part for part in parts if part != ".") in files, (address, name)


def test_only_the_decoder_may_compile_webassembly(client: FlaskClient, files: list[str]) -> None:
    allowed = [each for each in files if "wasm-unsafe-eval" in client.get(each).headers["Content-Security-Policy"]]
    assert [each.rpartition("/")[2] for each in allowed] == ["decoder.js"]


@pytest.mark.parametrize(
    "name",
    ["door/sw.js", "css/staff.css", "js/passkeys.js", "../registration/app.py", "door/../../wsgi.py", "door/", "nic"],
)
def test_other_files_are_not_handed_out(client: FlaskClient, files: list[str], name: str) -> None:
    version = files[0].split("/")[3]
    assert client.get(f"/odbaveni/soubory/{version}/{name}").status_code in {301, 404}


def test_files_of_another_version_are_gone(client: FlaskClient, files: list[str]) -> None:
    version = files[0].split("/")[3]
    assert client.get(files[0].replace(version, "0" * len(version))).status_code == 404


def test_nothing_is_asked_of_anybody_else() -> None:
    """The reader would fetch its WebAssembly from a CDN, unless it is told where it lies."""
    for path in (STATIC / "door").glob("*"):
        assert re.findall(r"https?://(?!www\.w3\.org/)", path.read_text()) == [], path.name
    assert "locateFile" in (STATIC / "door/decoder.js").read_text()
