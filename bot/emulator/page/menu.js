/**
 * A menu under a button: opened in the top layer, walked by the arrow keys, closed
 * by a choice, by Escape, or by a press beside it.
 */

import { fill, h, showAt } from "./dom.js";

/**
 * Open a menu at `anchor`. Each item is `{label, act, danger?, checked?}`; `checked` makes it one of
 * several of which one holds. `fail(error)` gets what an act throws.
 * @param {HTMLElement} anchor
 * @param {{name: string, title?: string, items: MenuItem[], align?: string, fail: (error: Error) => void}} menu
 */
export function openMenu(anchor, { name, title = "", items, align = "start", fail }) {
  const popup = h("div", { class: "popup menu", popover: "auto", role: "menu", "aria-label": name });
  const rows = items.map((item) => row(item, popup, fail));
  fill(popup, title ? h("div", { class: "menu-title" }, title) : null, rows);
  popup.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = rows.findIndex((each) => each === document.activeElement);
    rows[(at + step + rows.length) % rows.length].focus();
  });
  popup.addEventListener("toggle", (event) => {
    if (/** @type {ToggleEvent} */ (event).newState === "closed") popup.remove();
  });
  showAt(popup, anchor, { align });
  (rows.find((each) => each.getAttribute("aria-checked") === "true") ?? rows[0]).focus();
}

/**
 * @param {MenuItem} item
 * @param {HTMLElement} popup
 * @param {(error: Error) => void} fail
 */
function row({ label, act, danger = false, checked }, popup, fail) {
  const node = h(
    "button",
    {
      type: "button",
      class: ["menu-item", danger && "is-danger"],
      role: checked === undefined ? "menuitem" : "menuitemradio",
      "aria-checked": checked === undefined ? null : String(checked),
    },
    label,
  );
  node.addEventListener("click", async () => {
    popup.hidePopover();
    try {
      await act();
    } catch (error) {
      fail(/** @type {Error} */ (error));
    }
  });
  return node;
}
