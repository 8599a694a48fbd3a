// The camera and the codes in it: one frame at a time goes to the decoder, and each code is told once while in view.

const CHOICE = "prezence-door-camera";
const PAUSE_MS = 40; // between frames: a phone must not get hot
const GONE_MS = 1_200; // out of view for so long, a code counts as shown anew

export class Camera {
  isPaused = false;
  #video;
  #decoder = null;
  #stream = null;
  #onCode;
  #seen = { text: "", at: 0 };
  #isLit = false;

  constructor(video, onCode) {
    this.#video = video;
    this.#onCode = onCode;
  }

  get isRunning() {
    return this.#stream?.active ?? false;
  }

  get canLight() {
    return Boolean(this.#track?.getCapabilities?.().torch);
  }

  // Raises what `getUserMedia` does: NotAllowedError, NotFoundError, NotReadableError.
  async start(onEnd) {
    this.stop();
    const chosen = localStorage.getItem(CHOICE);
    this.#stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: {
        ...(chosen ? { deviceId: { ideal: chosen } } : { facingMode: { ideal: "environment" } }),
        width: { ideal: 1280 },
        height: { ideal: 720 },
      },
    });
    this.#track.addEventListener("ended", onEnd, { once: true });
    this.#video.srcObject = this.#stream;
    await this.#video.play();
    this.#decoder ??= await startDecoder();
    this.#look(this.#stream);
  }

  stop() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.#video.srcObject = null;
  }

  // Returns the cameras of this device as [id, label]; they have names only once one is running.
  async list() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter((each) => each.kind === "videoinput").map((each) => [each.deviceId, each.label]);
  }

  get current() {
    return this.#track?.getSettings().deviceId;
  }

  choose(id) {
    localStorage.setItem(CHOICE, id);
  }

  async toggleLight() {
    await this.#track.applyConstraints({ advanced: [{ torch: !this.#isLit }] });
    this.#isLit = !this.#isLit;
    return this.#isLit;
  }

  get #track() {
    return this.#stream?.getVideoTracks()[0];
  }

  async #look(stream) {
    while (stream.active) {
      if (!this.isPaused && !document.hidden && this.#video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
        this.#notice(await this.#read());
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  async #read() {
    let frame;
    try {
      frame = await createImageBitmap(this.#video);
    } catch {
      return ""; // the camera is being changed
    }
    return this.#decoder.read(frame);
  }

  #notice(text) {
    const now = performance.now();
    const isShownAnew = text !== this.#seen.text || now - this.#seen.at > GONE_MS;
    if (text) {
      this.#seen = { text, at: now };
    }
    if (text && isShownAnew) {
      this.#onCode(text);
    }
  }
}

async function startDecoder() {
  const worker = new Worker(new URL("decoder.js", import.meta.url), { type: "module" });
  const answer = () =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = () => reject(new Error("the decoder does not start"));
    });
  await answer(); // it says when it is ready
  return {
    read(frame) {
      const text = answer();
      worker.postMessage(frame, [frame]);
      return text;
    },
  };
}
