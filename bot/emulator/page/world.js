/**
 * What the page knows of the world: a copy of the desk's state, kept true by
 * its events. It draws nothing; whoever draws listens.
 *
 * What always holds:
 * - `messages` of a channel are in the order of their ids, without doubles;
 * - an interaction that settled before its request returned is not lost.
 */

import { setClock } from "./clock.js";

export const EPHEMERAL = 64;
export const LOADING = 128;
export const COMPONENTS_V2 = 32768;

const PERMISSIONS = {
  administrator: 1n << 3n,
  manage_guild: 1n << 5n,
  view_channel: 1n << 10n,
  manage_messages: 1n << 13n,
};

/** Compare two snowflakes as the numbers they are. */
export function compareIds(a, b) {
  return a.length === b.length ? (a < b ? -1 : Number(a > b)) : a.length - b.length;
}

export class World extends EventTarget {
  me = null;
  bot = null;
  users = new Map();
  guilds = [];
  dms = [];
  commands = [];
  controls = [];
  faults = [];
  openapi = false;
  messages = new Map(); // channel id -> messages, oldest first
  complete = new Set(); // channels whose first message is known
  unread = new Set();
  #settled = new Map(); // interaction id -> its last event, when nobody waited yet
  #waiting = new Map(); // interaction id -> what to call with each event

  /** Take the desk's whole state. */
  load(state) {
    this.me = state.me;
    this.bot = state.bot;
    this.users = new Map(state.users.map((user) => [user.id, user]));
    this.guilds = state.guilds;
    this.dms = state.dms;
    this.commands = state.commands;
    this.controls = state.controls ?? [];
    this.faults = state.faults ?? [];
    this.openapi = Boolean(state.openapi);
    setClock(state.clock);
    this.tell("state");
  }

  /** Forget every message: another person sees other ones. */
  forget() {
    this.messages.clear();
    this.complete.clear();
  }

  tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** Return the guild with this id. */
  guild(id) {
    return this.guilds.find((guild) => guild.id === id) ?? null;
  }

  /** Return the channel (of a guild, or a direct one) with this id. */
  channel(id) {
    for (const guild of this.guilds) {
      const found = guild.channels.find((channel) => channel.id === id);
      if (found) return { guild_id: guild.id, ...found };
    }
    return this.dms.find((channel) => channel.id === id) ?? null;
  }

  /** Return the guild's member record of a user. */
  member(guildId, userId) {
    return this.guild(guildId)?.members.find((member) => member.user.id === userId) ?? null;
  }

  /** Return the name under which a user is seen in a guild (or anywhere). */
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

  /** Return my permissions in a channel as a bit set; everything in a direct message. */
  permissions(channelId) {
    const channel = this.channel(channelId);
    const guild = this.guild(channel?.guild_id);
    const member = guild && this.member(guild.id, this.me.id);
    if (!guild || !member) return ~0n;
    if (guild.owner_id === this.me.id) return ~0n;
    const mine = new Set([guild.id, ...member.roles]);
    let bits = guild.roles
      .filter((role) => mine.has(role.id))
      .reduce((sum, role) => sum | BigInt(role.permissions), 0n);
    if (bits & PERMISSIONS.administrator) return ~0n;
    const overwrites = channel.permission_overwrites ?? [];
    const apply = (list) => {
      for (const overwrite of list) bits &= ~BigInt(overwrite.deny);
      for (const overwrite of list) bits |= BigInt(overwrite.allow);
    };
    apply(overwrites.filter((overwrite) => overwrite.id === guild.id));
    apply(overwrites.filter((overwrite) => overwrite.id !== guild.id && mine.has(overwrite.id)));
    apply(overwrites.filter((overwrite) => overwrite.id === this.me.id));
    return bits;
  }

  /** Say whether I have a permission, by its Discord name in lower case. */
  may(channelId, permission) {
    return Boolean(this.permissions(channelId) & PERMISSIONS[permission]);
  }

  /** Put messages into a channel's list, in order, replacing those already there. */
  put(channelId, messages) {
    const known = new Map((this.messages.get(channelId) ?? []).map((message) => [message.id, message]));
    for (const message of messages) known.set(message.id, message);
    this.messages.set(
      channelId,
      [...known.values()].sort((a, b) => compareIds(a.id, b.id)),
    );
  }

  /**
   * Make room for a channel's newest messages, fetched anew: what was deleted meanwhile goes. Older
   * ones stay when the new page reaches back to them; says whether it does.
   */
  renew(channelId, newest) {
    const known = this.messages.get(channelId) ?? [];
    const first = newest[0]?.id;
    const overlaps = Boolean(first) && known.some((message) => message.id === first);
    this.messages.set(
      channelId,
      overlaps ? known.filter((message) => compareIds(message.id, first) < 0) : [],
    );
    return overlaps;
  }

  /** Call `listener(event)` for what becomes of an interaction; the last call has state done, failed or modal. */
  follow(id, listener) {
    const early = this.#settled.get(id) ?? [];
    this.#settled.delete(id);
    this.#waiting.set(id, listener);
    for (const event of early) this.#settle(event);
  }

  #settle(event) {
    const listener = this.#waiting.get(event.id);
    if (!listener) {
      this.#settled.set(event.id, [...(this.#settled.get(event.id) ?? []), event]);
      if (this.#settled.size > 200) this.#settled.delete(this.#settled.keys().next().value);
      return;
    }
    if (["done", "failed", "modal"].includes(event.state)) this.#waiting.delete(event.id);
    listener(event);
  }

  /** Take one event of the desk. */
  hear(event) {
    const heard = this[`on_${event.type}`];
    if (heard) heard.call(this, event);
    else this.tell(event.type, event);
  }

  on_message_create({ message }) {
    const list = this.messages.get(message.channel_id);
    if (list) this.put(message.channel_id, [message]);
    this.tell("message", { message, fresh: true });
  }

  on_message_update({ message }) {
    const list = this.messages.get(message.channel_id);
    const index = list?.findIndex((known) => known.id === message.id) ?? -1;
    if (index >= 0) list[index] = message;
    this.tell("message", { message, fresh: false });
  }

  on_message_delete({ channel_id: channelId, id }) {
    const list = this.messages.get(channelId) ?? [];
    this.messages.set(
      channelId,
      list.filter((message) => message.id !== id),
    );
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
    for (const list of [this.dms, ...this.guilds.map((guild) => guild.channels)]) {
      const index = list.findIndex((known) => known.id === channel.id);
      if (index >= 0) list[index] = { ...list[index], ...channel };
    }
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

  on_commands_update({ commands }) {
    this.commands = commands;
    this.tell("commands");
  }

  on_clock(clock) {
    setClock(clock);
    this.tell("clock", clock);
  }

  on_bot({ online }) {
    this.bot = { ...this.bot, online };
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
