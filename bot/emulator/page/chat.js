/**
 * The open channel: its messages from the world's copy, new ones at the bottom,
 * older ones fetched when the reader gets near the top. A reader at the bottom
 * stays there; one who reads above is not moved.
 */

import { fill, h, icon } from "./dom.js";
import { avatar } from "./avatar.js";
import { dayOf } from "./clock.js";
import { get, post, query } from "./desk.js";
import { dayNode, localNode, messageNode, refocus, sentAt, summary, swap } from "./message.js";
import { runnable, usable } from "./commands.js";
import { openMenu } from "./menu.js";
import { ask } from "./modal.js";
import { EPHEMERAL } from "./world.js";

const PAGE = 50;
const NEAR = 120; // pixels from the bottom that count as "at the bottom"
const FAILED = "This interaction failed";
const UNANSWERED = "The application did not respond";

export class Chat {
  /** Message id -> custom_id of the press under way. @type {Map<string, string>} */
  #pending = new Map();
  /** Message id -> what is said under it. @type {Map<string, string>} */
  #failures = new Map();
  /** Commands under way in any channel. @type {Note[]} */
  #notes = [];
  /** The fetch under way. @type {Promise<number> | null} */
  #loading = null;
  #stuck = true; // the reader is at the bottom
  #top = 0; // where the reader was
  /** What is open; nothing between two worlds. @type {Channel} */
  channel = /** @type {any} */ (null);
  /** @type {string | null} */
  guildId = null;

