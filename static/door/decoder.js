// Finds a QR code in a frame. A worker of its own, so that a hard frame never holds up the page.

import { prepareZXingModule, readBarcodes } from "../vendor/zxing/reader/index.js";

const OPTIONS = { formats: ["QRCode"], maxNumberOfSymbols: 1 };

const reader = prepareZXingModule({
  overrides: { locateFile: (name) => new URL(`../vendor/zxing/reader/${name}`, import.meta.url).href },
  fireImmediately: true,
});
const canvas = new OffscreenCanvas(1, 1);
const drawing = canvas.getContext("2d", { willReadFrequently: true });

self.onmessage = async ({ data: frame }) => {
  const { width, height } = frame;
  if (canvas.width !== width || canvas.height !== height) {
    Object.assign(canvas, { width, height });
  }
  drawing.drawImage(frame, 0, 0);
  frame.close();
  self.postMessage(await decode(drawing.getImageData(0, 0, width, height)));
};

// Every frame gets its answer, for the next one waits for it.
async function decode(picture) {
  try {
    const [code] = await readBarcodes(picture, OPTIONS);
    return code?.isValid ? code.text : "";
  } catch {
    return "";
  }
}

await reader;
self.postMessage("ready");
