/**
 * Making elements. Text always arrives as text nodes: nothing that a person or
 * a bot wrote is ever parsed as HTML, in this file or in any other.
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element. In `attributes`: `on` holds listeners, `dataset` data-*, `class` may be a
 * list with empty entries, and false, null or undefined leave an attribute out.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [attributes]
 * @param {...any} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) set(element, name, value);
  element.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") {
    for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
  } else if (name === "dataset") {
    Object.assign(element.dataset, value);
  } else if (name === "class") {
    const names = [value].flat().filter(Boolean).join(" ");
    if (names) element.className = names;
  } else {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

/** Make an SVG element; `attributes` are set as they stand. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

// Each icon is drawn on a 24 by 24 grid, as strokes.
const ICONS = {
  hash: ["M9 4 7 20", "M17 4l-2 16", "M4.5 9h16", "M3.5 15h16"],
  thread: ["M4 5h16v10H10l-4 4v-4H4z"],
  speaker: ["M4 9v6h4l5 4V5L8 9z", "M16.5 8.5a5 5 0 0 1 0 7"],
  at: ["M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0z", "M16 12v1.5a2.5 2.5 0 0 0 5 0V12a9 9 0 1 0-3.5 7.1"],
  menu: ["M4 6h16", "M4 12h16", "M4 18h16"],
  people: [
    "M12 8.5a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0z",
    "M2 20c0-4 3-6 6.5-6S15 16 15 20",
    "M15.5 5.2a3.5 3.5 0 0 1 0 6.6",
    "M17.5 14.3c2.5.7 4.5 2.7 4.5 5.7",
  ],
  panel: ["M8 7 3 12l5 5", "M16 7l5 5-5 5", "M13.5 5l-3 14"],
  sun: [
    "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0z",
    "M12 2v3",
    "M12 19v3",
    "M2 12h3",
    "M19 12h3",
    "M5 5l2 2",
    "M17 17l2 2",
    "M5 19l2-2",
    "M17 7l2-2",
  ],
  moon: ["M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5z"],
  close: ["M6 6l12 12", "M18 6 6 18"],
  dots: ["M5 12h.01", "M12 12h.01", "M19 12h.01"],
  send: ["M4 12 3.5 4 21 12 3.5 20 4 12z", "M4 12h9"],
  slash: ["M15 5 9 19"],
  plus: ["M12 5v14", "M5 12h14"],
  chevron: ["M6 9l6 6 6-6"],
  down: ["M12 5v14", "M6 13l6 6 6-6"],
  check: ["M5 12.5 10 17.5 19.5 7"],
  cross: ["M6.5 6.5l11 11", "M17.5 6.5l-11 11"],
  link: ["M14 5h5v5", "M19 5l-8 8", "M11 6H5v13h13v-6"],
  file: ["M6 3h8l5 5v13H6z", "M14 3v5h5"],
  eye: [
    "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z",
    "M14.5 12a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z",
  ],
  reply: ["M4 20v-6a6 6 0 0 1 6-6h10"],
  clock: ["M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z", "M12 7v5l3.5 2"],
  warning: ["M12 3.5 22 20.5H2z", "M12 10v5", "M12 17.8h.01"],
  swap: ["M4 8h13l-3-3", "M20 16H7l3 3"],
};

/** Draw an icon; it is decoration, its control carries the name. */
export function icon(name, size = 20) {
  const paths = (ICONS[name] ?? ICONS.dots).map((d) => svg("path", { d }));
  return svg(
    "svg",
    {
      viewBox: "0 0 24 24",
      width: size,
      height: size,
      class: "icon",
      "aria-hidden": "true",
      fill: "none",
      stroke: "currentColor",
      "stroke-width": 2,
      "stroke-linecap": "round",
      "stroke-linejoin": "round",
    },
    ...paths,
  );
}

/** Replace what is in `parent` by `children`. */
export function fill(parent, ...children) {
  parent.replaceChildren(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
}

let counter = 0;

/** Return an id that no other element of this page has. */
export function freshId(prefix) {
  counter += 1;
  return `${prefix}-${counter}`;
}

/**
 * Put `popup` in the top layer, under `anchor`, or above it where there is more room.
 * @param {HTMLElement} popup
 * @param {HTMLElement} anchor
 * @param {{width?: string | null, align?: string}} [how]
 */
export function showAt(popup, anchor, { width = null, align = "start" } = {}) {
  // In a modal dialog only what is inside it can be reached; elsewhere it belongs to its region.
  if (!popup.isConnected) (anchor.closest("dialog, main, nav, aside") ?? document.body).append(popup);
  popup.showPopover();
  const box = anchor.getBoundingClientRect();
  if (width === "anchor") popup.style.width = `${box.width}px`;
  const room = { above: box.top - 8, below: window.innerHeight - box.bottom - 8 };
  const height = popup.offsetHeight;
  const above = height > room.below && room.above > room.below;
  popup.style.maxHeight = `${Math.max(120, above ? room.above : room.below)}px`;
  popup.style.top = `${above ? Math.max(8, box.top - Math.min(height, room.above) - 4) : box.bottom + 4}px`;
  const left = align === "end" ? box.right - popup.offsetWidth : box.left;
  popup.style.left = `${Math.max(8, Math.min(left, window.innerWidth - popup.offsetWidth - 8))}px`;
}
