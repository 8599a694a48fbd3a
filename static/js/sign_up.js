// Makes the sign-up form smoother: people are added and removed without a new page, a second click sends nothing. The
// server draws every box, so without this script the form works the same.

const LEAST_MS = 2000; // the server takes a form that comes sooner for a robot's

const form = document.getElementById("prihlaska");
const status = document.getElementById("zmena");
const openedAt = performance.now();
let isSending = false;

form.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (isSending) {
    event.preventDefault();
  } else if (button?.name === "add" || button?.name === "remove") {
    event.preventDefault();
    change(button);
  } else if (button?.name === "") {
    send(event);
  }
});
window.addEventListener("pageshow", () => {
  isSending = false; // the page may have been kept and come back to
  form.removeAttribute("aria-busy");
});

// Sends the form once, and not sooner than the server expects people to be able to fill it in.
function send(event) {
  isSending = true;
  form.setAttribute("aria-busy", "true");
  const wait = openedAt + LEAST_MS - performance.now();
  if (wait > 0) {
    event.preventDefault();
    setTimeout(() => form.submit(), wait);
  }
}

// Adds or removes a person: asks the server for the form as it would be, and takes over the parts that differ.
async function change(button) {
  const before = countPeople();
  isSending = true;
  form.setAttribute("aria-busy", "true");
  const body = new FormData(form);
  body.append(button.name, button.value);
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    if (!answer.ok) {
      throw new Error(answer.statusText);
    }
    takeOver(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    sendPlainly(button); // the browser shows what is wrong
    return;
  }
  isSending = false;
  form.removeAttribute("aria-busy");
  form.dispatchEvent(new Event("input")); // questions.js looks which of the new questions are asked
  status.textContent = form.querySelector("[data-count]").textContent;
  focusPerson(countPeople() > before ? before : Math.max(Number(button.value) - 1, 0));
}

function takeOver(page) {
  for (const part of form.querySelectorAll("[data-fresh]")) {
    part.replaceChildren(...page.getElementById(part.id).childNodes);
  }
  document.title = page.title;
}

function sendPlainly(button) {
  const name = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value });
  form.append(name);
  form.submit();
}

function countPeople() {
  return form.querySelectorAll("#lide > fieldset").length;
}

function focusPerson(position) {
  document.getElementById(`people-${position}-given_name`).focus();
}
