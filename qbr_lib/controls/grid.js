// A table whose numbers can be typed: one field a cell, each with a name of its own.
const make = (tag, role, text) => {
  const node = document.createElement(tag);
  node.setAttribute("role", role);
  node.textContent = text ?? "";
  return node;
};

function render({ model, el }) {
  el.classList.add("qbr-grid");
  const table = make("table", "table");
  const told = document.createElement("p");
  told.setAttribute("role", "alert");
  el.append(table, told);
  let shape = ""; // of the table that stands

  const type = (field, row, column) => {
    if (field.value === field.dataset.held) return;
    field.dataset.held = field.value;
    // The same text twice is typed twice: the count makes it a change.
    model.set("typed", [row, column, field.value, model.get("typed")[3] + 1]);
    model.save_changes();
  };
  const input = (row, column, cell) => {
    const field = document.createElement("input");
    field.type = "text";
    field.inputMode = "decimal";
    field.autocomplete = "off";
    field.dir = "ltr";
    field.setAttribute("aria-label", cell.label);
    field.addEventListener("focus", () => field.select());
    field.addEventListener("blur", () => type(field, row, column));
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") type(field, row, column);
    });
    return field;
  };
  const line = (row, head) => {
    const made = make("tr", "row");
    const name = make("th", "rowheader", row.name);
    name.scope = "row";
    made.append(name);
    row.cells.forEach((cell, place) => {
      const node = make("td", "cell");
      node.dataset.label = head[place + 1];
      if (cell.label) node.append(input(row.id, place, cell));
      made.append(node);
    });
    return made;
  };
  const build = (head, rows) => {
    const top = make("thead", "rowgroup");
    const titles = make("tr", "row");
    for (const title of head) {
      const node = make("th", "columnheader", title);
      node.scope = "col";
      titles.append(node);
    }
    top.append(titles);
    const body = make("tbody", "rowgroup");
    body.append(...rows.map((row) => line(row, head)));
    table.replaceChildren(top, body);
  };
  const show = () => {
    const [head, rows] = [model.get("head"), model.get("rows")];
    table.setAttribute("aria-label", model.get("label"));
    const now = JSON.stringify([head, rows.map((row) => row.id)]);
    if (now !== shape) build(head, rows);
    shape = now;
    rows.forEach((row, n) => {
      row.cells.forEach((cell, place) => {
        const node = table.tBodies[0].rows[n].cells[place + 1];
        const field = node.querySelector("input");
        if (!field) node.textContent = cell;
        else {
          // What a person is typing stays; what nobody edits is never sent as typed.
          const edited = document.activeElement === field && field.value !== field.dataset.held;
          if (!edited && !model.get("error")) field.value = field.dataset.held = cell.value;
        }
      });
    });
    told.textContent = model.get("error");
    told.hidden = !model.get("error");
  };
  // What is typed is a change as well, but it is shown when its answer comes.
  const answers = "change:head change:rows change:error change:label change:answered";
  model.on(answers, show);
  show();
  return () => model.off(answers, show);
}

export default { render };
