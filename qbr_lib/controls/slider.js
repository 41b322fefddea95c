// A slider with a name, a field for exact values, and the value as text in the page's language.
const PAUSE = 40; // milliseconds between two values sent while the slider moves

function render({ model, el }) {
  el.classList.add("qbr-slider");
  const label = document.createElement("label");
  const name = document.createElement("span");
  const range = document.createElement("input");
  range.type = "range";
  const field = document.createElement("input");
  field.type = "text";
  field.inputMode = "decimal";
  field.autocomplete = "off";
  const told = document.createElement("span");
  told.setAttribute("role", "alert");
  label.append(name, range);
  el.append(label, field, told);

  const show = () => {
    for (const key of ["min", "max", "step"]) range[key] = model.get(key);
    range.value = model.get("value");
    range.disabled = field.disabled = model.get("disabled");
    range.setAttribute("aria-valuetext", model.get("shown"));
    name.textContent = model.get("label");
    field.setAttribute("aria-label", model.get("label") + ": " + model.get("exact"));
    if (document.activeElement !== field) field.value = model.get("shown");
    told.textContent = model.get("error");
    told.hidden = !model.get("error");
  };
  let waiting = null;
  const send = () => {
    waiting = null;
    model.set("value", Number(range.value));
    model.save_changes();
  };
  range.addEventListener("input", () => {
    if (waiting === null) waiting = setTimeout(send, PAUSE);
  });
  range.addEventListener("change", () => {
    clearTimeout(waiting);
    send();
  });
  const type = () => {
    if (field.value === model.get("shown")) return;
    // The same text twice is typed twice: the count makes it a change.
    model.set("typed", [field.value, model.get("typed")[1] + 1]);
    model.save_changes();
  };
  field.addEventListener("focus", () => field.select());
  field.addEventListener("blur", type);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") type();
  });
  model.on("change", show);
  show();
  return () => model.off("change", show);
}

export default { render };
