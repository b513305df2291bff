/**
 * Where one can go and who is there: the servers, the channels of the one that
 * is open, the direct messages, the people at the right, and me at the bottom.
 */

import { fill, h, icon } from "./dom.js";
import { avatar, guildIcon } from "./avatar.js";
import { post } from "./desk.js";
import { openMenu } from "./menu.js";
import { ask } from "./modal.js";

const SHOWN = {
  0: "hash",
  2: "speaker",
  5: "hash",
  10: "thread",
  11: "thread",
  12: "thread",
  13: "speaker",
  15: "thread",
};

export class Places {
  /**
   * @param {import("./world.js").World} world
   * @param {Record<"rail" | "channels" | "title" | "members" | "me", HTMLElement>} nodes
   * @param {{
   *   become: (id: string) => unknown, complain: (error: Error) => void,
   *   nameOfDirect: (channel: Channel) => string,
   * }} hands
   */
  constructor(world, { rail, channels, title, members, me }, { become, complain, nameOfDirect }) {
    this.world = world;
    this.rail = rail;
    this.channels = channels;
    this.title = title;
    this.members = members;
    this.me = me;
    this.become = become;
    this.complain = complain;
    this.nameOfDirect = nameOfDirect;
    /** @type {string | null} */
    this.guildId = null;
    /** @type {string | null} */
    this.channelId = null;
    for (const type of ["state", "places", "unread", "bot"]) world.addEventListener(type, () => this.draw());
    arrows(rail);
    arrows(channels);
  }

  /** Mark what is open. */
  open(guildId, channelId) {
    this.guildId = guildId;
    this.channelId = channelId;
    this.draw();
  }

  draw() {
    if (!this.world.me) return;
    this.#drawRail();
    this.#drawChannels();
    this.#drawMembers();
    this.#drawMe();
  }

