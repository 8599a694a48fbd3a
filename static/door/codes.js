// Ticket codes as the list keeps them: hashes only, so that nobody can make a ticket from a phone.

const ALPHABET = /^[0-9A-HJKMNP-TV-Z]+$/;
const LOOKALIKES = { O: "0", I: "1", L: "1" };
const WHOLE = 20;
const PREFIX = 8; // printed under the QR code, enough to type

export function normalise(text) {
  return text
    .trim()
    .toUpperCase()
    .replace(/[- \u00a0]/g, "")
    .replace(/[OIL]/g, (letter) => LOOKALIKES[letter]);
}

export function isWhole(code) {
  return code.length === WHOLE && ALPHABET.test(code);
}

export function isPrefix(code) {
  return code.length === PREFIX && ALPHABET.test(code);
}

export async function hashOf(code) {
  return (await sha256(code)).slice(0, 32);
}

export async function prefixOf(code) {
  return (await sha256(`prefix:${code.slice(0, PREFIX)}`)).slice(0, 6);
}

async function sha256(text) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
