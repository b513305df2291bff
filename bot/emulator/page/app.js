/**
 * The page: joins the parts, follows the address, and remembers on this machine
 * who I am, where I was and what I had begun to write.
 */

import { fill, h, icon } from "./dom.js";
import { format, startClock, worldNow } from "./clock.js";
import { Chat } from "./chat.js";
import { Composer } from "./composer.js";
import { Events, get, post, query } from "./desk.js";
import { openModal } from "./modal.js";
import { complain, notice, settle, tell } from "./notices.js";
import { Panel, controlLabel, isShown } from "./panel.js";
import { Places } from "./places.js";
import { World } from "./world.js";

/**
 * Return an element of the page's frame, which is always there.
 * @param {string} id
 * @returns {any}
 */
const $ = (id) => document.getElementById(id);
const MEMORY = "local-discord";
const narrow = matchMedia("(max-width: 900px)");
const memory = { drafts: {}, channels: {}, members: true, ...read() };

function read() {
  try {
    return JSON.parse(localStorage.getItem(MEMORY) ?? "{}") ?? {};
  } catch {
    return {};
  }
}

function remember(change) {
  Object.assign(memory, change);
  try {
    localStorage.setItem(MEMORY, JSON.stringify(memory));
  } catch {
    // A full or forbidden store costs the memory of this page, nothing else.
  }
}

// ---------------------------------------------------------------- the parts

const world = new World();
const chat = new Chat(
  world,
  { scroller: $("scroller"), list: $("messages"), jump: $("jump") },
  {
    tell,
    complain,
    modal: (event) => openModal(event, { world, chat, tell }),
    begin: (path) => composer.begin(path),
  },
);
const composer = new Composer(
  world,
  chat,
  {
    form: $("composer"),
    box: $("composer-box"),
    text: $("composer-text"),
    picker: $("picker"),
    hint: $("composer-hint"),
    send: $("send"),
  },
  {
    tell,
    remember: (channelId, text) => remember({ drafts: { ...memory.drafts, [channelId]: text || undefined } }),
  },
);
const places = new Places(
  world,
  {
    rail: $("rail-list"),
    channels: $("channel-list"),
    title: $("guild-name"),
    members: $("members-list"),
    me: $("me"),
  },
  { become, complain, nameOfDirect: (channel) => chat.nameOfDirect(channel) },
);
const panel = new Panel(
  world,
  { root: $("panel"), toggle: $("panel-toggle") },
  { complain, tell, remember: (open) => remember({ panel: open }) },
);
const events = new Events((event) => world.hear(event), lineChanged);

// ---------------------------------------------------------------- who and where

/** The id of who I am, or am about to be. @type {string | null} */
let who = null;
/** The last fetch of the state. @type {Promise<void> | null} */
let newest = null;

/** Fetch the state as the person `as`; resolves once the newest state is taken. */
function load(as) {
  who = as;
  const fetched = get(`state${query({ as })}`).then((state) => (fetched === newest ? take(state) : newest));
  newest = fetched;
  return fetched;
}

function take(state) {
  world.load(state);
  who = world.me.id;
  remember({ me: who });
}

async function become(id) {
  const before = who;
  try {
    await load(id);
    world.forget();
    chat.close();
    settle();
    events.open(world.me.id, true);
    tell(`You are ${world.nameOf(world.me)}`);
  } catch (error) {
    who = before;
    complain(/** @type {Error} */ (error));
  }
}

/** The first channel's opening. @type {Promise<void> | null} */
let begun = null;

async function lineChanged(open) {
  $("line-lost").hidden = open;
  if (!open) return;
  try {
    await begun;
    await load(who);
    await route();
    await chat.refresh();
    if (world.controls.includes("greet")) await post("controls/greet"); // it says again what still holds
    await mountAnnexes();
    document.body.dataset.ready = "true";
  } catch (error) {
    complain(/** @type {Error} */ (error));
  }
}

