/**
 * The open channel: its messages from the world's copy, new ones at the bottom,
 * older ones fetched when the reader gets near the top. A reader at the bottom
 * stays there; one who reads above is not moved.
 */

import { fill, h, icon, showAt } from "./dom.js";
import { avatar } from "./avatar.js";
import { dayOf } from "./clock.js";
import { get, post, query } from "./desk.js";
import { dayNode, localNode, messageNode, refocus, sentAt, summary, swap } from "./message.js";
import { runnable } from "./commands.js";
import { EPHEMERAL } from "./world.js";

const PAGE = 50;
const NEAR = 120; // pixels from the bottom that count as "at the bottom"
const FAILED = "This interaction failed";
const UNANSWERED = "The application did not respond";

export class Chat {
  #pending = new Map(); // message id -> custom_id of the press under way
  #failures = new Map(); // message id -> what is said under it
  #notes = []; // commands under way in any channel
  #loading = null; // the fetch under way
  #stuck = true; // the reader is at the bottom
  #top = 0; // where the reader was
  channel = null;
  guildId = null;

  /** `tell(text)` speaks to a screen reader; `modal(event)` opens a form; `begin(name)` fills the composer. */
  constructor(world, { scroller, list, jump }, { tell, modal, begin, complain }) {
    this.world = world;
    this.scroller = scroller;
    this.list = list;
    this.jump = jump;
    this.tell = tell;
    this.modal = modal;
    this.begin = begin;
    this.complain = complain;
    world.addEventListener("message", ({ detail }) => this.#changed(detail.message, detail.fresh));
    world.addEventListener(
      "commands",
      () => this.channel && this.world.complete.has(this.channel.id) && this.draw(),
    );
    world.addEventListener("gone", ({ detail }) => this.#gone(detail.channelId));
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#stuck && this.#toBottom()).observe(list);
    new ResizeObserver(() => this.#stuck && this.#toBottom()).observe(scroller);
    jump.addEventListener("click", () => this.toPresent());
    list.addEventListener("keydown", (event) => this.#keys(event));
  }

  // -------------------------------------------------------------- opening

  /** Show a channel, and one of its messages where `messageId` is given. */
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
      const reply = await get(path);
      const messages = Array.isArray(reply) ? reply : reply.messages;
      const known = JSON.stringify(this.world.messages.get(id) ?? null);
      const overlaps = !before && this.world.renew(id, messages);
      this.world.put(id, messages);
      if (messages.length < PAGE) this.world.complete.add(id);
      else if (!before && !overlaps) this.world.complete.delete(id);
      if (this.channel?.id !== id) return messages.length;
      if (before) this.#prepend(messages.length);
      else if (JSON.stringify(this.world.messages.get(id)) !== known) this.draw();
      return messages.length;
    } catch (error) {
      this.complain(error);
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
    const messages = this.world.messages.get(this.channel.id);
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
    const title = direct ? this.nameOfDirect(channel) : `Welcome to #${channel.name}!`;
    // The first thing that each command does, in the app's own order.
    const all = runnable(this.world, channel);
    const commands = all
      .filter((entry, index) => all.findIndex((other) => other.command === entry.command) === index)
      .slice(0, 7);
    const chips = commands.map((entry) => {
      const chip = h(
        "button",
        { type: "button", class: "chip-button", title: entry.description },
        `/${entry.path}`,
      );
      chip.addEventListener("click", () => this.begin(entry.path));
      return chip;
    });
    return h(
      "li",
      { class: "welcome" },
      h("div", { class: "welcome-icon" }, direct ? avatar(channel.recipients?.[0], 64) : icon("hash", 40)),
      h("h2", {}, title),
      h(
        "p",
        {},
        direct
          ? "This is the start of your direct messages."
          : `This is the start of the #${channel.name} channel. Type / to see what the app can do, or begin with one of these:`,
      ),
      chips.length ? h("div", { class: "chips" }, chips) : null,
    );
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
    const all = [...this.list.querySelectorAll(".message")];
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

  /** Put the focus on the newest message. */
  focusLast() {
    const all = this.list.querySelectorAll(".message");
    all[all.length - 1]?.focus();
  }

  // -------------------------------------------------------------- what the renderer asks

  /** Return what components and Markdown of this message need. */
  scene(message) {
    return {
      names: this.names(),
      attachments: message.attachments,
      authorName: this.world.nameOf(message.author, this.guildId),
      press: (part, values) => this.#press(message, part, values),
      choices: (type, part) => this.choices(type, part),
      isPending: (customId) => this.#pending.get(message.id) === customId,
    };
  }

  /** Return how mentions read here. */
  names() {
    const { world, guildId } = this;
    return {
      user: (id) => {
        const user = world.users.get(id) ?? (world.bot?.user?.id === id ? world.bot.user : null);
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
      settle(error.message);
    }
  }

  /** Run a command: `body` is what the desk wants beside who and where. */
  async run(body) {
    const channelId = this.channel.id;
    const note = {
      id: `note-${Date.now()}-${this.#notes.length}`,
      channelId,
      name: body.name,
      state: "pending",
      text: "",
      dismiss: null,
    };
    note.author = this.world.bot?.user ?? null;
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

  async dismiss(message) {
    try {
      await post("dismiss", { as: this.world.me.id, message_id: message.id });
      this.world.on_message_delete({ channel_id: message.channel_id, id: message.id });
    } catch (error) {
      this.complain(error);
    }
  }

  /** Open a message's menu: its link, its id, the app's commands for it, deleting it. */
  menu(message, anchor) {
    const popup = h("div", { class: "popup menu", popover: "auto", role: "menu", "aria-label": "Message" });
    const item = (label, act, extra = "") => {
      const node = h("button", { type: "button", class: ["menu-item", extra], role: "menuitem" }, label);
      node.addEventListener("click", async () => {
        popup.hidePopover();
        try {
          await act();
        } catch (error) {
          this.complain(error);
        }
      });
      return node;
    };
    const items = [
      item("Copy message link", () =>
        navigator.clipboard.writeText(`${location.origin}/${this.address(message.id)}`),
      ),
      item("Copy message ID", () => navigator.clipboard.writeText(message.id)),
    ];
    for (const command of this.world.commands.filter((each) => each.type === 3)) {
      items.push(
        item(`Apps › ${command.name}`, () => this.run({ name: command.name, target_id: message.id })),
      );
    }
    if (
      !(message.flags & EPHEMERAL) &&
      (message.author.id === this.world.me.id || this.world.may(this.channel.id, "manage_messages"))
    ) {
      items.push(
        item(
          "Delete message",
          () => post("messages/delete", { as: this.world.me.id, message_id: message.id }),
          "is-danger",
        ),
      );
    }
    popup.append(...items);
    popup.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
    });
    popup.addEventListener("toggle", (event) => event.newState === "closed" && popup.remove());
    showAt(popup, anchor, { align: "end" });
    items[0].focus();
  }
}
