// Hides the questions that depend on another answer than the one given. What stands in them stays; the server does not
// look at answers to what is not asked.

for (const form of document.querySelectorAll("form[data-questions]")) {
  form.addEventListener("input", () => showAskedQuestions(form));
  showAskedQuestions(form);
}

export function showAskedQuestions(form) {
  for (const question of form.querySelectorAll("[data-shown-if]")) {
    const { shownIf, shownValue } = question.dataset;
    const answers = [...form.querySelectorAll(`[name="${CSS.escape(shownIf)}"]`)].filter(isAnswered).map(valueOf);
    question.hidden = !answers.some((answer) => shownValue === undefined || answer === shownValue);
    question.querySelector("[data-condition]")?.remove(); // seen only when it holds
  }
}

function isAnswered(box) {
  const isChosen = box.type === "radio" || box.type === "checkbox" ? box.checked : true;
  return isChosen && valueOf(box) !== "" && !box.closest("[data-shown-if][hidden]");
}

function valueOf(box) {
  return box.value.trim();
}
