// The viewfinder: its Start button unlocks sound, camera and the screen's lock; without a camera it says what to do.

import { Camera } from "./camera.js";
import { byId, show } from "./dom.js";
import { fillChoice } from "./panels.js";
import { unlock } from "./signals.js";
import { say } from "./words.js";

const MESSAGES = { NotAllowedError: "camera_denied", NotFoundError: "camera_missing" };

export function startFinder(onCode) {
  const camera = new Camera(byId("video"), onCode);
  const start = () => open(camera);
  byId("start").addEventListener("click", () => {
    unlock();
    start();
  });
  byId("torch").addEventListener("click", async () => {
    byId("torch").setAttribute("aria-pressed", await camera.toggleLight());
  });
  byId("camera").addEventListener("change", ({ target }) => {
    camera.choose(target.value);
    start();
  });
  return {
    pause(isPaused) {
      camera.isPaused = isPaused;
    },
    stop() {
      camera.stop();
    },
  };
}

async function open(camera) {
  show(byId("camera-message"), false);
  try {
    if (!navigator.mediaDevices) {
      throw new DOMException("", "NotFoundError");
    }
    await camera.start(() => close()); // a telephone call may take the camera away
  } catch (error) {
    camera.stop();
    close(`${say(MESSAGES[error.name] ?? "camera_failed")} ${say("camera_else")}`);
    return;
  }
  draw(true);
  show(byId("torch"), camera.canLight);
  await listCameras(camera);
}

function close(words = "") {
  draw(false);
  show(byId("camera-message"), Boolean(words));
  byId("camera-message").textContent = words;
}

function draw(isOpen) {
  show(byId("start-box"), !isOpen);
  for (const id of ["video", "frame", "finder-hint"]) {
    show(byId(id), isOpen);
  }
  if (!isOpen) {
    show(byId("torch"), false);
  }
}

async function listCameras(camera) {
  const cameras = await camera.list();
  const named = cameras.map(([id, label], at) => [id, label || say("camera", { number: at + 1 })]);
  fillChoice(byId("camera"), named, camera.current);
  show(byId("camera-field"), cameras.length > 1);
}
