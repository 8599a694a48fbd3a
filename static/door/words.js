// The sentences of the page's language, which the server has put into it, and times as the event's clock shows them.

const { words: given, zone } = document.body.dataset;
const words = JSON.parse(given);
const plural = new Intl.PluralRules(document.documentElement.lang);
const clock = new Intl.DateTimeFormat("cs", { timeZone: zone, hour: "numeric", minute: "2-digit", hourCycle: "h23" });

export function say(key, values = {}) {
  const forms = words[key] ?? key;
  const phrase = typeof forms === "string" ? forms : (forms[plural.select(values.count)] ?? forms.other);
  return phrase.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export function knows(key) {
  return key in words;
}

export function showTime(instant) {
  return clock.format(new Date(instant));
}
