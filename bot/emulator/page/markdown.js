/**
 * Discord's Markdown, read into elements. Two passes: lines make blocks
 * (headings, quotes, lists, fences), then each block's text is read from left
 * to right by the first rule that fits. Only http and https links are made.
 */

import { h } from "./dom.js";
import { timestamp } from "./clock.js";

/**
 * Read `text` into nodes. `names` answers for mentions: `{user(id), role(id), channel(id)}`, each
 * giving `{text, mine?, colour?, href?}` or null; `block` false leaves headings and lists as written.
 */
export function markdown(text, names = {}, { block = true } = {}) {
  const source = String(text ?? "");
  return block ? blocks(source, names) : inline(source, names);
}

/** Return what a person would hear: the text without its marks. */
export function plain(text, names = {}) {
  return h("div", {}, markdown(text, names)).textContent;
}

// ---------------------------------------------------------------- blocks

const FENCE = /^```(?:([\w+\-.#]*)\n)?([\s\S]*?)\n?```\n?/u;
const HEADING = /^(#{1,3}) +(.+?) *(?:\n|$)/u;
const SUBTEXT = /^-# +(.+?) *(?:\n|$)/u;
const QUOTE_ALL = /^>>> ([\s\S]*)$/u;
const QUOTE = /^(?:> ?[^\n]*(?:\n|$))+/u;
const LIST = /^(?: *(?:[-*]|\d{1,9}\.) +[^\n]*(?:\n|$))+/u;

function blocks(source, names) {
  const nodes = [];
  let rest = source;
  let paragraph = "";
  const flush = (last) => {
    const text = last ? paragraph : paragraph.replace(/\n$/u, "");
    if (text) nodes.push(h("span", { class: "paragraph" }, inline(text, names)));
    paragraph = "";
  };
  while (rest) {
    const atLineStart = paragraph === "" || paragraph.endsWith("\n");
    const found = rest.startsWith("```") ? FENCE.exec(rest) && fence(rest) : atLineStart && line(rest, names);
    if (found) {
      flush(false);
      nodes.push(found.node);
      rest = rest.slice(found.length);
      continue;
    }
    const cut = nextBreak(rest);
    paragraph += rest.slice(0, cut);
    rest = rest.slice(cut);
  }
  flush(true);
  return nodes;
}

/** Return how much of `rest` is surely paragraph: up to the line's end or the next fence. */
function nextBreak(rest) {
  const newline = rest.indexOf("\n");
  const end = newline < 0 ? rest.length : newline + 1;
  const ticks = rest.indexOf("```", 1);
  return ticks > 0 && ticks < end && FENCE.test(rest.slice(ticks)) ? ticks : end;
}

function fence(rest) {
  const [all, language, code] = FENCE.exec(rest);
  const attributes = {
    class: "code-block",
    tabindex: 0,
    role: "region",
    "aria-label": language ? `Code, ${language}` : "Code",
  };
  return { node: h("pre", attributes, h("code", {}, code)), length: all.length };
}

function line(rest, names) {
  let found;
  if ((found = HEADING.exec(rest))) {
    // A message is an article of its own: its headings come below the page's.
    const node = h(
      "div",
      { class: `heading heading-${found[1].length}`, role: "heading", "aria-level": found[1].length + 2 },
      inline(found[2], names),
    );
    return { node, length: found[0].length };
  }
  if ((found = SUBTEXT.exec(rest)))
    return { node: h("div", { class: "subtext" }, inline(found[1], names)), length: found[0].length };
  if ((found = QUOTE_ALL.exec(rest)))
    return { node: h("blockquote", {}, blocks(found[1], names)), length: found[0].length };
  if ((found = QUOTE.exec(rest))) {
    const inner = found[0]
      .replace(/\n$/u, "")
      .split("\n")
      .map((each) => each.replace(/^> ?/u, ""))
      .join("\n");
    return { node: h("blockquote", {}, blocks(inner, names)), length: found[0].length };
  }
  if ((found = LIST.exec(rest)))
    return { node: list(found[0].replace(/\n$/u, "").split("\n"), names), length: found[0].length };
  return null;
}

const ITEM = /^( *)([-*]|\d+\.) +([\s\S]*)$/u;

/** Nest items by their indent; a deeper line belongs to the item before it. */
function list(lines, names) {
  const [, indent, mark] = ITEM.exec(lines[0]);
  const ordered = /\d/u.test(mark);
  const root = h(ordered ? "ol" : "ul", {
    class: "list",
    start: ordered && mark !== "1." ? Number.parseInt(mark, 10) : null,
  });
  for (let index = 0; index < lines.length; ) {
    const [, , kind, text] = ITEM.exec(lines[index]);
    if (/\d/u.test(kind) !== ordered) return h("div", {}, root, list(lines.slice(index), names)); // bullets, then numbers: two lists
    let next = index + 1;
    while (next < lines.length && ITEM.exec(lines[next])[1].length > indent.length) next += 1;
    const deeper = lines.slice(index + 1, next);
    root.append(h("li", {}, inline(text, names), deeper.length ? list(deeper, names) : null));
    index = next;
  }
  return root;
}

// ---------------------------------------------------------------- inline

/** Each rule: a pattern anchored at the start, and what to make of the match. `inside` reads on, one level down. */
const RULES = [
  [/^\\([^\w\s])/u, (match) => match[1]],
  [
    /^(`{1,2})(?!`)([\s\S]*?[^`])\1(?!`)/u,
    (match) => h("code", { class: "code" }, match[2].replace(/^ (.*) $/su, "$1")),
  ],
  [/^<t:(-?\d{1,14})(?::([tTdDfFRsS]))?>/u, (match) => timestamp(Number(match[1]), match[2])],
  [/^<@!?(\d+)>/u, (match, names) => mention("@", names.user?.(match[1]), "unknown-user")],
  [/^<@&(\d+)>/u, (match, names) => mention("@", names.role?.(match[1]), "unknown-role")],
  [/^<#(\d+)>/u, (match, names) => mention("#", names.channel?.(match[1]), "unknown")],
  [/^<\/([^:>]+):(\d+)>/u, (match) => h("span", { class: "mention" }, `/${match[1]}`)],
  [/^<a?:(\w{2,32}):\d+>/u, (match) => h("span", { class: "emoji-name" }, `:${match[1]}:`)],
  [/^@(everyone|here)\b/u, (match) => h("span", { class: "mention" }, `@${match[1]}`)],
  [
    /^\[((?:\\.|\[[^\]]*\]|[^\]\\[])+)\]\(\s*<?(https?:\/\/[^\s<>)]*(?:\([^\s<>)]*\)[^\s<>)]*)*)>?(?:\s+"[^"]*")?\s*\)/u,
    (match, names, inside) => link(match[2], inside(match[1])),
  ],
  [/^<(https?:\/\/[^\s<>]+)>/u, (match) => link(match[1], [match[1]])],
  [/^https?:\/\/[^\s<>"]*[^\s<>".,:;'!?)\]}*_~|]/u, (match) => link(match[0], [match[0]])],
  [
    /^\*\*\*(?!\s)([\s\S]+?)\*\*\*(?!\*)/u,
    (match, _names, inside) => h("strong", {}, h("em", {}, inside(match[1]))),
  ],
  [/^\*\*([\s\S]+?)\*\*(?!\*)/u, (match, _names, inside) => h("strong", {}, inside(match[1]))],
  [/^__([\s\S]+?)__(?!_)/u, (match, _names, inside) => h("u", {}, inside(match[1]))],
  [
    /^\*(?![\s*])((?:\\.|\*\*[\s\S]+?\*\*|[^*\\])+?)\*(?!\*)/u,
    (match, _names, inside) => h("em", {}, inside(match[1])),
  ],
  [
    /^_(?!_)((?:\\.|__[\s\S]+?__|[^_\\])+?)_(?!\w)/u,
    (match, _names, inside) => h("em", {}, inside(match[1])),
  ],
  [/^~~([\s\S]+?)~~/u, (match, _names, inside) => h("s", {}, inside(match[1]))],
  [/^\|\|([\s\S]+?)\|\|/u, (match, _names, inside) => spoiler(inside(match[1]))],
];
const PLAIN = /^(?:[^\\`<@[*_~|h]+|h(?!ttps?:\/\/)|[\s\S])/u;
const DEEPEST = 20; // nested marks: more is somebody's joke

function inline(source, names, depth = 0) {
  const nodes = [];
  let text = "";
  let rest = source;
  let before = "";
  const inside = (inner) => (depth >= DEEPEST ? [inner] : inline(inner, names, depth + 1));
  const flush = () => {
    if (text) nodes.push(document.createTextNode(text));
    text = "";
  };
  while (rest) {
    const found = rule(rest, before);
    if (found) {
      const [match, make] = found;
      const made = make(match, names, inside);
      if (typeof made === "string") {
        text += made;
      } else {
        flush();
        nodes.push(made);
      }
      before = match[0].at(-1);
      rest = rest.slice(match[0].length);
    } else {
      const taken = PLAIN.exec(rest)[0];
      text += taken;
      before = taken.at(-1);
      rest = rest.slice(taken.length);
    }
  }
  flush();
  return nodes;
}

function rule(rest, before) {
  if (!"\\`<@[*_~|h".includes(rest[0])) return null;
  if (rest[0] === "_" && rest[1] !== "_" && /\w/u.test(before)) return null; // snake_case stays
  for (const [pattern, make] of RULES) {
    const match = pattern.exec(rest);
    if (match) return [match, make];
  }
  return null;
}

function mention(sign, known, unknown) {
  const attributes = { class: ["mention", known?.mine && "mention-mine"] };
  if (known?.href) return h("a", { ...attributes, href: known.href }, `${sign}${known.text}`);
  return h("span", attributes, `${sign}${known?.text ?? unknown}`);
}

/** Link to `address`: places of this world open in this page, all others in a new tab. */
export function link(address, children) {
  const inner = /^https?:\/\/(?:\w+\.)?discord(?:app)?\.com\/channels\/(@me|\d+)\/(\d+)(?:\/(\d+))?$/u.exec(
    address,
  );
  if (inner) return h("a", { href: `#/${inner.slice(1).filter(Boolean).join("/")}` }, children);
  return h(
    "a",
    { href: address, target: "_blank", rel: "noopener noreferrer nofollow", title: address },
    children,
  );
}

function spoiler(children) {
  const content = h("span", { class: "spoiler-text", "aria-hidden": "true", inert: true }, children);
  const reveal = (event) => {
    if (event.type === "keydown" && !["Enter", " "].includes(event.key)) return;
    event.preventDefault();
    box.classList.add("is-open");
    for (const name of ["role", "tabindex", "aria-label"]) box.removeAttribute(name);
    content.removeAttribute("aria-hidden");
    content.removeAttribute("inert");
  };
  const box = h(
    "span",
    {
      class: "spoiler",
      role: "button",
      tabindex: 0,
      "aria-label": "Spoiler, press to show",
      on: { click: reveal, keydown: reveal },
    },
    content,
  );
  return box;
}

/** Say whether `text` is nothing but a few emoji, which are then shown large. */
export function onlyEmoji(text) {
  const trimmed = String(text).trim();
  return (
    trimmed.length <= 60 &&
    /^(?:(?:\p{RI}\p{RI}|\p{Emoji}(?:\p{EMod}|\uFE0F\u20E3?|[\u{E0020}-\u{E007E}]+\u{E007F})?(?:\u200D\p{Emoji}(?:\p{EMod}|\uFE0F)?)*)\s*)+$/u.test(
      trimmed,
    ) &&
    !/^[\d#*\s]+$/u.test(trimmed)
  );
}
