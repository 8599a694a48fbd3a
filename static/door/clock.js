// The server's time. Phones are minutes off, and the demo lives in another year; what is sent keeps the phone's own
// time and the server corrects it, what is shown is corrected here.

let offset = 0; // milliseconds the server is ahead

export function setOffset(milliseconds) {
  offset = milliseconds;
}

export function now() {
  return Date.now() + offset;
}

export function toServer(phoneTime) {
  return new Date(new Date(phoneTime).getTime() + offset).toISOString();
}
