/**
 * What the page knows of the world: a copy of the desk's state, kept true by
 * its events. It draws nothing; whoever draws listens.
 *
 * What always holds:
 * - `messages` of a channel are in the order in which they came, without doubles;
 * - an interaction that settled before its request returned is not lost.
 */

import { setClock } from "./clock.js";

export const EPHEMERAL = 64;
export const LOADING = 128;
export const COMPONENTS_V2 = 32768;

export class World extends EventTarget {
  /** Who I am; there from the first `load` on. @type {User} */
  me = /** @type {any} */ (null);
  /** @type {Bot | null} */
  bot = null;
  /** @type {Map<string, User>} */
  users = new Map();
  /** @type {Guild[]} */
  guilds = [];
  /** @type {Channel[]} */
  dms = [];
  /** @type {Command[]} */
  commands = [];
  /** @type {string[]} */
  controls = [];
  /** The names of parts that the embedding program brings along. @type {string[]} */
  annexes = [];
  /** @type {Fault[]} */
  faults = [];
  openapi = false;
  /** The names of all permissions, in Discord's order. @type {string[]} */
  permissions = [];
  /** What the embedding program says of its bot. @type {About | null} */
  about = null;
  /** Channel id -> messages, oldest first. @type {Map<string, Message[]>} */
  messages = new Map();
  /** Channel id -> what has come since its messages are being fetched. @type {Map<string, Message[]>} */
  #came = new Map();
  /** Channels whose first message is known. @type {Set<string>} */
  complete = new Set();
  /** @type {Set<string>} */
  unread = new Set();
  /** Interaction id -> its events, when nobody waited yet. @type {Map<string, InteractionEvent[]>} */
  #settled = new Map();
  /** Interaction id -> what to call with each event. @type {Map<string, (event: InteractionEvent) => void>} */
  #waiting = new Map();

  /**
   * Take the desk's whole state.
   * @param {State} state
   */
  load(state) {
    this.me = state.me;
    this.bot = state.bot;
    this.users = new Map(state.users.map((user) => [user.id, user]));
    this.guilds = state.guilds;
    this.dms = state.dms;
    this.commands = state.commands;
    this.controls = state.controls ?? [];
    this.annexes = state.annexes ?? [];
    this.faults = state.faults ?? [];
    this.openapi = Boolean(state.openapi);
    this.permissions = state.permissions ?? [];
    this.about = state.about ?? null;
    setClock(state.clock);
    this.tell("state");
    this.tell("commands");
  }

  /** Forget every message: another person sees other ones. */
  forget() {
    this.messages.clear();
    this.complete.clear();
    this.#came.clear();
  }

  /**
   * Listen to what is told with a detail.
   * @param {string} type
   * @param {(detail: any) => void} listener
   */
  on(type, listener) {
    this.addEventListener(type, (event) => listener(/** @type {CustomEvent} */ (event).detail));
  }

  /**
   * Tell whoever listens to this world.
   * @param {string} type
   * @param {any} [detail]
   */
  tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /**
   * Return the guild with this id.
   * @param {string | null | undefined} id
   */
  guild(id) {
    return this.guilds.find((guild) => guild.id === id) ?? null;
  }

  /**
   * Return the channel (of a guild, or a direct one) with this id.
   * @param {string | null | undefined} id
   * @returns {Channel | null}
   */
  channel(id) {
    for (const guild of this.guilds) {
      const found = guild.channels.find((channel) => channel.id === id);
      if (found) return { guild_id: guild.id, ...found };
    }
    return this.dms.find((channel) => channel.id === id) ?? null;
  }

  /**
   * Return the guild's member record of a user.
   * @param {string | null | undefined} guildId
   * @param {string | undefined} userId
   */
  member(guildId, userId) {
    return this.guild(guildId)?.members.find((member) => member.user.id === userId) ?? null;
  }

  /**
   * Return the name under which a user is seen in a guild (or anywhere).
   * @param {User} user
   * @param {string | null} [guildId]
   */
  nameOf(user, guildId = null) {
    const nick = guildId ? this.member(guildId, user.id)?.nick : null;
    return nick || user.global_name || user.username || "Someone";
  }

  /** Return the colour of a member's highest coloured role, as "#rrggbb", or null. */
  colourOf(userId, guildId) {
    const guild = this.guild(guildId);
    const member = this.member(guildId, userId);
    if (!guild || !member) return null;
    const roles = guild.roles.filter((role) => member.roles.includes(role.id) && role.color);
    roles.sort((a, b) => b.position - a.position);
    return roles.length ? `#${roles[0].color.toString(16).padStart(6, "0")}` : null;
  }

  /**
   * Say whether I have a permission in a channel, by its Discord name in lower case: the desk tells.
   * @param {string} channelId
   * @param {string} permission
   */
  may(channelId, permission) {
    return this.channel(channelId)?.may?.includes(permission) ?? false;
  }

