/**
 * The world's time: the machine's clock plus what the desk says, and every
 * instant on the page that is told from now ("in 5 seconds", "Today"), kept true once a second.
 */

import { h } from "./dom.js";

let skew = 0; // seconds that the world is ahead of this machine

/** Take the desk's `{now, offset}`; `now` is unix seconds or an ISO instant. */
export function setClock(clock) {
  if (!clock) return;
  const now = typeof clock.now === "string" ? Date.parse(clock.now) / 1000 : Number(clock.now);
  if (Number.isFinite(now)) skew = now - Date.now() / 1000;
  refresh(document);
}

/** Return the world's present instant in unix seconds. */
export function worldNow() {
  return Date.now() / 1000 + skew;
}

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" },
  S: { dateStyle: "short", timeStyle: "medium" },
};

/** @type {Record<string, Intl.DateTimeFormat>} */
const FORMATS = {}; // made once each: making one costs more than using it

/** @type {[number, number, Intl.RelativeTimeFormatUnit][]} */
const STEPS = [
  [60, 1, "second"],
  [3600, 60, "minute"],
  [86400, 3600, "hour"],
  [2592000, 86400, "day"],
  [31536000, 2592000, "month"],
  [Infinity, 31536000, "year"],
];
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "always" });

/** Say how far `at` (unix seconds) is from `now`, as "in 12 seconds" or "3 days ago". */
export function relative(at, now = worldNow()) {
  const distance = Math.round(at - now);
  const [, size, unit] = STEPS.find(([limit]) => Math.abs(distance) < limit) ?? STEPS[STEPS.length - 1];
  return RELATIVE.format(distance < 0 ? -Math.floor(-distance / size) : Math.floor(distance / size), unit);
}

/** Format an instant (unix seconds) by one of the style letters of `<t:...>`. */
export function format(at, style = "f") {
  if (style === "R") return relative(at);
  const known = style in STYLES ? style : "f";
  FORMATS[known] ??= new Intl.DateTimeFormat(undefined, STYLES[known]);
  return FORMATS[known].format(new Date(at * 1000));
}

/** Make the element for `<t:at:style>`; relative ones go on counting. */
export function timestamp(at, style = "f") {
  const instant = new Date(at * 1000);
  if (Number.isNaN(instant.getTime())) return document.createTextNode("Invalid date");
  return h(
    "time",
    { class: "timestamp", datetime: instant.toISOString(), title: format(at, "F"), dataset: { at, style } },
    format(at, style),
  );
}

/** Make the element for a message's instant, which is told anew when the day changes or the clock moves. */
export function sentTime(at, className) {
  const attributes = {
    class: className,
    datetime: new Date(at * 1000).toISOString(),
    title: format(at, "F"),
  };
  return h("time", { ...attributes, dataset: { at, style: "sent" } }, messageTime(at));
}

/** Format a message's instant as chats do: today and yesterday by name. */
export function messageTime(at) {
  const day = dayOf(at);
  const today = dayOf(worldNow());
  if (day === today) return `Today at ${format(at, "t")}`;
  if (day === dayOf(worldNow() - 86400)) return `Yesterday at ${format(at, "t")}`;
  return `${format(at, "d")} ${format(at, "t")}`;
}

/** Name the local day of an instant; equal names are equal days. */
export function dayOf(at) {
  return format(at, "D");
}

let shownDay = ""; // the day for which "Today" was last told

function refresh(root) {
  for (const element of root.querySelectorAll('time[data-style="R"]')) {
    const text = relative(Number(element.dataset.at));
    if (element.textContent !== text) element.textContent = text;
  }
  const today = dayOf(worldNow());
  if (today === shownDay) return;
  shownDay = today;
  for (const element of root.querySelectorAll('time[data-style="sent"]')) {
    element.textContent = messageTime(Number(element.dataset.at));
  }
}

/** Keep every timestamp that depends on now true from now on, and tell `listener` each second. */
export function startClock(listener) {
  const tick = () => {
    refresh(document);
    listener();
    setTimeout(tick, 1000 - ((worldNow() * 1000) % 1000) + 5);
  };
  tick();
}