  #drawRail() {
    const { world } = this;
    const place = (href, label, picture, on, unread) =>
      h(
        "li",
        {},
        h(
          "a",
          {
            class: ["rail-link", on && "is-open"],
            href,
            "aria-label": unread ? `${label}, unread` : label,
            title: label,
            "aria-current": on ? "true" : null,
          },
          h("span", { class: ["rail-pill", unread && "is-unread"], "aria-hidden": "true" }),
          h("span", { class: "rail-icon" }, picture),
        ),
      );
    const home = world.dms[0];
    const unreadIn = (channels) => channels.some((channel) => world.unread.has(channel.id));
    const direct = place(
      home ? `#/@me/${home.id}` : "#/@me",
      "Direct messages",
      icon("at", 26),
      this.guildId === null,
      unreadIn(world.dms),
    );
    const guilds = world.guilds.map((guild) =>
      place(
        `#/${guild.id}`,
        guild.name,
        guildIcon(guild),
        guild.id === this.guildId,
        unreadIn(guild.channels),
      ),
    );
    keepFocus(this.rail, () =>
      fill(this.rail, direct, h("li", {}, h("div", { class: "rail-line", role: "separator" })), guilds),
    );
  }

  #drawChannels() {
    const { world } = this;
    const guild = world.guild(this.guildId);
    this.title.textContent = guild ? guild.name : "Direct messages";
    const entries = guild
      ? this.#guildChannels(guild)
      : world.dms.map((channel) => this.#directLink(channel));
    keepFocus(this.channels, () =>
      fill(
        this.channels,
        entries.length ? entries : h("li", { class: "channels-empty" }, "Nobody has written to you yet."),
      ),
    );
  }

  #guildChannels(guild) {
    const visible = guild.channels.filter(
      (channel) => channel.type !== 4 && this.world.may(channel.id, "view_channel"),
    );
    visible.sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
    const threads = visible.filter((channel) => [10, 11, 12].includes(channel.type));
    const tops = visible.filter((channel) => ![10, 11, 12].includes(channel.type));
    return tops.flatMap((channel) => [
      this.#channelLink(channel),
      ...threads
        .filter((thread) => thread.parent_id === channel.id)
        .map((thread) => this.#channelLink(thread, true)),
    ]);
  }

  #channelLink(channel, nested = false) {
    return this.#link(
      `#/${this.guildId}/${channel.id}`,
      channel,
      icon(SHOWN[channel.type] ?? "hash", 18),
      channel.name,
      nested,
    );
  }

  #directLink(channel) {
    const other = (channel.recipients ?? []).find((user) => user.id !== this.world.me.id);
    return this.#link(`#/@me/${channel.id}`, channel, avatar(other, 28), this.nameOfDirect(channel), false);
  }

  #link(href, channel, picture, name, nested) {
    const on = channel.id === this.channelId;
    const unread = this.world.unread.has(channel.id);
    return h(
      "li",
      { class: nested && "is-nested" },
      h(
        "a",
        {
          class: ["channel-link", on && "is-open", unread && "is-unread"],
          href,
          "aria-current": on ? "page" : null,
        },
        picture,
        h("span", { class: "channel-name" }, name),
        unread ? h("span", { class: "sr-only" }, " (unread)") : null,
      ),
    );
  }

  #drawMembers() {
    const { world } = this;
    const guild = world.guild(this.guildId);
    const channel = world.channel(this.channelId);
    const users = guild
      ? guild.members.map((member) => member.user)
      : [world.me, ...(channel?.recipients ?? [])];
    const unique = [...new Map(users.map((user) => [user.id, user])).values()].sort((a, b) =>
      world.nameOf(a, this.guildId).localeCompare(world.nameOf(b, this.guildId)),
    );
    const group = (title, people) =>
      people.length
        ? [
            h("h3", { class: "members-title" }, `${title} — ${people.length}`),
            h(
              "ul",
              { class: "plain-list" },
              people.map((user) => this.#memberRow(user, guild)),
            ),
          ]
        : [];
    const offline = unique.filter((user) => user.bot && user.id === world.bot?.user?.id && !world.bot.online);
    const online = unique.filter((user) => !offline.includes(user));
    fill(
      this.members,
      group(
        "Apps",
        online.filter((user) => user.bot),
      ),
      group(
        "People",
        online.filter((user) => !user.bot),
      ),
      group("Offline", offline),
    );
  }

  #memberRow(user, guild) {
    const { world } = this;
    const offline = user.bot && !world.bot?.online;
    const name = h("span", { class: "member-name" }, world.nameOf(user, this.guildId));
    const tint = world.colourOf(user.id, this.guildId);
    if (tint) name.style.setProperty("--tint", tint);
    const tags = [
      user.bot ? h("span", { class: "app-tag" }, "APP") : null,
      guild?.owner_id === user.id ? h("span", { class: "member-note" }, "owner") : null,
      user.id === world.me.id ? h("span", { class: "member-note" }, "you") : null,
    ];
    return h("li", { class: ["member", offline && "is-offline"] }, face(user, 32, !offline), name, tags);
  }

  #drawMe() {
    const { world } = this;
    const button = h(
      "button",
      { type: "button", class: "me-button", "aria-haspopup": "menu", title: "Be somebody else" },
      face(world.me, 32, true),
      h(
        "span",
        { class: "me-names" },
        h("span", { class: "me-name" }, world.nameOf(world.me)),
        h("span", { class: "me-note" }, this.#roleOf(world.me)),
      ),
      h("span", { class: "sr-only" }, ", be somebody else"),
      icon("swap", 18),
    );
    button.addEventListener("click", () => this.#choosePerson(button));
    keepFocus(this.me, () => fill(this.me, button));
  }

  #roleOf(user) {
    const guild = this.world.guild(this.guildId) ?? this.world.guilds[0];
    if (!guild) return user.username;
    if (guild.owner_id === user.id) return `owner of ${guild.name}`;
    return this.world.member(guild.id, user.id) ? "member" : "not in this server";
  }

  #choosePerson(anchor) {
    const { world } = this;
    const people = [...world.users.values()].filter((user) => !user.bot);
    /** @type {MenuItem[]} */
    const items = people.map((user) => {
      const isMe = user.id === world.me.id;
      const words = h(
        "span",
        { class: "menu-text" },
        world.nameOf(user),
        h("span", { class: "menu-note" }, this.#roleOf(user)),
      );
      const label = [avatar(user, 24), words, isMe ? icon("check", 18) : null];
      return { label, act: () => this.become(user.id), checked: isMe };
    });
    const add = [icon("plus", 20), h("span", { class: "menu-text" }, "Add a person…")];
    items.push({ label: add, act: () => this.#addPerson() });
    openMenu(anchor, { name: "Who you are", title: "Be", items, fail: this.complain });
  }

  async #addPerson() {
    const fields = [
      { name: "name", label: "Name", value: "", required: true },
      { name: "manager", label: "May manage the server", type: "checkbox", value: false },
    ];
    const guildId = this.guildId ?? this.world.guilds[0]?.id;
    const add = ({ name, manager }) =>
      post("people", {
        name: name.trim(),
        guild_id: guildId,
        permissions: manager ? ["manage_guild", "manage_messages"] : [],
      });
    const user = await ask("Add a person", fields, "Add", add);
    if (user) await this.become(user.id);
  }
}

function face(user, size, online) {
  return h(
    "span",
    { class: "face" },
    avatar(user, size),
    h("span", { class: ["presence", online && "is-online"], "aria-hidden": "true" }),
    online ? null : h("span", { class: "sr-only" }, "offline"),
  );
}

/** Draw again without losing the focus: on the same link, or the control at the same place. */
function keepFocus(root, draw) {
  const focused = root.contains(document.activeElement) ? document.activeElement : null;
  const href = focused?.getAttribute("href");
  draw();
  if (!focused) return;
  const same = href
    ? [...root.querySelectorAll("a")].find((link) => link.getAttribute("href") === href)
    : root.querySelector("button");
  same?.focus();
}

/** Let the arrow keys walk over the links of a list. */
function arrows(root) {
  root.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const links = [...root.querySelectorAll("a")];
    const next = links[links.indexOf(document.activeElement) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}
