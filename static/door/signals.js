// What one notices without looking: three sounds, vibration, a screen that stays on. One tap unlocks them.

const SOUNDS = {
  // [frequency in Hz, start and length in seconds]: rises; twice the same; low and long
  yes: { wave: "sine", tones: [[660, 0, 0.09], [990, 0.09, 0.16]] },
  again: { wave: "triangle", tones: [[520, 0, 0.12], [520, 0.2, 0.12]] },
  no: { wave: "sawtooth", tones: [[150, 0, 0.5]] },
};
const VIBRATIONS = { yes: [60], again: [80, 80, 80], no: [400] };
const VOLUME = 0.4;

let audio = null;
let lock = null;

export function unlock() {
  audio ??= globalThis.AudioContext ? new AudioContext() : null;
  audio?.resume();
  keepAwake();
  document.addEventListener("visibilitychange", keepAwake);
}

export function signal(look) {
  navigator.vibrate?.(VIBRATIONS[look]);
  if (audio?.state === "running") {
    const { wave, tones } = SOUNDS[look];
    tones.forEach((tone) => play(wave, ...tone));
  }
}

function play(wave, frequency, start, length) {
  const tone = new OscillatorNode(audio, { type: wave, frequency });
  const volume = new GainNode(audio, { gain: VOLUME });
  tone.connect(volume).connect(audio.destination);
  const from = audio.currentTime + start;
  volume.gain.setValueAtTime(VOLUME, from + length * 0.7);
  volume.gain.linearRampToValueAtTime(0, from + length); // a hard end would click
  tone.start(from);
  tone.stop(from + length);
}

// The browser drops the lock whenever the page is hidden.
async function keepAwake() {
  if (document.hidden || (lock && !lock.released)) {
    return;
  }
  try {
    lock = await navigator.wakeLock?.request("screen");
  } catch {
    lock = null; // a nearly empty battery refuses it
  }
}
