/**
 * The list above the composer. The focus stays in the input: the active row is
 * named by aria-activedescendant, as in every combo box.
 */

import { fill, freshId, h } from "./dom.js";

export class Picker {
  /** @type {PickerRow[]} */
  #rows = [];
  /** @type {HTMLElement | null} */
  #input = null;
  active = -1;

  constructor(node) {
    this.node = node;
    this.id = freshId("picker");
    node.id = this.id;
    // The mouse must not take the focus out of the input.
    node.addEventListener("pointerdown", (event) => event.preventDefault());
    node.addEventListener("mousedown", (event) => event.preventDefault());
  }

  get open() {
    return !this.node.hidden;
  }

  /** Return the row under the cursor, or null. */
  get current() {
    return this.#rows[this.active] ?? null;
  }

  /** Return the first row, or null. */
  get first() {
    return this.#rows[0] ?? null;
  }

  /**
   * Show `rows` for `input`; `note` stands where there are none.
   * @param {HTMLElement} input
   * @param {{title: string, rows: PickerRow[], active?: number, note?: string | null, busy?: boolean}} list
   */
  show(input, { title, rows, active = -1, note = null, busy = false }) {
    this.#input = input;
    this.#rows = rows;
    this.active = rows.length ? active : -1;
    const list = h(
      "div",
      {
        class: "picker-rows",
        role: "listbox",
        id: `${this.id}-list`,
        "aria-label": title,
        "aria-busy": busy ? "true" : null,
      },
      rows.map((row, index) => this.#row(row, index)),
    );
    fill(
      this.node,
      h("div", { class: "picker-title", "aria-hidden": "true" }, title),
      list,
      note
        ? h(
            "div",
            { class: "picker-note", role: "status" },
            busy ? h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")) : null,
            note,
          )
        : null,
    );
    this.node.hidden = false;
    input.setAttribute("aria-controls", `${this.id}-list`);
    if (input.getAttribute("role") === "combobox") input.setAttribute("aria-expanded", "true");
    this.#mark();
  }

  #row(row, index) {
    const node = h(
      "div",
      { class: "picker-row", role: "option", id: `${this.id}-${index}`, "aria-selected": "false" },
      row.icon ? h("span", { class: "picker-icon" }, row.icon) : null,
      h(
        "span",
        { class: "picker-text" },
        h(
          "span",
          { class: "picker-label" },
          row.label,
          row.detail ? h("span", { class: "picker-detail" }, row.detail) : null,
        ),
        row.description ? h("span", { class: "picker-description" }, row.description) : null,
      ),
      row.side ? h("span", { class: "picker-side" }, row.side) : null,
    );
    node.addEventListener("click", () => row.act());
    node.addEventListener("pointermove", () => {
      if (this.active === index) return;
      this.active = index;
      this.#mark(false);
    });
    return node;
  }

  #mark(scroll = true) {
    for (const [index, node] of [...this.node.querySelectorAll(".picker-row")].entries()) {
      const on = index === this.active;
      node.classList.toggle("is-active", on);
      node.setAttribute("aria-selected", String(on));
      if (on && scroll) node.scrollIntoView({ block: "nearest" });
    }
    if (this.active >= 0) this.#input?.setAttribute("aria-activedescendant", `${this.id}-${this.active}`);
    else this.#input?.removeAttribute("aria-activedescendant");
  }

  /** Put the list away. */
  hide() {
    this.node.hidden = true;
    this.#rows = [];
    this.active = -1;
    if (!this.#input) return;
    this.#input.removeAttribute("aria-activedescendant");
    if (this.#input.getAttribute("role") === "combobox") this.#input.setAttribute("aria-expanded", "false");
  }

  /** Take an arrow key; says whether it was used. */
  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (!step || !this.open || !this.#rows.length) return false;
    event.preventDefault();
    const last = this.#rows.length - 1;
    const next = this.active + step;
    if (this.active < 0) this.active = step > 0 ? 0 : last;
    else if (Math.abs(step) === 1) this.active = next > last ? 0 : next < 0 ? last : next;
    else this.active = Math.max(0, Math.min(last, next));
    this.#mark();
    return true;
  }
}
