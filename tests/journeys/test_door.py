"""The door in a real browser: a camera that sees real codes, phones without a signal, clocks that are wrong."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, ViewportSize, expect, sync_playwright

from registration.signups.models import Registration
from registration.signups.operations import Person, cancel, substitute
from tests.journeys.conftest import CHROMIUM, check
from tests.journeys.desk_world import BY
from tests.journeys.door_world import (
    DoorWorld,
    code_of,
    door_world,
    film,
    front_of,
    pair,
    scan,
    scan_on_czech_keyboard,
)
from tests.server import Server

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 360, "height": 740}
NARROW: ViewportSize = {"width": 320, "height": 568}
OFFLINE_SCANS = 50
NEW_VERSION = "nova0verze00"
FORGED = "0123456789ABCDEFGHJK"

Phones = Callable[..., Page]


@pytest.fixture(scope="module")
def world(server: Server) -> Iterator[DoorWorld]:
    """Open the door of the workshop."""
    with door_world(server) as world:
        yield world


@pytest.fixture(scope="module")
def shown(world: DoorWorld) -> Registration:
    """Return whose code is held before the camera, again and again."""
    return world.take()[0]


@pytest.fixture(scope="module")
def browser(shown: Registration, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Start Chromium with a camera that sees a code for a second, then nothing for three."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"NO BROWSER: install Debian's chromium ({CHROMIUM})")
    video = film(tmp_path_factory.mktemp("camera") / "code.y4m", [None, code_of(shown), None, None])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-video-capture={video}",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def phones(browser: Browser, server: Server, world: DoorWorld) -> Iterator[Phones]:
    """Give phones that are paired under a label; they ask nobody else and break no content policy."""
    contexts: list[BrowserContext] = []
    asked: list[str] = []
    complaints: list[str] = []

    def open_phone(label: str, *, clock: timedelta = timedelta(0), at: str = server.address) -> Page:
        context = browser.new_context(base_url=at, viewport=PHONE, locale="cs-CZ", permissions=["camera"])
        contexts.append(context)
        context.on("request", lambda request: asked.append(request.url))
        context.on("console", lambda message: complaints.append(message.text))
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        page = context.new_page()
        if clock:
            page.clock.install(time=datetime.now(UTC) + clock)
        pair(page, world.pairing_code(), label=label)
        return page

    yield open_phone
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:"))] == []
    assert [text for text in complaints if "Content Security Policy" in text or "Error" in text] == []


def expect_verdict(page: Page, look: str, *words: str) -> None:
    """Wait for an answer of this colour that says this."""
    box = page.locator(f"#answer.answer--{look}")
    expect(box).to_be_visible()
    for each in words:
        expect(box).to_contain_text(each, ignore_case=True)


def go(page: Page, *, offline: bool) -> None:
    """Lose the signal, once the service worker has everything, or find it again."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(offline)


def expect_state(page: Page, words: str) -> None:
    """Wait until the strip at the foot says this."""
    expect(page.locator("#sync-state")).to_contain_text(words, timeout=15_000)


def reload_from_phone(page: Page) -> None:
    """Load the page again, as the service worker keeps it."""
    page.reload()
    expect(page.locator("#count")).to_be_visible()


def test_code_before_the_camera_is_let_in_and_the_next_time_in_already(
    phones: Phones, world: DoorWorld, shown: Registration
) -> None:
    page = phones("Hlavní vchod")
    assert "#" not in page.url
    check(page)
    go(page, offline=True)
    reload_from_phone(page)  # the page, the decoder and its WebAssembly come from the service worker
    page.get_by_role("button", name="Začít odbavovat").click()
    expect_verdict(page, "yes", "Vpustit", shown.family_name, "Účast")
    expect(page.get_by_role("status").first).to_contain_text("Vpustit")
    check(page)
    expect(page.locator("#answer")).to_be_hidden()  # green leaves by itself
    check(page)
    expect_verdict(page, "again", "Odbaveno už v", "Hlavní vchod")
    check(page)
    scan(page, FORGED)  # the next code takes the place of the last one
    expect_verdict(page, "no", "Neplatný kód")
    expect(page.locator("#answer .frame")).to_be_visible()
    check(page)
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.keyboard.press("Escape")
    go(page, offline=False)
    expect_state(page, "Vše odesláno")
    assert world.entries(shown) == ["present Hlavní vchod"]


