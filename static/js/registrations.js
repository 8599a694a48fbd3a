// A box in the head of the list that ticks everybody on the page, and the number of those ticked beside the button.

const table = document.querySelector("table[data-people]");
const boxes = [...(table?.querySelectorAll('input[name="osoba"]:not(:disabled)') ?? [])];
const head = table?.querySelector("thead .tick");

if (head && boxes.length > 1) {
  const label = document.createElement("label");
  label.className = "chk";
  const all = document.createElement("input");
  all.type = "checkbox";
  const words = head.firstElementChild;
  label.append(all, words);
  head.append(label);
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
  });
  table.addEventListener("change", () => {
    const count = boxes.filter((box) => box.checked).length;
    all.checked = count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  });
}
