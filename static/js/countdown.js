// Counts on what the server has said, and asks it again once the time is up. Seconds are counted from when the page
// came, so that neither the visitor's zone nor a wrong clock matters; the words are the server's.

const PAUSE_MS = 1000;

const box = document.getElementById("countdown");
const words = JSON.parse(box.dataset.words);
const plural = new Intl.PluralRules(document.documentElement.lang);
const opensAt = Date.now() + Number(box.dataset.seconds) * 1000;

tick();
window.addEventListener("pageshow", (event) => {
  if (event.persisted) {
    askAgain(); // the page was kept for who knows how long
  }
});

function tick() {
  const left = opensAt - Date.now();
  if (left <= 0) {
    askAgain();
    return;
  }
  const sentence = inWords(Math.ceil(left / 60_000));
  if (box.textContent !== sentence) {
    box.textContent = sentence;
  }
  setTimeout(tick, PAUSE_MS);
}

// Says it as the server does: `in 2 days and 3 hours`, `in 1 minute`.
function inWords(minutesLeft) {
  const days = Math.floor(minutesLeft / 1440);
  const hours = Math.floor(minutesLeft / 60) % 24;
  const minutes = minutesLeft % 60;
  if (days) {
    return say("days", days) + (hours ? say("and_hours", hours) : "");
  }
  if (hours) {
    return say("hours", hours) + (minutes ? say("and_minutes", minutes) : "");
  }
  return say("minutes", minutes);
}

function say(phrase, number) {
  const forms = words[phrase];
  return (forms[plural.select(number)] ?? forms.other).replace("#", number);
}

// The page comes back open, with a button: a tab left open all night has not come to the meeting.
function askAgain() {
  const address = new URL(location);
  address.searchParams.set("cekani", "1");
  location.replace(address);
}