def test_fifty_scans_without_a_signal_outlive_the_page_and_arrive_once(phones: Phones, world: DoorWorld) -> None:
    people = world.take(OFFLINE_SCANS)
    page = phones("Sklep")
    go(page, offline=True)
    reload_from_phone(page)
    for person in people:
        scan(page, code_of(person))
        expect(page.locator("#answer-who")).to_contain_text(person.family_name)
    expect_state(page, "Bez signálu, 50 záznamů čeká")
    context = page.context
    page.close()
    page = context.new_page()
    page.goto("/odbaveni")
    expect_state(page, "Bez signálu, 50 záznamů čeká")
    scan(page, code_of(people[0]))
    expect_verdict(page, "again", "Odbaveno už v")
    go(page, offline=False)
    expect_state(page, "Vše odesláno")
    assert world.entries(*people) == ["present Sklep"] * OFFLINE_SCANS
    assert world.scans("Sklep") == OFFLINE_SCANS + 1


def test_lost_reply_is_asked_for_again_and_counts_once(phones: Phones, world: DoorWorld) -> None:
    (person,) = world.take()
    page = phones("Zadní vchod")
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        if '"scans":[]' in (route.request.post_data or "") or lost:
            route.continue_()
        else:
            lost.append(route.fetch().text())
            route.abort("connectionreset")

    page.route("**/odbaveni/scans", lose_the_first)
    scan(page, code_of(person))
    expect_state(page, "Bez signálu, 1 záznam čeká")
    expect_state(page, "Vše odesláno")
    assert "admitted" in lost[0]
    assert (world.entries(person), world.scans("Zadní vchod")) == (["present Zadní vchod"], 1)


def test_earlier_of_two_phones_wins_whatever_their_clocks_say_and_the_other_is_told(
    phones: Phones, world: DoorWorld
) -> None:
    person, next_one = world.take(2)
    fast = phones("Brána s hodinami napřed", clock=timedelta(minutes=10))
    right = phones("Brána s přesnými hodinami")
    for page in (fast, right):
        go(page, offline=True)
        scan(page, code_of(person))
        expect_verdict(page, "yes", "Vpustit")
    go(right, offline=False)
    expect_state(right, "Vše odesláno")
    go(fast, offline=False)
    expect_state(fast, "Vše odesláno")
    assert world.entries(person) == ["present Brána s přesnými hodinami", "present Brána s hodinami napřed"]
    scan(right, code_of(next_one))
    expect(right.locator("#notices")).to_contain_text("u dveří „Brána s hodinami napřed“")
    check(right)
    right.get_by_role("button", name="Beru na vědomí").click()
    expect(right.locator("#notices")).to_be_hidden()


def test_codes_that_are_no_good_each_say_why(phones: Phones, world: DoorWorld) -> None:
    cancelled, replaced = world.take(2)
    old_code = code_of(replaced)
    cancel([cancelled], by=BY)
    substitute(
        replaced,
        person=Person(given_name="Bob", family_name="Pozdní", email="bob@x.example", ticket_type="UCAST"),
        by=BY,
    )
    page = phones("Přísné dveře")
    for code, *words in (
        (FORGED, "Neplatný kód", "Neznámý kód"),
        ("https://example.org/" + "x" * 300, "Neplatný kód"),
        (old_code, "Neplatný kód", "Kód nahradil novější"),
        (code_of(cancelled), "Zrušeno", cancelled.family_name),
        (code_of(world.stranger), "Jiná akce"),  # only the server knows
    ):
        scan(page, code)
        expect_verdict(page, "no", *words)
    page.get_by_role("button", name="Nastavení").click()
    page.get_by_label("Část programu").select_option(str(world.event.sessions[1].id))
    page.locator("#settings").get_by_role("button", name="Zpět k načítání").click()
    scan_on_czech_keyboard(page, code_of(replaced))
    expect_verdict(page, "no", "Jiná část", "Bob Pozdní", "Workshop")
    expect_state(page, "Vše odesláno")


def test_person_is_found_by_name_let_in_taken_back_and_lets_herself_out(phones: Phones, world: DoorWorld) -> None:
    (person,) = world.take()
    page = phones("Recepce")
    page.get_by_label("Najít podle příjmení, knihovny nebo kódu").fill(person.family_name.replace("Č", "c"))
    page.keyboard.press("Enter")
    check(page)
    page.locator("#people-list").get_by_role("button", name=f"{person.family_name} ", exact=False).first.click()
    expect_verdict(page, "yes", "Vpustit", person.family_name)
    expect(page.locator("#answer").get_by_role("link", name="Vytisknout jmenovku")).to_be_visible()
    page.locator("#answer").get_by_role("button", name="Vrátit zpět").click()
    expect(page.locator("#log")).to_contain_text("vráceno")
    page.get_by_label("Najít podle příjmení, knihovny nebo kódu").fill(code_of(person)[:8].lower())
    page.keyboard.press("Enter")
    expect_verdict(page, "yes", "Vpustit", person.family_name)
    page.keyboard.press("Escape")
    page.get_by_label("Odchod").check(force=True)
    scan(page, code_of(person))
    expect_verdict(page, "yes", "Odchod", person.family_name)
    expect_state(page, "Vše odesláno")
    assert world.entries(person) == ["present Recepce", "undo Recepce", "present Recepce", "left Recepce"]


