"""What a person with a phone waits for: until the list is there, and until a code before the camera is answered."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from bench.errors import BadRun
from bench.figures import percentile
from tests.journeys.conftest import CHROMIUM
from tests.journeys.door_world import film

_PATIENCE_MS = 120_000
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
_QUIET_S = 2  # before the film begins anew

# Notes when another picture is before the camera and when another answer is written. A grid of sixteen by sixteen
# points is enough to tell two codes apart, and cheap beside what the phone does with every frame.
_WATCH = """() => {
  window.seen = [];
  window.said = [];
  const video = document.querySelector("video");
  const canvas = Object.assign(document.createElement("canvas"), { width: 16, height: 16 });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let before;
  const look = () => {
    context.drawImage(video, 190, 110, 260, 260, 0, 0, 16, 16);
    const points = context.getImageData(0, 0, 16, 16).data;
    const changed = before?.reduce((sum, value, at) => sum + (Math.abs(value - points[at]) > 24 ? 1 : 0), 0) ?? 0;
    const isCode = points.some((value, at) => at % 4 === 0 && value > 170);
    if (before && changed > 12) {
      window.seen.push({ at: performance.now(), isCode });
    }
    before = points;
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
  new MutationObserver(() => window.said.push(performance.now())).observe(document.getElementById("answer-who"), {
    childList: true,
  });
}"""


@dataclass(frozen=True)
class Ready:
    """How long it took until somebody could be let in: the first time, and when the page was opened again."""

    first_ms: float
    again_ms: float


@dataclass(frozen=True)
class Seen:
    """What a phone made of codes that were held before its camera."""

    shown: int
    answered: int
    p50_ms: float
    p95_ms: float


@dataclass(frozen=True)
class Phone:
    """A phone that knows where the server is; the film for its camera is kept in a folder."""

    address: str
    folder: Path = Path()

    def time_ready(self, pairing_code: str) -> Ready:
        """Pair and return how long it took. Raises BadRun."""
        with _chromium() as browser:
            page = browser.new_page(base_url=self.address, locale="cs-CZ")
            began = _pair(page, pairing_code)
            first_ms = (time.perf_counter() - began) * 1000
            page.evaluate("navigator.serviceWorker.ready.then(() => true)")
            began = time.perf_counter()
            page.reload()
            _expect_ready(page)
            return Ready(first_ms, (time.perf_counter() - began) * 1000)

    def show_codes(self, pairing_code: str, codes: Sequence[str], *, seconds: float) -> Seen:
        """Hold each code before the camera for so long, one right after another, and return what came of it.

        An answer that takes longer is taken for the next code's. Raises BadRun.
        """
        blank = [None] * round(_QUIET_S / seconds)
        video = film(self.folder / "codes.y4m", [*blank, *codes], seconds=seconds)
        camera = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={video}"]
        with _chromium(*camera) as browser:
            page = browser.new_page(base_url=self.address, locale="cs-CZ", permissions=["camera"])
            _pair(page, pairing_code)
            page.evaluate(_WATCH)
            page.get_by_role("button", name="Začít odbavovat").click()
            page.wait_for_timeout(1000 * ((len(codes) + len(blank)) * seconds + _QUIET_S))
            return _compare(page.evaluate("window.seen"), page.evaluate("window.said"))


def _compare(seen: list[dict[str, float]], said: list[float]) -> Seen:
    """Give each answer to the code that had come into view last; further answers to the same one do not count."""
    views = [each["at"] for each in seen if each["isCode"]]
    waits = []
    for began, ended in zip(views, [*views[1:], float("inf")], strict=True):
        answers = [at for at in said if began <= at < ended]
        waits += [answers[0] - began] if answers else []
    if not waits:
        raise BadRun("the phone has answered no code")
    return Seen(len(views), len(waits), percentile(waits, 50), percentile(waits, 95))


@contextlib.contextmanager
def _chromium(*arguments: str) -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        raise BadRun(f"NO BROWSER: install Debian's chromium ({CHROMIUM})")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*_ARGUMENTS, *arguments])
        yield browser
        browser.close()


def _pair(page: Page, pairing_code: str) -> float:
    """Pair a phone and wait for its list; return the moment the button was pressed."""
    page.goto(f"/odbaveni#p={pairing_code}")
    page.get_by_label("Název těchto dveří").fill("Vchod")
    button = page.get_by_role("button", name="Spárovat telefon")
    expect(button).to_be_enabled(timeout=_PATIENCE_MS)
    began = time.perf_counter()
    button.click()
    _expect_ready(page)
    return began


def _expect_ready(page: Page) -> None:
    expect(page.locator("#count")).to_be_visible(timeout=_PATIENCE_MS)
