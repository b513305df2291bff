/**
 * Faces: drawn here from the id and the name, so that nothing is fetched and
 * nobody's picture is needed (an app may give its own). A person is a coloured disc with initials, a bot
 * a moon whose phase comes from its id, a guild a square with its initials.
 */

import { h, svg } from "./dom.js";

// Dark enough under white letters: at least 4.5 to 1.
const COLOURS = [
  "#3b6fb5",
  "#8a4fa8",
  "#b3475d",
  "#3f7d4e",
  "#a05a1c",
  "#2f7a80",
  "#6a5acd",
  "#8c5b6e",
  "#5b6d2e",
  "#a8456f",
];

function seed(id) {
  return [...String(id)].reduce((sum, digit) => (sum * 31 + digit.charCodeAt(0)) >>> 0, 7);
}

/** Return the first letters of the first two words. */
export function initials(name) {
  const words = String(name)
    .trim()
    .split(/[\s_\-.]+/u)
    .filter(Boolean);
  return (
    words
      .slice(0, 2)
      .map((word) => [...word][0].toUpperCase())
      .join("") || "?"
  );
}

function letters(text, size) {
  return svg(
    "text",
    {
      x: 20,
      y: 20.5,
      "text-anchor": "middle",
      "dominant-baseline": "central",
      fill: "#fff",
      "font-size": size,
      "font-weight": 600,
      class: "avatar-letters",
    },
    document.createTextNode(text),
  );
}

function person(user) {
  const colour = COLOURS[seed(user.id) % COLOURS.length];
  return [
    svg("circle", { cx: 20, cy: 20, r: 20, fill: colour }),
    letters(initials(user.global_name || user.username), 15),
  ];
}

function moon() {
  return [
    svg("circle", { cx: 20, cy: 20, r: 20, fill: "#20264a" }),
    svg("circle", { cx: 20, cy: 20, r: 12.5, fill: "#e9e4d4" }),
    svg("path", { d: "M20 7.5a12.5 12.5 0 0 1 0 25a17 17 0 0 0 0-25z", fill: "#20264a", opacity: 0.82 }),
    svg("circle", { cx: 14.5, cy: 16, r: 2.5, fill: "#c9c2ac" }),
    svg("circle", { cx: 17.5, cy: 24, r: 1.8, fill: "#c9c2ac" }),
    svg("circle", { cx: 12, cy: 22, r: 1.2, fill: "#c9c2ac" }),
  ];
}

/** Draw the avatar of `user`, `size` pixels wide: their own picture, when they have given one. */
export function avatar(user, size = 40) {
  if (user?.avatar) {
    const src = `/avatars/${user.id}/${user.avatar}.png`;
    return h("img", { src, alt: "", width: size, height: size, class: "avatar" });
  }
  return svg(
    "svg",
    { viewBox: "0 0 40 40", width: size, height: size, class: "avatar", "aria-hidden": "true" },
    ...(user?.bot ? moon() : person(user ?? { id: "0", username: "?" })),
  );
}

/** Draw the icon of `guild`; its corners are rounded by the style sheet. */
export function guildIcon(guild, size = 48) {
  return svg(
    "svg",
    { viewBox: "0 0 40 40", width: size, height: size, "aria-hidden": "true" },
    svg("rect", { width: 40, height: 40, fill: COLOURS[seed(guild.id) % COLOURS.length] }),
    letters(initials(guild.name), 14),
  );
}
