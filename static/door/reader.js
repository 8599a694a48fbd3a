// Hand-held readers: to the browser they are keyboards that type very fast and end with Enter.

const LEAST = 6; // characters; fewer are somebody's fingers
const GAP_MS = 500;

// Tells each text that is read while no field has the focus, as typed and as the keys of an English keyboard: a reader
// sends key positions, and a Czech layout turns digits into letters with accents.
export function listen(onCode) {
  let typed = "";
  let keys = "";
  let last = 0;
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || isField(event.target)) {
        return;
      }
      if (event.timeStamp - last > GAP_MS) {
        typed = keys = "";
      }
      if (event.key === "Enter" && typed.length >= LEAST) {
        event.preventDefault(); // else it would press the button that has the focus
        onCode(typed, keys);
        typed = keys = "";
      } else if (event.key.length === 1) {
        typed += event.key;
        keys += event.code.replace(/^(Key|Digit)/, "");
        last = event.timeStamp;
      }
    },
    { capture: true },
  );
}

function isField(element) {
  return element instanceof Element && element.matches("input:not([type=radio]), select, textarea");
}