/** The parts of the page that the embedding program brings along; each is mounted once. @type {Set<string>} */
const mounted = new Set();
const opened = location.hash.replace(/^#/u, "");

async function mountAnnexes() {
  for (const name of world.annexes.filter((each) => !mounted.has(each))) {
    mounted.add(name);
    const annex = await import(`./${name}.js`);
    annex.mount({ get, post, complain, tell, opened });
  }
}

/** Find the place that the address names: `#/GUILD/CHANNEL[/MESSAGE]`, `#/@me/CHANNEL`, `#channel/NAME[/MESSAGE]`. */
function placeOf(hash) {
  const parts = decodeURIComponent(hash.replace(/^#\/?/u, "")).split("/").filter(Boolean);
  if (parts[0] === "channel") {
    const named = world.guilds
      .flatMap((guild) => guild.channels)
      .find((channel) => channel.name === parts[1]);
    return named ? { channel: world.channel(named.id), messageId: parts[2] ?? null } : null;
  }
  const [home, channelId, messageId = null] = parts;
  if (channelId) {
    const channel = world.channel(channelId);
    return channel ? { channel, messageId } : null;
  }
  const guild = world.guild(home);
  if (!guild) return home === "@me" && world.dms[0] ? { channel: world.dms[0], messageId: null } : null;
  const texts = guild.channels.filter(
    (channel) => [0, 5].includes(channel.type) && world.may(channel.id, "view_channel"),
  );
  const known = texts.find((channel) => channel.id === memory.channels[guild.id]) ?? texts[0];
  return known ? { channel: world.channel(known.id), messageId: null } : null;
}

async function route() {
  const wanted =
    placeOf(location.hash) ??
    placeOf(memory.place ?? "") ??
    placeOf(`#/${world.guilds[0]?.id}`) ??
    placeOf("#/@me");
  if (!wanted?.channel) return;
  const { channel, messageId } = wanted;
  const home = channel.guild_id ?? "@me";
  const address = `#/${home}/${channel.id}${messageId ? `/${messageId}` : ""}`;
  if (location.hash !== address) history.replaceState(null, "", address);
  remember({ place: `#/${home}/${channel.id}`, channels: { ...memory.channels, [home]: channel.id } });
  drawer("");
  places.open(channel.guild_id ?? null, channel.id);
  drawHead(channel);
  composer.open(channel, composer.channel?.id === channel.id ? undefined : (memory.drafts[channel.id] ?? ""));
  await chat.open(channel, messageId);
}

function drawHead(channel) {
  const name = channel.guild_id ? channel.name : chat.nameOfDirect(channel);
  fill($("head-icon"), icon(channel.guild_id ? "hash" : "at", 22));
  $("head-name").textContent = name;
  $("head-topic").textContent = channel.topic ?? "";
  $("scroller").setAttribute("aria-label", `Messages in ${name}`);
  document.title = channel.guild_id ? `#${name} | ${world.guild(channel.guild_id)?.name}` : `@${name}`;
}

// ---------------------------------------------------------------- the head's buttons

function theme() {
  return memory.theme ?? (matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark");
}

function drawTheme() {
  document.documentElement.dataset.theme = theme();
  const other = theme() === "dark" ? "light" : "dark";
  $("theme-toggle").setAttribute("aria-label", `Use the ${other} theme`);
  fill($("theme-toggle"), icon(theme() === "dark" ? "sun" : "moon"));
}

function drawMembers() {
  document.body.dataset.members = String(memory.members);
  const shown = narrow.matches ? document.body.dataset.drawer === "right" : memory.members;
  $("members-toggle").setAttribute("aria-expanded", String(shown));
}

function drawer(side) {
  document.body.dataset.drawer = document.body.dataset.drawer === side ? "" : side;
  drawMembers();
  if (document.body.dataset.drawer === "left")
    ($("channel-list").querySelector("[aria-current]") ?? $("channel-list").querySelector("a"))?.focus();
}

function drawControls() {
  const shown = world.controls.filter((name) => isShown(name) && !/bot/u.test(name));
  fill(
    $("head-controls"),
    shown.map((name) => {
      const node = h(
        "button",
        { type: "button", class: ["head-control", name.startsWith("let_") && "is-inviting"] },
        icon("people", 18),
        h("span", {}, controlLabel(name)),
      );
      node.addEventListener("click", () => post(`controls/${encodeURIComponent(name)}`).catch(complain));
      return node;
    }),
  );
}

function drawBot() {
  const { bot } = world;
  $("bot-offline").hidden = !bot || bot.online;
  if (!bot) return;
  const name = world.nameOf(bot.user);
  $("bot-offline").textContent = `${name} is offline: it answers nothing until it is back.`;
}

function drawClock() {
  const ahead = Math.round(worldNow() - Date.now() / 1000);
  $("head-clock").hidden = Math.abs(ahead) < 2;
  const text = format(worldNow(), "s");
  if ($("head-clock-text").textContent !== text) $("head-clock-text").textContent = text;
  panel.tick();
}

/** Walk over the page's regions, as chats do with F6. */
function nextRegion(back) {
  const regions = ["rail-list", "channel-list", "messages", "composer", "members-list", "panel"]
    .map($)
    .filter((node) => node.offsetParent !== null || node === $("composer"));
  const at = regions.findIndex((node) => node.contains(document.activeElement));
  const next = regions[(at + (back ? -1 : 1) + regions.length) % regions.length];
  if (next === $("composer")) composer.focus();
  else if (next === $("messages")) chat.focusLast();
  else (next.querySelector("a, button, input, [tabindex]") ?? next).focus();
}

function listen() {
  window.addEventListener("hashchange", () => route().catch(complain));
  narrow.addEventListener("change", drawMembers);
  matchMedia("(prefers-color-scheme: light)").addEventListener("change", drawTheme);
  $("theme-toggle").addEventListener("click", () => {
    remember({ theme: theme() === "dark" ? "light" : "dark" });
    drawTheme();
  });
  $("members-toggle").addEventListener("click", () => {
    if (narrow.matches) return drawer("right");
    remember({ members: !memory.members });
    return drawMembers();
  });
  $("menu-toggle").addEventListener("click", () => drawer("left"));
  $("drawer-cover").addEventListener("click", () => drawer(""));
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const skips = document.querySelectorAll("a.skip");
  for (const skip of skips) {
    skip.addEventListener("click", (event) => {
      event.preventDefault(); // the address names a place in the world, not one in the page
      if (skip.hash === "#composer-text") composer.focus();
      else if (skip.hash === "#messages") chat.focusLast();
      else $(skip.hash.slice(1)).querySelector("a")?.focus();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "F6") {
      event.preventDefault();
      nextRegion(event.shiftKey);
    } else if (event.key === "Escape" && document.body.dataset.drawer) {
      drawer("");
    } else if (
      event.key.length === 1 &&
      !event.ctrlKey &&
      !event.metaKey &&
      !event.altKey &&
      writesElsewhere(event.target, event.key)
    ) {
      composer.focus(); // as in every chat, typing anywhere writes; the key arrives in the box
    }
  });
  for (const type of ["state", "controls"]) world.addEventListener(type, drawControls);
  for (const type of ["state", "bot"]) world.addEventListener(type, drawBot);
  world.on("notice", (detail) => notice(detail));
  world.addEventListener("stale", reload);
  world.addEventListener("places", () => chat.channel && !world.channel(chat.channel.id) && route());
  world.addEventListener("reset", async () => {
    world.forget();
    chat.close();
    await reload();
    await route();
  });
}

/**
 * Say whether a key pressed at `target` is meant for nothing there: whoever has clicked a button and
 * then types wants to write. Space and Enter press the button, as everywhere.
 */
function writesElsewhere(target, key) {
  if (!(target instanceof Element) || target.closest("input, textarea, select, dialog, [popover]"))
    return false;
  return key !== " " || !target.closest("button, a, summary, [role=button]");
}

/** The fetch that has not begun yet. @type {Promise<void> | null} */
let reloading = null;
/** @type {Promise<void>} */
let last = Promise.resolve();

/** Fetch the state again: once for any number of reasons, but always after the last of them. */
function reload() {
  reloading ??= last.then(() => {
    reloading = null;
    last = load(who).catch(complain);
    return last;
  });
  return reloading;
}

async function start() {
  drawTheme();
  drawMembers();
  listen();
  startClock(drawClock);
  if (memory.panel) panel.show(true);
  try {
    await load(memory.me).catch(() => load(null));
  } catch (error) {
    complain(/** @type {Error} */ (error));
    $("line-lost").hidden = false;
    setTimeout(() => location.reload(), 3000);
    return;
  }
  begun = route().catch(complain);
  events.open(world.me.id, true);
}

start();
