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

  let held = ""; // what stands in the field unless it is edited
  const show = () => {
    for (const key of ["min", "max", "step"]) range[key] = model.get(key);
    range.value = model.get("value");
    range.disabled = field.disabled = model.get("disabled");
    range.setAttribute("aria-valuetext", model.get("shown"));
    name.textContent = model.get("label");
    field.setAttribute("aria-label", model.get("label") + ": " + model.get("exact"));
    // What a person is typing stays; what nobody edits is never sent as typed.
    const edited = document.activeElement === field && field.value !== held;
    if (!edited && !model.get("error")) field.value = held = model.get("shown");
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
    if (field.value === held) return;
    held = field.value;
    // The same text twice is typed twice: the count makes it a change.
    model.set("typed", [field.value, model.get("typed")[1] + 1]);
    model.save_changes();
  };
  field.addEventListener("focus", () => field.select());
  field.addEventListener("blur", type);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") type();
  });
  // What is typed is a change as well, but it is shown when its answer comes.
  const keys = ["min", "max", "step", "value", "disabled", "shown", "label", "error", "answered"];
  const answers = keys.map((key) => "change:" + key).join(" ");
  model.on(answers, show);
  show();
  return () => model.off(answers, show);
}

export default { render };
