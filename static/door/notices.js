// What the server corrects after the person has gone by: it stays until somebody has seen it.

import { announce, button, byId, make, show } from "./dom.js";
import { signal } from "./signals.js";
import { say } from "./words.js";

const box = byId("notices");

export function addNotice(words, look) {
  const line = make("li", { className: `door__notice door__notice--${look}` }, make("p", {}, words));
  const seen = () => {
    line.remove();
    show(box, box.childElementCount > 0);
  };
  line.append(button(say("seen"), seen, "btn btn--2"));
  box.append(line);
  show(box);
  announce(words);
  signal(look);
}
