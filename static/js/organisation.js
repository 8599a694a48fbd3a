// Suggests libraries from the directory while a name is being typed. An editable combobox with a list after the ARIA
// Authoring Practices; whatever is typed may stay, so nothing is chosen by itself. Without this script the box is
// an ordinary one.

const SHORTEST = 2; // the server suggests nothing for less
const PAUSE_MS = 150;
const NBSP = "\u00a0";

for (const input of document.querySelectorAll("input[data-suggest]")) {
  suggestFor(input);
}

function suggestFor(input) {
  const list = element("ul", { id: `${input.id}-list`, className: "suggestions", role: "listbox", hidden: true });
  const status = element("div", { className: "vh", role: "status" });
  let active = -1;
  let timer;
  let request;

  list.setAttribute("aria-label", input.dataset.list);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-controls": list.id,
    "aria-expanded": "false",
  })) {
    input.setAttribute(name, value);
  }
  input.after(list, status);

  input.addEventListener("input", () => {
    forgetQuestion();
    activate(-1); // Enter must not choose from the answer to what is no longer there
    timer = setTimeout(ask, PAUSE_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (!event.isComposing && !event.ctrlKey && !event.metaKey) {
      press(event);
    }
  });
  input.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => choose(event.target.closest("[role=option]")));

  function press(event) {
    const isOpen = !list.hidden;
    if (event.key === "ArrowDown" && !isOpen) {
      event.preventDefault();
      forgetQuestion();
      ask();
    } else if (event.key === "ArrowDown" || (event.key === "ArrowUp" && isOpen)) {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault(); // the form is not finished yet
      choose(list.children[active]);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      close();
    } else if (event.key === "Home" || event.key === "End") {
      activate(-1);
    }
  }

  async function ask() {
    const typed = input.value.trim();
    if (typed.length < SHORTEST) {
      close();
      return;
    }
    request = new AbortController();
    const { signal } = request;
    try {
      const answer = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(typed)}`, {
        credentials: "omit",
        signal,
      });
      const found = answer.ok ? await answer.json() : [];
      if (!signal.aborted) {
        show(found, typed, answer.ok);
      }
    } catch {
      if (!signal.aborted) {
        close(); // no connection: the box takes a name without suggestions too
      }
    }
  }

  function show(found, typed, isAnswer) {
    list.replaceChildren(...found.map((organisation, index) => option(organisation, typed, `${list.id}-${index}`)));
    active = -1;
    input.removeAttribute("aria-activedescendant");
    setOpen(found.length > 0);
    const { found: someFound, none } = input.dataset;
    status.textContent = !isAnswer ? "" : found.length ? someFound.replace("{count}", found.length) : none;
  }

  function move(step) {
    const count = list.children.length;
    activate(active < 0 && step < 0 ? count - 1 : (active + step + count) % count);
  }

  function activate(index) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = index;
    const chosen = list.children[active];
    if (chosen) {
      chosen.setAttribute("aria-selected", "true");
      chosen.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", chosen.id);
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function choose(chosen) {
    if (chosen) {
      input.value = chosen.dataset.label;
      close();
    }
  }

  function close() {
    forgetQuestion();
    activate(-1);
    setOpen(false);
    status.textContent = "";
  }

  function setOpen(isOpen) {
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    // The browser's own list would lie over ours and take its keys; while ours is closed it may help.
    input.autocomplete = isOpen ? "off" : "organization";
  }

  function forgetQuestion() {
    clearTimeout(timer);
    request?.abort();
  }
}

function option({ label, ico }, typed, id) {
  const item = element("li", { id, role: "option", lang: "cs" });
  item.setAttribute("aria-selected", "false");
  item.dataset.label = label;
  item.append(element("span", {}, ...marked(label, typed)));
  if (ico) {
    item.append(element("small", {}, `IČO${NBSP}${ico}`));
  }
  return item;
}

// The label in pieces, the beginnings of words that were typed inside <mark>.
function marked(label, typed) {
  const beginnings = words(typed).map(fold);
  return label.split(/([\p{L}\p{N}]+)/u).flatMap((piece) => {
    const folded = fold(piece);
    const length = Math.max(0, ...beginnings.filter((each) => folded.startsWith(each)).map((each) => each.length));
    return length ? [element("mark", {}, piece.slice(0, length)), piece.slice(length)] : [piece];
  });
}

function words(text) {
  return text.match(/[\p{L}\p{N}]+/gu) ?? [];
}

function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function element(name, properties, ...content) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...content);
  return made;
}