def test_walk_in_without_a_signal_becomes_a_registration(phones: Phones, world: DoorWorld) -> None:
    page = phones("Stolek")
    go(page, offline=True)
    page.get_by_role("button", name="Host na místě").click()
    check(page)
    page.keyboard.type("Jana")  # the first box has the focus
    for words in ("Náhodná", "Knihovna Kdekoli"):
        page.keyboard.press("Tab")
        page.keyboard.type(words)
    page.keyboard.press("Enter")
    expect_verdict(page, "yes", "Vpustit", "Jana Náhodná")
    go(page, offline=False)
    expect_state(page, "Vše odesláno")
    guest = world.find("Náhodná")
    assert (guest.is_confirmed, guest.organisation_name) == (True, "Knihovna Kdekoli")
    assert world.entries(guest) == ["present Stolek"]
    expect(page.locator("#log")).to_contain_text("Náhodná Jana")


def test_new_version_waits_until_the_shift_is_over(phones: Phones, server: Server) -> None:
    with front_of(server) as front:
        page = phones("Dlouhá směna", at=front.address)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        version = page.locator("body").get_attribute("data-version") or ""
        front.update(version, NEW_VERSION)
        page.evaluate("navigator.serviceWorker.getRegistration('/odbaveni').then((it) => it.update()).then(() => true)")
        context = page.context
        page.close()  # now no page holds the old worker
        page = context.new_page()
        for _ in range(2):
            page.goto("/odbaveni")
            expect(page.locator("#count")).to_be_visible()
            expect(page.locator("body")).to_have_attribute("data-version", version)
        assert page.evaluate("caches.has('prezence-door-nova0verze00')")  # it is there, and waits
        end_shift(page)
        expect(page.locator("body")).to_have_attribute("data-version", NEW_VERSION)
        expect(page.get_by_text("Směna skončila")).to_be_visible()


def test_page_is_loaded_anew_when_another_version_took_over_while_it_loaded(browser: Browser, server: Server) -> None:
    with front_of(server) as front, closing(browser.new_context(base_url=front.address)) as context:
        page = context.new_page()
        page.goto("/odbaveni")
        page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
        version = page.locator("body").get_attribute("data-version") or ""
        front.update(version, NEW_VERSION)
        front.held = f"/odbaveni/soubory/{version}/door/main.js"
        page.evaluate(
            """async ([version, held]) => {
                const worker = await navigator.serviceWorker.ready;
                await (await caches.open("prezence-door-shift")).put("/odbaveni/shift", new Response(version));
                await (await caches.open(`prezence-door-${version}`)).delete(held);
                await worker.update();
            }""",
            [version, front.held],
        )
        page.wait_for_function("navigator.serviceWorker.ready.then((worker) => worker.waiting)")
        late = context.new_page()
        late.goto("/odbaveni", wait_until="commit")
        expect(late.locator("body")).to_have_attribute("data-version", version)
        page.evaluate(
            """async () => {
                await caches.delete("prezence-door-shift");
                const { waiting } = await navigator.serviceWorker.ready;
                setTimeout(() => waiting.postMessage("take over"), 100);  // it loads this page anew
            }"""
        )
        expect(page.locator("body")).to_have_attribute("data-version", NEW_VERSION)
        front.goes_on.set()
        expect(late.locator("body")).to_have_attribute("data-version", NEW_VERSION)


def test_shift_ends_only_when_everything_is_sent_and_leaves_nothing(phones: Phones, world: DoorWorld) -> None:
    (person,) = world.take()
    page = phones("Večerní dveře")
    go(page, offline=True)
    scan(page, code_of(person))
    end_shift(page)
    expect(page.get_by_text("1 záznam čeká na signál")).to_be_visible()
    assert stored(page, "changes") == []
    assert len(stored(page, "queue")) == 1
    go(page, offline=False)
    expect(page.get_by_text("Směna skončila")).to_be_visible(timeout=15_000)
    check(page)
    assert [stored(page, name) for name in ("facts", "changes", "queue")] == [[], [], []]
    assert page.context.cookies() == []
    assert world.entries(person) == ["present Večerní dveře"]


