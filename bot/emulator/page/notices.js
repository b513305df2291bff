/**
 * What the page says to a person: cards in a strip between the head and the chat,
 * where they cover nothing, and words for a screen reader.
 *
 * What always holds: a card takes the place of an older one of its key; what was said
 * already is not said again until something else was; an error stays until it is put away.
 */

import { h, icon } from "./dom.js";

const SECONDS = 6; // how long a card that is no error stays
const MOST = 3; // cards at once
/** @type {Map<string, string>} */
const said = new Map(); // key -> the last card of that key, as text

/**
 * Speak to a screen reader without moving the focus.
 * @param {string} text
 */
export function tell(text) {
  const words = h("div", {}, text);
  document.getElementById("announcer")?.append(words);
  setTimeout(() => words.remove(), 10_000); // said once; the page itself holds it
}

/**
 * Show a card.
 * @param {{level?: string, title: string, text?: string, key?: string | null, problems?: string[]}} card
 */
export function notice({ level = "info", title, text = "", key = null, problems = [] }) {
  const strip = document.getElementById("notices");
  const whole = JSON.stringify([level, title, text, problems]);
  if (!strip || (key && said.get(key) === whole)) return;
  if (key) {
    said.set(key, whole);
    strip.querySelector(`.notice[data-key="${CSS.escape(key)}"]`)?.remove();
  }
  const close = h(
    "button",
    { type: "button", class: "icon-button", "aria-label": "Dismiss" },
    icon("close", 16),
  );
  const list = problems.map((problem) => h("li", {}, problem));
  const body = h(
    "div",
    { class: "notice-text" },
    h("strong", {}, title),
    text ? h("p", {}, text) : null,
    list.length ? h("ul", {}, list) : null,
  );
  const isError = level === "error";
  const card = h(
    "div",
    { class: ["notice", `is-${level}`], role: isError ? "alert" : "status", dataset: { key: key ?? "" } },
    icon(isError ? "warning" : "check"),
    body,
    close,
  );
  close.addEventListener("click", () => card.remove());
  strip.append(card);
  while (strip.children.length > MOST) strip.firstElementChild?.remove();
  if (!isError) setTimeout(() => card.remove(), SECONDS * 1000);
}

/**
 * Show why something could not be done.
 * @param {Error} error
 */
export function complain(error) {
  said.delete("complaint"); // a second failure is news, also with the same words
  notice({ level: "error", key: "complaint", title: error.message });
}

/** Put the last complaint away: what was complained of has worked since, or somebody else is here. */
export function settle() {
  document.querySelector('.notice[data-key="complaint"]')?.remove();
}
