/**
 * One message as people see it: head, what it answers, text, embeds, files,
 * components, and what only I can see of it. A message is drawn anew when it
 * changes; the focus stays on the control it was on.
 */

import { h, icon } from "./dom.js";
import { avatar } from "./avatar.js";
import { dayOf, format, sentTime } from "./clock.js";
import { components, emoji } from "./components.js";
import { attachments, embed } from "./embeds.js";
import { markdown, onlyEmoji, plain } from "./markdown.js";
import { COMPONENTS_V2, EPHEMERAL, LOADING } from "./world.js";

const GROUP_SECONDS = 420; // Discord's seven minutes

/** Return a message's instant in unix seconds. */
export function sentAt(message) {
  return Date.parse(message.timestamp) / 1000;
}

/** Say whether `message` goes under the head of `before`. */
export function continues(message, before) {
  return Boolean(
    before &&
      before.author.id === message.author.id &&
      !message.interaction_metadata &&
      !message.interaction &&
      !message.referenced_message &&
      ![6, 7, 18].includes(message.type) &&
      (message.flags & EPHEMERAL) === (before.flags & EPHEMERAL) &&
      sentAt(message) - sentAt(before) < GROUP_SECONDS &&
      dayOf(sentAt(message)) === dayOf(sentAt(before)),
  );
}

/** Draw a message. `stage` knows the world and what a hand may do; see chat.js. */
export function messageNode(message, before, stage) {
  const scene = stage.scene(message);
  const grouped = continues(message, before);
  const mine = mentionsMe(message, stage);
  const node = h(
    "li",
    {
      class: [
        "message",
        grouped ? "is-grouped" : "is-first",
        message.flags & EPHEMERAL && "is-ephemeral",
        mine && "is-mention",
      ],
      id: `message-${message.id}`,
      tabindex: -1,
      dataset: { id: message.id },
    },
    answerLine(message, stage),
    grouped ? gutterTime(message) : h("div", { class: "message-avatar" }, avatar(message.author, 40)),
    h(
      "div",
      { class: "message-body" },
      grouped ? null : head(message, stage),
      body(message, scene),
      ephemeralNote(message, stage),
      failure(message, stage),
    ),
    toolbar(message, stage),
  );
  orderHeadings(node);
  return node;
}

/**
 * Let no heading skip a level: the message's head is of the third, and a text may begin with "###".
 * @param {HTMLElement} node
 */
function orderHeadings(node) {
  let last = 3;
  for (const heading of node.querySelectorAll('.heading[role="heading"]')) {
    last = Math.min(Number(heading.getAttribute("aria-level")), last + 1);
    heading.setAttribute("aria-level", String(last));
  }
}

function mentionsMe(message, stage) {
  const me = stage.world.me.id;
  if (message.mention_everyone) return true;
  if ((message.mentions ?? []).some((user) => user.id === me)) return true;
  const member = stage.guildId ? stage.world.member(stage.guildId, me) : null;
  return (message.mention_roles ?? []).some((role) => member?.roles.includes(role));
}

function gutterTime(message) {
  return h("div", { class: "message-gutter", "aria-hidden": "true" }, format(sentAt(message), "t"));
}

function head(message, stage) {
  const { author } = message;
  const name = h("span", { class: "author" }, stage.world.nameOf(author, stage.guildId));
  const tint = stage.world.colourOf(author.id, stage.guildId);
  if (tint) name.style.setProperty("--tint", tint);
  return h(
    "div",
    { class: "message-head", role: "heading", "aria-level": 3 },
    name,
    author.bot ? h("span", { class: "app-tag" }, "APP") : null,
    sentTime(sentAt(message), "message-time"),
  );
}

/** Draw the line above a message: the command it answers, or the message it replies to. */
function answerLine(message, stage) {
  const used = message.interaction;
  const user = used?.user ?? message.interaction_metadata?.user;
  if (user && (used?.name || message.type === 20)) {
    const name = used?.name || message.interaction_metadata?.name;
    return h(
      "div",
      { class: "answer-line" },
      avatar(user, 16),
      h("span", { class: "answer-name" }, stage.world.nameOf(user, stage.guildId)),
      name ? [" used ", h("span", { class: "mention" }, `/${name}`)] : " used an app",
    );
  }
  if (message.referenced_message) {
    const other = message.referenced_message;
    const words = summary(other, stage) || "an attachment";
    return h(
      "div",
      { class: "answer-line" },
      avatar(other.author, 16),
      h("span", { class: "answer-name" }, stage.world.nameOf(other.author, stage.guildId)),
      h("a", { class: "answer-text", href: stage.address(other.id) }, words.slice(0, 120)),
    );
  }
  return null;
}

const SYSTEM = { 6: "pinned a message to this channel.", 7: "joined the server.", 18: "started a thread." };

function body(message, scene) {
  if (message.flags & LOADING)
    return h(
      "div",
      { class: "thinking" },
      h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
      `${scene.authorName} is thinking…`,
    );
  const v2 = Boolean(message.flags & COMPONENTS_V2);
  const parts = [];
  if (SYSTEM[message.type]) parts.push(h("div", { class: "message-text system" }, SYSTEM[message.type]));
  if (message.content && !v2) {
    parts.push(
      h(
        "div",
        { class: ["message-text", "markup", onlyEmoji(message.content) && "is-jumbo"] },
        markdown(message.content, scene.names),
        message.edited_timestamp ? h("span", { class: "edited" }, " (edited)") : null,
      ),
    );
  }
  if (!v2)
    parts.push(
      ...attachments(unshown(message), scene),
      ...(message.embeds ?? []).map((value) => embed(value, scene)),
    );
  if (message.poll) parts.push(poll(message.poll, scene));
  if (message.components?.length)
    parts.push(h("div", { class: ["components", v2 && "is-v2"] }, components(message.components, scene)));
  if (message.reactions?.length)
    parts.push(
      h(
        "ul",
        { class: "reactions", "aria-label": "Reactions" },
        message.reactions.map((each) => reaction(each, scene)),
      ),
    );
  return parts;
}