def test_revoked_phone_forgets_the_list_and_its_scans_are_kept_for_review(phones: Phones, world: DoorWorld) -> None:
    (person,) = world.take()
    page = phones("Ztracený telefon")
    world.revoke("Ztracený telefon")
    scan(page, code_of(person))
    expect(page.get_by_text("odebral přístup")).to_be_visible()
    assert [stored(page, name) for name in ("facts", "changes", "queue")] == [[], [], []]
    assert (world.entries(person), world.scans("Ztracený telefon")) == ([], 1)


def test_walk_in_of_a_revoked_phone_is_held_too(phones: Phones, world: DoorWorld) -> None:
    page = phones("Odebraný telefon")
    go(page, offline=True)
    page.get_by_role("button", name="Host na místě").click()
    page.keyboard.type("Iva")
    page.keyboard.press("Tab")
    page.keyboard.type("Příchozí")
    page.keyboard.press("Enter")
    expect_verdict(page, "yes", "Vpustit", "Iva Příchozí")
    world.revoke("Odebraný telefon")
    go(page, offline=False)
    expect(page.get_by_text("odebral přístup")).to_be_visible()
    assert [stored(page, name) for name in ("facts", "changes", "queue")] == [[], [], []]
    assert world.scans("Odebraný telefon") == 1


def test_pairing_code_is_refused_when_used_up_expired_or_guessed(
    context: BrowserContext, phones: Phones, world: DoorWorld
) -> None:
    page = context.new_page()
    used_up, expired = world.pairing_code(most_doors=1), world.pairing_code()
    pair(phones("První"), used_up, label="Druhý")
    world.expire(expired)
    for code, words in (
        (used_up, "Kód pro spárování je vyčerpaný"),
        (expired, "Kód pro spárování už neplatí"),
        (FORGED, "Takový kód pro spárování neexistuje"),
    ):
        page.goto("about:blank")
        page.goto(f"/odbaveni#p={code}")
        page.get_by_label("Název těchto dveří").fill("Cizí telefon")
        page.get_by_role("button", name="Spárovat telefon").click()
        expect(page.get_by_role("alert")).to_contain_text(words)
        check(page)
    assert context.cookies() == []


def test_without_a_camera_the_page_says_so_and_goes_on(phones: Phones, world: DoorWorld) -> None:
    (person,) = world.take()
    page = phones("Bez povolení")
    page.context.clear_permissions()
    page.get_by_role("button", name="Začít odbavovat").click()
    expect(page.locator("#finder")).to_contain_text("Kamera není povolená")
    check(page)
    scan(page, code_of(person))
    expect_verdict(page, "yes", "Vpustit")


def test_phone_that_has_no_camera_says_so(browser: Browser, server: Server, world: DoorWorld) -> None:
    bare = browser.browser_type.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
    page = bare.new_page(base_url=server.address, viewport=PHONE, locale="cs-CZ", permissions=["camera"])
    pair(page, world.pairing_code(), label="Stolní počítač")
    page.get_by_role("button", name="Začít odbavovat").click()
    expect(page.locator("#finder")).to_contain_text("Tady žádná kamera není")
    bare.close()


def test_pairing_works_without_javascript(browser: Browser, server: Server, world: DoorWorld) -> None:
    context = browser.new_context(base_url=server.address, java_script_enabled=False, locale="cs-CZ")
    page = context.new_page()
    page.goto("/odbaveni")
    page.get_by_label("Kód pro spárování").fill(world.pairing_code())
    page.get_by_label("Název těchto dveří").fill("Starý telefon")
    page.get_by_role("button", name="Spárovat telefon").click()
    page.wait_for_url("**/odbaveni/rucne*")
    context.close()


def end_shift(page: Page) -> None:
    """End the shift in the settings."""
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Nastavení").click()
    page.get_by_text("Ukončit směnu…").click()
    check(page)
    page.get_by_role("button", name="Ukončit a smazat seznam").click()


def stored(page: Page, name: str) -> list[object]:
    """Return what lies in a store of the phone."""
    kept: list[object] = page.evaluate(
        """(name) => new Promise((resolve) => {
            indexedDB.open("prezence-door").onsuccess = ({ target: { result: database } }) => {
                database.transaction(name).objectStore(name).getAll().onsuccess = ({ target }) => {
                    database.close();
                    resolve(target.result);
                };
            };
        })""",
        name,
    )
    return kept
