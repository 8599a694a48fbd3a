// Verifies a PDF by its fingerprint. The browser computes it from the file, which is sent nowhere: beside the certificate
// the fingerprint is compared with the one on the page, elsewhere only the fingerprint is looked up.

const box = document.querySelector("[data-file-check]");

// Browsers compute fingerprints over HTTPS only; where they do not, the page says how to do it by hand.
if (box && crypto.subtle) {
  const input = box.querySelector("input");
  box.hidden = false;
  input.addEventListener("change", () => verify(input.files));
  // Wherever on the page a file falls, it must not open in place of the page.
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    box.classList.add("is-target");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) box.classList.remove("is-target");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    box.classList.remove("is-target");
    verify(event.dataTransfer.files);
  });
}

async function verify(files) {
  if (files.length !== 1) return files.length ? say("unreadable") : undefined;
  let found;
  try {
    found = await fingerprint(files[0]);
  } catch {
    return say("unreadable"); // a folder, or a file that has gone since
  }
  const address = box.dataset.lookUp.replace(/_$/, found);
  if (!box.dataset.sha256) location.assign(address);
  else say(found === box.dataset.sha256 ? "same" : "different", files[0].name, address);
}

async function fingerprint(file) {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function say(words, name, address) {
  const verdict = box.querySelector(`template[data-words="${words}"]`).content.cloneNode(true);
  for (const place of verdict.querySelectorAll("[data-name]")) place.textContent = name;
  for (const link of verdict.querySelectorAll("[data-found]")) link.href = address;
  box.querySelector("[data-verdict]").replaceChildren(verdict);
}