/**
 * Draw a reaction: pressing it adds mine, or takes it back.
 * @param {{emoji: Emoji, count: number}} value
 * @param {Scene} scene
 */
function reaction(value, scene) {
  const name = `React with ${value.emoji.name}, ${value.count} so far`;
  const button = h(
    "button",
    {
      type: "button",
      class: "reaction",
      "aria-label": name,
      dataset: { key: `reaction ${value.emoji.name}` },
    },
    emoji(value.emoji),
    ` ${value.count}`,
  );
  button.addEventListener("click", () => scene.react?.(value.emoji));
  return h("li", {}, button);
}

function poll(value, scene) {
  return h(
    "div",
    { class: "embed" },
    h("div", { class: "embed-title" }, markdown(value.question?.text, scene.names)),
    h(
      "ul",
      {},
      (value.answers ?? []).map((answer) => h("li", {}, answer.poll_media?.text)),
    ),
  );
}

/** Return the attachments that no embed shows by `attachment://`. */
function unshown(message) {
  const used = new Set(
    (message.embeds ?? []).flatMap((value) => [value.image?.url, value.thumbnail?.url]).filter(Boolean),
  );
  return (message.attachments ?? []).filter(
    (file) => !used.has(file.url) && !used.has(`attachment://${file.filename}`),
  );
}

function ephemeralNote(message, stage) {
  if (!(message.flags & EPHEMERAL)) return null;
  const dismiss = h("button", { type: "button", class: "text-link" }, "Dismiss message");
  dismiss.addEventListener("click", () => stage.dismiss(message));
  return h("div", { class: "only-you" }, icon("eye", 16), " Only you can see this • ", dismiss);
}

function failure(message, stage) {
  const words = stage.failureOf(message.id);
  return words
    ? h("div", { class: "interaction-failed", role: "alert" }, icon("warning", 16), ` ${words}`)
    : null;
}

function toolbar(message, stage) {
  const more = h(
    "button",
    {
      type: "button",
      class: "icon-button",
      "aria-label": "More for this message",
      "aria-haspopup": "menu",
      tabindex: -1,
    },
    icon("dots"),
  );
  more.addEventListener("click", () => stage.menu(message, more));
  return h("div", { class: "message-tools" }, more);
}

/** Draw a local note in the chat: a command under way, or one that nobody answered. */
export function localNode(note, stage) {
  const author = note.author ?? stage.world.bot?.user ?? { id: "0", username: "App", bot: true };
  const me = stage.world.me;
  const dismiss = h("button", { type: "button", class: "text-link" }, "Dismiss message");
  dismiss.addEventListener("click", () => note.dismiss());
  const failed = note.state === "failed";
  return h(
    "li",
    { class: ["message is-first", failed && "is-ephemeral"], id: note.id, tabindex: -1 },
    h(
      "div",
      { class: "answer-line" },
      avatar(me, 16),
      h("span", { class: "answer-name" }, stage.world.nameOf(me, stage.guildId)),
      " used ",
      h("span", { class: "mention" }, `/${note.name}`),
    ),
    h("div", { class: "message-avatar" }, avatar(author, 40)),
    h(
      "div",
      { class: "message-body" },
      h(
        "div",
        { class: "message-head", role: "heading", "aria-level": 3 },
        h("span", { class: "author" }, stage.world.nameOf(author, stage.guildId)),
        h("span", { class: "app-tag" }, "APP"),
      ),
      failed
        ? h("div", { class: "interaction-failed", role: "alert" }, icon("warning", 16), ` ${note.text}`)
        : h(
            "div",
            { class: "thinking" },
            h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
            "Sending command…",
          ),
      failed ? h("div", { class: "only-you" }, icon("eye", 16), " Only you can see this • ", dismiss) : null,
    ),
  );
}

/** Draw the line between two days. */
export function dayNode(at) {
  return h(
    "li",
    {},
    h(
      "div",
      { class: "day", role: "separator", "aria-label": dayOf(at) },
      h("span", { "aria-hidden": "true" }, dayOf(at)),
    ),
  );
}

/** Put `next` where `old` is, and the focus where it was. */
export function swap(old, next) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(next);
  if (focused) refocus(next, focused);
}

/** Put the focus on the control of `node` that `before` was in an older drawing of it, else on `node` itself. */
export function refocus(node, before) {
  const { key } = before.dataset;
  const same = key
    ? [...node.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key && !each.disabled)
    : null;
  (same ?? node)?.focus({ preventScroll: true });
}

/** Say in one breath what a message holds, for a screen reader and for reply lines. */
export function summary(message, stage) {
  const { names } = stage.scene(message);
  const words = [plain(message.content, names)];
  for (const value of message.embeds ?? [])
    words.push(plain(value.title, names), plain(value.description, names));
  const walk = (parts) => {
    for (const part of parts ?? []) {
      if (part.type === 10) words.push(plain(part.content, names));
      if (part.type === 2 && part.label) words.push(`Button ${part.label}`);
      walk(part.components);
      if (part.accessory) walk([part.accessory]);
    }
  };
  walk(message.components);
  return words.filter(Boolean).join(". ").replace(/\s+/gu, " ").trim();
}