  /**
   * `tell(text)` speaks to a screen reader; `modal(event)` opens a form; `begin(path)` fills the composer.
   * @param {import("./world.js").World} world
   * @param {Record<"scroller" | "list" | "jump", HTMLElement>} nodes
   * @param {{
   *   tell: (text: string) => void, modal: (event: InteractionEvent) => void, begin: (path: string) => void,
   *   complain: (error: Error) => void,
   * }} hands
   */
  constructor(world, { scroller, list, jump }, { tell, modal, begin, complain }) {
    this.world = world;
    this.scroller = scroller;
    this.list = list;
    this.jump = jump;
    this.tell = tell;
    this.modal = modal;
    this.begin = begin;
    this.complain = complain;
    world.on("message", ({ message, fresh }) => this.#changed(message, fresh));
    world.addEventListener(
      "commands",
      () => this.channel && this.world.complete.has(this.channel.id) && this.draw(),
    );
    world.on("gone", ({ channelId }) => this.#gone(channelId));
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#stuck && this.#toBottom()).observe(list);
    new ResizeObserver(() => this.#stuck && this.#toBottom()).observe(scroller);
    jump.addEventListener("click", () => this.toPresent());
    list.addEventListener("keydown", (event) => this.#keys(event));
  }

  // -------------------------------------------------------------- opening

  /** Show nothing: the world changes. */
  close() {
    this.channel = /** @type {any} */ (null);
  }

  /**
   * Show a channel, and one of its messages where `messageId` is given.
   * @param {Channel} channel
   * @param {string | null} [messageId]
   */
  async open(channel, messageId = null) {
    const again = this.channel?.id === channel.id;
    this.channel = channel;
    this.guildId = channel.guild_id ?? null;
    this.world.unread.delete(channel.id);
    this.#stuck = !messageId;
    if (!again || !this.world.messages.has(channel.id)) {
      this.draw();
      if (!this.world.messages.has(channel.id)) await this.#fetch(null);
      if (this.channel?.id !== channel.id) return;
    }
    if (messageId) await this.#reach(messageId);
    else if (!again) this.#toBottom();
  }

  /** Fetch the newest messages again: after a lost line, or as somebody else. */
  async refresh() {
    if (!this.channel) return;
    this.#pending.clear();
    await this.#fetch(null);
  }

  /** Fetch a page of messages, one fetch at a time; return how many came. */
  async #fetch(before) {
    while (this.#loading) await this.#loading;
    this.#loading = this.#fetchNow(before).finally(() => (this.#loading = null));
    return this.#loading;
  }

  async #fetchNow(before) {
    const { id } = this.channel;
    try {
      const path = `channels/${id}/messages${query({ as: this.world.me.id, before, limit: PAGE })}`;
      this.world.expect(id);
      const reply = await get(path);
      const messages = Array.isArray(reply) ? reply : reply.messages;
      const known = JSON.stringify(this.world.messages.get(id) ?? null);
      const overlaps = !before && this.world.renew(id, messages);
      this.world.put(id, messages, { older: Boolean(before) });
      this.world.addCome(id);
      if (messages.length < PAGE) this.world.complete.add(id);
      else if (!before && !overlaps) this.world.complete.delete(id);
      if (this.channel?.id !== id) return messages.length;
      if (before) this.#prepend(messages.length);
      else if (JSON.stringify(this.world.messages.get(id)) !== known) this.draw();
      return messages.length;
    } catch (error) {
      this.complain(/** @type {Error} */ (error));
      return 0;
    }
  }

  async #older() {
    if (!this.channel) return 0; // between two worlds: what scrolls is the old one going
    const oldest = this.world.messages.get(this.channel.id)?.[0];
    if (!oldest || this.world.complete.has(this.channel.id)) return 0;
    const { scrollHeight, scrollTop } = this.scroller;
    const count = await this.#fetch(oldest.id);
    this.scroller.scrollTop = scrollTop + this.scroller.scrollHeight - scrollHeight;
    return count;
  }

  async #reach(messageId) {
    const find = () => document.getElementById(`message-${messageId}`);
    for (let pages = 0; !find() && pages < 40; pages += 1) if (!(await this.#older())) break;
    const node = find();
    if (!node) {
      this.complain(new Error("That message is not here (any more)."));
      return;
    }
    this.#stuck = false;
    node.scrollIntoView({ block: "center" });
    node.classList.add("is-linked");
    node.focus({ preventScroll: true });
    setTimeout(() => node.classList.remove("is-linked"), 2500);
  }

  // -------------------------------------------------------------- drawing

  /** Draw the whole channel. */
  draw() {
    if (!this.channel) return;
    const messages = this.world.messages.get(this.channel.id);
    if (!messages) {
      fill(this.list, h("li", { class: "skeleton", "aria-hidden": "true" }));
      return;
    }
    const nodes = [];
    if (this.world.complete.has(this.channel.id)) nodes.push(this.#welcome());
    messages.forEach((message, index) => nodes.push(...this.#row(message, messages[index - 1])));
    for (const note of this.#notesHere()) nodes.push(localNode(note, this));
    const focused = this.list.contains(document.activeElement) ? document.activeElement : null;
    const home = focused?.closest(".message")?.id;
    fill(this.list, nodes);
    const again = home && document.getElementById(home);
    if (again) refocus(again, focused);
    if (this.#stuck) this.#toBottom();
    this.#showJump();
  }

  /** Draw the `count` oldest messages, which have just come, above the others. */
  #prepend(count) {
    const messages = this.world.messages.get(this.channel.id) ?? [];
    const rows = [];
    if (this.world.complete.has(this.channel.id)) rows.push(this.#welcome());
    // The message that was the first may now stand under another's head, or on the same day.
    messages
      .slice(0, count + 1)
      .forEach((message, index) => rows.push(...this.#row(message, messages[index - 1])));
    const old = messages[count] && document.getElementById(`message-${messages[count].id}`);
    if (old?.previousElementSibling) old.previousElementSibling.remove();
    if (old) old.replaceWith(...rows);
    else this.list.prepend(...rows);
  }

  #row(message, before) {
    const newDay = !before || dayOf(sentAt(before)) !== dayOf(sentAt(message));
    const node = messageNode(message, before, this);
    return newDay ? [dayNode(sentAt(message)), node] : [node];
  }

  #notesHere() {
    return this.#notes.filter((note) => note.channelId === this.channel?.id);
  }

  #welcome() {
    const { channel } = this;
    const direct = !channel.guild_id;
    const { about } = this.world;
    const title = direct ? this.nameOfDirect(channel) : `Welcome to #${channel.name}!`;
    const words = direct
      ? "This is the start of your direct messages."
      : `This is the start of the #${channel.name} channel.`;
    const chips = this.#chips(direct ? about?.direct : about?.commands);
    return h(
      "li",
      { class: "welcome" },
      about && this.#withBot() ? aboutCard(about) : null,
      h("div", { class: "welcome-icon" }, direct ? avatar(channel.recipients?.[0], 64) : icon("hash", 40)),
      h("h2", {}, title),
      h(
        "p",
        {},
        chips.length ? `${words} Type / to see what the app can do, or begin with one of these:` : words,
      ),
      chips.length ? h("div", { class: "chips" }, chips) : null,
    );
  }

  /** Say whether the bot is in the open channel. */
  #withBot() {
    const botId = this.world.bot?.user.id;
    const { recipients, guild_id: guildId } = this.channel;
    return guildId
      ? Boolean(this.world.member(guildId, botId))
      : (recipients ?? []).some((user) => user.id === botId);
  }

  /** Draw the commands to begin with: those that were named, else the first thing that each command does. */
  #chips(named) {
    const all = runnable(this.world, this.channel);
    const first = all.filter(
      (entry, index) => all.findIndex((other) => other.command === entry.command) === index,
    );
    const wanted = named
      ? named.map((path) => all.find((entry) => entry.path === path)).filter(Boolean)
      : first;
    return wanted.slice(0, 7).map((entry, index) => {
      const chip = h(
        "button",
        {
          type: "button",
          class: ["chip-button", named && index === 0 && "is-first-step"],
          title: entry.description,
        },
        `/${entry.path}`,
      );
      chip.addEventListener("click", () => this.begin(entry.path));
      return chip;
    });
  }

  /** Name the other side of a direct channel. */
  nameOfDirect(channel) {
    const others = (channel.recipients ?? []).filter((user) => user.id !== this.world.me?.id);
    return others.map((user) => this.world.nameOf(user)).join(", ") || "Direct message";
  }

  #changed(message, fresh) {
    if (message.channel_id !== this.channel?.id) {
      if (fresh && message.author.id !== this.world.me.id) this.world.unread.add(message.channel_id);
      if (fresh) this.world.tell("unread");
      return;
    }
    const messages = this.world.messages.get(this.channel.id);
    if (!messages) return;
    const index = messages.findIndex((known) => known.id === message.id);
    if (index < 0) return;
    if (!fresh && this.#pending.has(message.id)) this.#pending.delete(message.id);
    if (!fresh) this.#failures.delete(message.id);
    const old = document.getElementById(`message-${message.id}`);
    const node = messageNode(message, messages[index - 1], this);
    if (old) {
      swap(old, node);
    } else if (index === messages.length - 1) {
      const note = this.list.querySelector('[id^="note-"]');
      for (const each of this.#row(message, messages[index - 1])) this.list.insertBefore(each, note);
    } else {
      this.draw();
    }
    if (fresh && message.author.id !== this.world.me.id) this.#announce(message);
    if (this.#stuck) this.#toBottom();
    this.#showJump();
  }

  #announce(message) {
    const name = this.world.nameOf(message.author, this.guildId);
    const whose = message.flags & EPHEMERAL ? "Only you can see this: " : "";
    this.tell(`${name}. ${whose}${summary(message, this).slice(0, 600)}`);
  }

  #gone(channelId) {
    if (channelId !== this.channel?.id) return;
    const keep = document.activeElement;
    this.draw();
    if (keep && !keep.isConnected) this.scroller.focus({ preventScroll: true });
  }

  /** Draw one message again, as it stands. */
  redraw(messageId) {
    const messages = this.world.messages.get(this.channel?.id) ?? [];
    const index = messages.findIndex((message) => message.id === messageId);
    const old = document.getElementById(`message-${messageId}`);
    if (index >= 0 && old) swap(old, messageNode(messages[index], messages[index - 1], this));
    if (this.#stuck) this.#toBottom();
  }

  // -------------------------------------------------------------- scrolling

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    // What is drawn late makes the list longer; only a reader's move upwards lets go of the bottom.
    if (scrollHeight - scrollTop - clientHeight < NEAR) this.#stuck = true;
    else if (scrollTop < this.#top - 1) this.#stuck = false;
    this.#top = scrollTop;
    if (scrollTop < 400 && !this.#loading) this.#older();
    this.#showJump();
  }

  #showJump() {
    this.jump.hidden = this.#stuck;
  }

  #toBottom() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#top = this.scroller.scrollTop;
  }

  /** Go to the newest message. */
  toPresent() {
    this.#stuck = true;
    this.#toBottom();
    this.#showJump();
  }

  /** Walk from message to message by arrow keys, as by Home and End to both ends. */
  #keys(event) {
    const node = event.target.closest?.(".message");
    if (!node || event.target !== node) return;
    const all = this.#rows();
    const moves = {
      ArrowUp: all.indexOf(node) - 1,
      ArrowDown: all.indexOf(node) + 1,
      Home: 0,
      End: all.length - 1,
    };
    if (!(event.key in moves)) return;
    event.preventDefault();
    all[moves[event.key]]?.focus();
  }

  /** Return the messages as they stand in the list. */
  #rows() {
    return [.../** @type {NodeListOf<HTMLElement>} */ (this.list.querySelectorAll(".message"))];
  }

  /** Put the focus on the newest message. */
  focusLast() {
    this.#rows().at(-1)?.focus();
  }

  // -------------------------------------------------------------- what the renderer asks

  /** Return what components and Markdown of this message need. */
  scene(message) {
    return {
      names: this.names(),
      attachments: message.attachments,
      authorName: this.world.nameOf(message.author, this.guildId),
      press: (part, values) => this.#press(message, part, values),
      react: (value) => this.#react(message, value).catch(this.complain),
      choices: (type, part) => this.choices(type, part),
      isPending: (customId) => this.#pending.get(message.id) === customId,
    };
  }

  /** Return how mentions read here. */
  names() {
    const { world, guildId } = this;
    return {
      user: (id) => {
        const user = world.users.get(id) ?? (world.bot && world.bot.user.id === id ? world.bot.user : null);
        return user ? { text: world.nameOf(user, guildId), mine: id === world.me?.id } : null;
      },
      role: (id) => {
        const role = world.guild(guildId)?.roles.find((each) => each.id === id);
        return role ? { text: role.name.replace(/^@/u, "") } : null;
      },
      channel: (id) => {
        const channel = world.channel(id);
        return channel
          ? { text: channel.name ?? "direct message", href: `#/${channel.guild_id ?? "@me"}/${id}` }
          : null;
      },
      command: (path) => {
        const known = this.channel && runnable(world, this.channel).some((entry) => entry.path === path);
        return known ? () => this.begin(path) : null;
      },
    };
  }

  /** Return what a user, role, mentionable or channel menu offers. */
  choices(type, part = {}) {
    const guild = this.world.guild(this.guildId);
    const people = guild
      ? guild.members.map((member) => member.user)
      : [this.world.me, ...(this.channel.recipients ?? [])];
    const users = people.map((user) => ({
      value: user.id,
      label: this.world.nameOf(user, this.guildId),
      description: user.username,
      icon: avatar(user, 24),
    }));
    const roles = (guild?.roles ?? []).map((role) => ({
      value: role.id,
      label: role.name,
      description: "",
      icon: null,
    }));
    if (type === 5) return users;
    if (type === 6) return roles;
    if (type === 7) return [...users, ...roles];
    const kinds = part.channel_types ?? [];
    return (guild?.channels ?? [])
      .filter((channel) => !kinds.length || kinds.includes(channel.type))
      .map((channel) => ({
        value: channel.id,
        label: channel.name,
        description: "",
        icon: icon("hash", 18),
      }));
  }

  failureOf(messageId) {
    return this.#failures.get(messageId) ?? null;
  }

  address(messageId) {
    return `#/${this.guildId ?? "@me"}/${this.channel.id}/${messageId}`;
  }

  // -------------------------------------------------------------- acting

  async #press(message, part, values) {
    this.#failures.delete(message.id);
    document.querySelector(`#message-${message.id} .interaction-failed`)?.remove();
    this.#pending.set(message.id, part.custom_id);
    const settle = (failure) => {
      if (this.#pending.get(message.id) === part.custom_id) this.#pending.delete(message.id);
      if (failure) {
        this.#failures.set(message.id, failure);
        this.tell(failure);
      }
      this.redraw(message.id);
    };
    try {
      const body = { as: this.world.me.id, message_id: message.id, custom_id: part.custom_id };
      if (values) body.values = values;
      const { interaction_id: id } = await post("press", body);
      this.world.follow(id, (event) => {
        if (event.state === "failed") settle(FAILED);
        else if (event.state !== "pending") settle(null);
        if (event.state === "modal") this.modal(event);
      });
    } catch (error) {
      settle(/** @type {Error} */ (error).message);
    }
  }

  /** Run a command: `body` is what the desk wants beside who and where. */
  async run(body) {
    const channelId = this.channel.id;
    /** @type {Note} */
    const note = {
      id: `note-${Date.now()}-${this.#notes.length}`,
      channelId,
      name: body.name,
      state: "pending",
      text: "",
      author: this.world.bot?.user ?? null,
      dismiss: null,
    };
    const drop = () => {
      this.#notes = this.#notes.filter((each) => each !== note);
      document.getElementById(note.id)?.remove();
    };
    note.dismiss = drop;
    const { interaction_id: id } = await post("commands", {
      as: this.world.me.id,
      channel_id: channelId,
      ...body,
    });
    this.#notes.push(note);
    if (this.channel?.id === channelId) this.list.append(localNode(note, this));
    this.toPresent();
    this.world.follow(id, (event) => {
      if (event.state === "pending") return;
      if (event.state === "modal") this.modal(event);
      if (event.state !== "failed") {
        drop();
        return;
      }
      note.state = "failed";
      note.text = UNANSWERED;
      const old = document.getElementById(note.id);
      if (old) swap(old, localNode(note, this));
      this.tell(UNANSWERED);
    });
  }

  /** Add my reaction to a message, or take it back when it is there. */
  #react(message, value) {
    const emoji = value.id ? `${value.name}:${value.id}` : value.name;
    return post("reactions", { as: this.world.me.id, message_id: message.id, emoji });
  }

  #askReaction(message) {
    const fields = [{ name: "emoji", label: "Emoji", value: "👍", required: true }];
    return ask("React", fields, "React", ({ emoji }) => this.#react(message, { name: emoji.trim() }));
  }

  async dismiss(message) {
    try {
      await post("dismiss", { as: this.world.me.id, message_id: message.id });
      this.world.on_message_delete({ channel_id: message.channel_id, id: message.id });
    } catch (error) {
      this.complain(/** @type {Error} */ (error));
    }
  }

  /** Open a message's menu: its link, its id, the app's commands for it, deleting it. */
  menu(message, anchor) {
    const { world } = this;
    const mine = message.author.id === world.me.id || world.may(this.channel.id, "manage_messages");
    const copy = (text) => navigator.clipboard.writeText(text);
    const items = [
      { label: "Copy message link", act: () => copy(`${location.origin}/${this.address(message.id)}`) },
      { label: "Copy message ID", act: () => copy(message.id) },
      ...usable(world, this.channel, 3).map(({ name }) => ({
        label: `Apps › ${name}`,
        act: () => this.run({ name, target_id: message.id }),
      })),
    ];
    if (!(message.flags & EPHEMERAL)) {
      items.push({ label: "Add reaction…", act: () => this.#askReaction(message) });
    }
    if (mine && !(message.flags & EPHEMERAL)) {
      const act = () => post("messages/delete", { as: world.me.id, message_id: message.id });
      items.push({ label: "Delete message", act, danger: true });
    }
    openMenu(anchor, { name: "Message", items, align: "end", fail: this.complain });
  }
}

function aboutCard({ title, text }) {
  return h("section", { class: "about-card" }, h("h2", {}, title), h("p", {}, text));
}
