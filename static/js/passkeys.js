/* Asks the browser for a passkey and sends what it answers; without it people sign in with their password. */

const form = document.querySelector("form[data-passkey]");

if (form) {
  ask(form);
}

async function ask(form) {
  const options = JSON.parse(form.dataset.options);
  try {
    const credential = form.dataset.passkey === "make" ? await make(options) : await use(options);
    form.elements.credential.value = JSON.stringify(asJson(credential));
    form.submit();
  } catch {
    form.querySelector("[role=alert]").hidden = false;
  }
}

function make(options) {
  return navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: (options.excludeCredentials ?? []).map(withBytes),
    },
  });
}

function use(options) {
  return navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      allowCredentials: (options.allowCredentials ?? []).map(withBytes),
    },
  });
}

function asJson(credential) {
  const { response } = credential;
  const answer = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) {
      answer[name] = text(response[name]);
    }
  }
  if (response.getTransports) {
    answer.transports = response.getTransports();
  }
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    extensions: JSON.stringify(credential.getClientExtensionResults()),
    response: answer,
  };
}

function withBytes(descriptor) {
  return { ...descriptor, id: bytes(descriptor.id) };
}

function bytes(base64url) {
  const binary = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
