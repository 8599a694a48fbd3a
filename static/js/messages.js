// Says while the form is filled in how many people the message would go to; without it there is a button.

const PAUSE_MS = 300;

for (const form of document.querySelectorAll("form[data-count]")) {
  const output = form.querySelector("output");
  let timer;
  let asked = 0;

  form.querySelector("button[name=count]").hidden = true;
  form.addEventListener("input", (event) => {
    if (["subject", "body"].includes(event.target.name)) {
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(count, PAUSE_MS);
  });

  async function count() {
    const mine = ++asked;
    const chosen = new FormData(form);
    for (const name of ["csrf_token", "subject", "body"]) {
      chosen.delete(name);
    }
    const answer = await fetch(`${form.dataset.count}?${new URLSearchParams(chosen)}`).catch(() => null);
    if (answer?.ok && mine === asked) {
      output.textContent = await answer.text();
    }
  }
}
