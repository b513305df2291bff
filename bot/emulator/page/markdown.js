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
  return h("div", {}, markdown(text, names)).textContent ?? "";
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
  const [all, language, code] = /** @type {RegExpExecArray} */ (FENCE.exec(rest));
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
  const items = lines.map((each) => /** @type {RegExpExecArray} */ (ITEM.exec(each)));
  const [, indent, mark] = items[0];
  const ordered = /\d/u.test(mark);
  const root = h(ordered ? "ol" : "ul", {
    class: "list",
    start: ordered && mark !== "1." ? Number.parseInt(mark, 10) : null,
  });
  for (let index = 0; index < lines.length; ) {
    const [, , kind, text] = items[index];
    // Bullets, then numbers: two lists.
    if (/\d/u.test(kind) !== ordered) return h("div", {}, root, list(lines.slice(index), names));
    let next = index + 1;
    while (next < lines.length && items[next][1].length > indent.length) next += 1;
    const deeper = lines.slice(index + 1, next);
    root.append(h("li", {}, inline(text, names), deeper.length ? list(deeper, names) : null));
    index = next;
  }
  return root;
}

// ---------------------------------------------------------------- inline

/**
 * Each rule: a pattern that is tried where reading stands, and what to make of the match. No pattern
 * holds a repetition that could be read in two ways, so that no text takes long.
 * @type {[RegExp, (match: RegExpExecArray, names: Names, depth: number) => Node | string][]}
 */
