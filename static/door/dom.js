// Small things done to the page everywhere.

const { icons } = document.body.dataset;
const SVG = "http://www.w3.org/2000/svg";

export function byId(id) {
  return document.getElementById(id);
}

export function show(element, isShown = true) {
  element.toggleAttribute("hidden", !isShown); // pictures have no such property
}

export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

export function button(words, act, className = "btn") {
  const element = make("button", { type: "button", className }, words);
  element.addEventListener("click", act);
  return element;
}

export function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  picture.setAttribute("class", "i");
  picture.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${icons}#${name}`);
  picture.append(use);
  return picture;
}

// Tells whoever cannot see the screen; the same words twice are told twice.
export function announce(words) {
  const box = byId("announcement");
  box.textContent = "";
  box.textContent = words;
}

// Returns an icon and a word in the colour of a state: ok, wait, no.
export function state(kind, words) {
  return make("span", { className: `state state--${kind}` }, icon(kind), words);
}