  /**
   * Put messages into a channel's list: new ones at its end, or before all others when they are `older`.
   * @param {string} channelId
   * @param {Message[]} messages
   */
  put(channelId, messages, { older = false } = {}) {
    const known = this.messages.get(channelId) ?? [];
    const fresh = new Map(messages.map((message) => [message.id, message]));
    const kept = known.map((message) => fresh.get(message.id) ?? message);
    for (const message of known) fresh.delete(message.id);
    this.messages.set(channelId, older ? [...fresh.values(), ...kept] : [...kept, ...fresh.values()]);
  }

  /** Take note of what comes from now on: it may be missing in what is fetched. */
  expect(channelId) {
    this.#came.set(channelId, []);
  }

  /** Add what has come meanwhile. */
  addCome(channelId) {
    this.put(channelId, this.#came.get(channelId) ?? []);
    this.#came.delete(channelId);
  }

  /**
   * Make room for a channel's newest messages, fetched anew: what was deleted meanwhile goes. Older
   * ones stay when the new page reaches back to them; says whether it does.
   * @param {string} channelId
   * @param {Message[]} newest
   */
  renew(channelId, newest) {
    const known = this.messages.get(channelId) ?? [];
    const first = known.findIndex((message) => message.id === newest[0]?.id);
    this.messages.set(channelId, known.slice(0, Math.max(0, first)));
    return first >= 0;
  }

  /**
   * Call `listener(event)` for what becomes of an interaction; the last call has state done, failed or modal.
   * @param {string} id
   * @param {(event: InteractionEvent) => void} listener
   */
  follow(id, listener) {
    const early = this.#settled.get(id) ?? [];
    this.#settled.delete(id);
    this.#waiting.set(id, listener);
    for (const event of early) this.#settle(event);
  }

  /** @param {InteractionEvent} event */
  #settle(event) {
    const listener = this.#waiting.get(event.id);
    if (!listener) {
      this.#settled.set(event.id, [...(this.#settled.get(event.id) ?? []), event]);
      const [oldest] = this.#settled.keys();
      if (this.#settled.size > 200) this.#settled.delete(oldest);
      return;
    }
    if (["done", "failed", "modal"].includes(event.state)) this.#waiting.delete(event.id);
    listener(event);
  }

  /** Take one event of the desk. */
  hear(event) {
    const heard = /** @type {any} */ (this)[`on_${event.type}`];
    if (heard) heard.call(this, event);
    else this.tell(event.type, event);
  }

  on_message_create({ message }) {
    const list = this.messages.get(message.channel_id);
    if (list) this.put(message.channel_id, [message]);
    this.#came.get(message.channel_id)?.push(message);
    this.tell("message", { message, fresh: true });
  }

  on_message_update({ message }) {
    for (const list of [this.messages.get(message.channel_id), this.#came.get(message.channel_id)]) {
      const index = list?.findIndex((known) => known.id === message.id) ?? -1;
      if (list && index >= 0) list[index] = message;
    }
    this.tell("message", { message, fresh: false });
  }

  on_message_delete({ channel_id: channelId, id }) {
    for (const known of [this.messages, this.#came]) {
      const left = known.get(channelId)?.filter((message) => message.id !== id);
      if (left) known.set(channelId, left);
    }
    this.tell("gone", { channelId, id });
  }

  on_interaction(event) {
    this.#settle(event);
  }

  on_channel_create({ channel }) {
    const home = channel.guild_id ? this.guild(channel.guild_id)?.channels : this.dms;
    if (home && !home.some((known) => known.id === channel.id)) home.push(channel);
    this.tell("places");
  }

  on_channel_update({ channel }) {
    const home = channel.guild_id ? this.guild(channel.guild_id)?.channels : this.dms;
    const index = home?.findIndex((/** @type {Channel} */ known) => known.id === channel.id) ?? -1;
    if (home && index >= 0) home[index] = { ...home[index], ...channel };
    else home?.push(channel); // it can be seen only now
    this.tell("places");
  }

  on_channel_delete({ channel }) {
    for (const guild of this.guilds)
      guild.channels = guild.channels.filter((known) => known.id !== channel.id);
    this.dms = this.dms.filter((known) => known.id !== channel.id);
    this.tell("places");
  }

  on_guild_update() {
    this.tell("stale");
  }

  on_member_update() {
    this.tell("stale");
  }

  on_people_update() {
    this.tell("stale");
  }

  on_commands_update() {
    this.tell("stale"); // the desk tells which of them may be used where
  }

  on_clock(clock) {
    setClock(clock);
    this.tell("clock", clock);
  }

  on_bot({ online }) {
    if (this.bot) this.bot.online = online;
    this.tell("bot");
  }

  on_faults({ faults }) {
    this.faults = faults;
    this.tell("faults");
  }

  on_controls({ controls }) {
    this.controls = controls;
    this.tell("controls");
  }
}