const RULES = [
  [/\\([^a-zA-Z0-9\s])/uy, (match) => match[1]],
  [
    /(`{1,2})(?!`)([\s\S]*?[^`])\1(?!`)/uy,
    (match) => h("code", { class: "code" }, match[2].replace(/^ (.*) $/su, "$1")),
  ],
  [/<t:(-?\d{1,14})(?::([tTdDfFRsS]))?>/uy, (match) => timestamp(Number(match[1]), match[2])],
  [/<@!?(\d+)>/uy, (match, names) => mention("@", names.user?.(match[1]), "unknown-user")],
  [/<@&(\d+)>/uy, (match, names) => mention("@", names.role?.(match[1]), "unknown-role")],
  [/<#(\d+)>/uy, (match, names) => mention("#", names.channel?.(match[1]), "unknown")],
  [/<\/([^:>]{1,100}):(\d+)>/uy, (match, names) => commandMention(match[1], names)],
  [/<a?:(\w{2,32}):\d+>/uy, (match) => namedEmoji(match[1])],
  [/@(everyone|here)\b/uy, (match) => h("span", { class: "mention" }, `@${match[1]}`)],
  [
    /\[((?:\\.|\[[^\]]*\]|[^\]\\[])+)\]\(\s*<?(https?:\/\/[^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)>?(?:\s+"[^"]*")?\s*\)/uy,
    (match, names, depth) => link(match[2], inline(match[1], names, depth + 1)),
  ],
  [/<(https?:\/\/[^\s<>]+)>/uy, (match, names) => place(match[1], names) ?? link(match[1], [match[1]])],
  [
    /https?:\/\/[^\s<>"]*[^\s<>".,:;'!?)\]}*_~|]/uy,
    (match, names) => place(match[0], names) ?? link(match[0], [match[0]]),
  ],
];
const STARTS = "\\`<@[h"; // what a rule can begin with
const PLAIN = /[^\\`<@[*_~|h]+|[\s\S]/uy;
const DEEPEST = 20; // nested marks: more is somebody's joke

/**
 * A mark that is open: what stands inside so far, and how it is drawn once it is closed.
 * @typedef {{mark: string, nodes: (Node | string)[]}} Frame
 */

/** @type {Record<string, (children: (Node | string)[]) => Node>} */
const MARKS = {
  "**": (children) => h("strong", {}, children),
  "*": (children) => h("em", {}, children),
  __: (children) => h("u", {}, children),
  _: (children) => h("em", {}, children),
  "~~": (children) => h("s", {}, children),
  "||": (children) => spoiler(children),
};

/**
 * Read one line's text. Marks are kept on a stack as they open: one pass, whatever is written.
 * @param {string} source
 * @param {Names} names
 * @returns {(Node | string)[]}
 */
function inline(source, names, depth = 0) {
  if (depth > DEEPEST) return [source];
  const stack = [/** @type {Frame} */ ({ mark: "", nodes: [] })];
  for (let at = 0; at < source.length; ) {
    const top = stack[stack.length - 1];
    if ("*_~|".includes(source[at])) {
      at = marks(source, at, stack);
      continue;
    }
    const found = rule(source, at);
    if (found) {
      top.nodes.push(found.make(found.match, names, depth));
      at += found.match[0].length;
    } else {
      PLAIN.lastIndex = at;
      const taken = PLAIN.exec(source)?.[0] ?? source[at];
      top.nodes.push(taken);
      at += taken.length;
    }
  }
  flatten(stack, 1);
  return stack[0].nodes;
}

/**
 * Find the rule that fits where reading stands.
 * @param {string} source
 * @param {number} at
 */
function rule(source, at) {
  if (!STARTS.includes(source[at])) return null;
  for (const [pattern, make] of RULES) {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match) return { match, make };
  }
  return null;
}

/**
 * Read a run of one mark's character: it closes what it can, and opens the rest. Returns where it ends.
 * @param {string} source
 * @param {number} start
 * @param {Frame[]} stack
 */
function marks(source, start, stack) {
  const sign = source[start];
  let end = start;
  while (source[end] === sign) end += 1;
  for (let at = start; at < end; ) {
    const left = end - at;
    const closed = closing(source, at, left, stack);
    if (closed) {
      flatten(stack, closed + 1);
      const { mark, nodes } = /** @type {Frame} */ (stack.pop());
      stack[stack.length - 1].nodes.push(MARKS[mark](nodes));
      at += mark.length;
      continue;
    }
    const mark = [sign + sign, sign].find((each) => each.length <= left && mayOpen(source, at, each));
    if (mark && stack.length <= DEEPEST) stack.push({ mark, nodes: [] });
    else stack[stack.length - 1].nodes.push(mark ?? sign);
    at += (mark ?? sign).length;
  }
  return end;
}

/**
 * Return which open frame a run closes: one of just its length, else, for a long run, the innermost; 0 for none.
 * @param {string} source
 * @param {number} at
 * @param {number} left
 * @param {Frame[]} stack
 */
function closing(source, at, left, stack) {
  const fits = (/** @type {number} */ index) => {
    const { mark, nodes } = stack[index];
    const inWord = mark === "_" && /\w/u.test(source[at + 1] ?? "");
    return mark[0] === source[at] && mark.length <= left && nodes.length > 0 && !inWord;
  };
  const open = stack.map((_, index) => index).filter((index) => index > 0 && fits(index));
  const exact = open.findLast((index) => stack[index].mark.length === left);
  return exact ?? (left > 2 ? open.at(-1) : undefined) ?? 0;
}

/**
 * Say whether a mark may begin here: `2 * 3` and `snake_case` stay as they are.
 * @param {string} source
 * @param {number} at
 * @param {string} mark
 */
function mayOpen(source, at, mark) {
  if (!(mark in MARKS)) return false;
  if (mark === "*") return /\S/u.test(source[at + 1] ?? "");
  if (mark === "_") return !/\w/u.test(source[at - 1] ?? "");
  return true;
}

/**
 * Give up the frames from `first` on: their marks were only characters.
 * @param {Frame[]} stack
 * @param {number} first
 */
function flatten(stack, first) {
  while (stack.length > first) {
    const { mark, nodes } = /** @type {Frame} */ (stack.pop());
    stack[stack.length - 1].nodes.push(mark, ...nodes);
  }
}

/**
 * @param {string} sign
 * @param {{text: string, mine?: boolean, href?: string} | null | undefined} known
 * @param {string} unknown
 */
function mention(sign, known, unknown) {
  const attributes = { class: ["mention", known?.mine && "mention-mine"] };
  if (known?.href) return h("a", { ...attributes, href: known.href }, `${sign}${known.text}`);
  return h("span", attributes, `${sign}${known?.text ?? unknown}`);
}

/**
 * Draw a command that a message names: pressing it begins it.
 * @param {string} path
 * @param {Names} names
 */
function commandMention(path, names) {
  const begin = names.command?.(path);
  if (!begin) return h("span", { class: "mention" }, `/${path}`);
  return h("button", { type: "button", class: "mention", on: { click: begin } }, `/${path}`);
}

/**
 * Draw an emoji of a server by its name: its picture is not on this machine.
 * @param {string} name
 */
function namedEmoji(name) {
  return h("span", { class: "emoji-name", title: `:${name}:` }, `:${name}:`);
}

/**
 * Return a chip for the address of a channel or a message that is in this world, null for any other address.
 * @param {string} address
 * @param {Names} names
 */
function place(address, names) {
  const inner = inside(address);
  const known = inner && names.channel?.(inner[1]);
  if (!inner || !known) return null;
  const attributes = { class: "mention", href: `#/${inner.join("/")}`, title: address };
  const message = inner.length > 2 ? h("span", { class: "mention-message" }, " › 💬") : null;
  return h("a", attributes, `#${known.text}`, message);
}

/**
 * Return the ids that the address of a place of Discord names, null when it is none.
 * @param {string} address
 */
function inside(address) {
  const pattern = /^https?:\/\/(?:\w+\.)?discord(?:app)?\.com\/channels\/(@me|\d+)\/(\d+)(?:\/(\d+))?$/u;
  return pattern.exec(address)?.slice(1).filter(Boolean) ?? null;
}

/**
 * Link to `address`: places of this world open in this page, all others in a new tab.
 * @param {string} address
 * @param {(Node | string)[]} children
 */
export function link(address, children) {
  const inner = inside(address);
  if (inner) return h("a", { href: `#/${inner.join("/")}` }, children);
  const rel = "noopener noreferrer nofollow";
  return h("a", { href: address, target: "_blank", rel, title: address }, children);
}

/** @param {(Node | string)[]} children */
function spoiler(children) {
  const content = h("span", { class: "spoiler-text", "aria-hidden": "true", inert: true }, children);
  const reveal = (/** @type {Event} */ event) => {
    if (event instanceof KeyboardEvent && !["Enter", " "].includes(event.key)) return;
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
