/**
 * The developer's side panel: the traffic between the app and this local
 * Discord, faults to order, the clock, and what the embedding program offers.
 */

import { fill, h, icon } from "./dom.js";
import { format, worldNow } from "./clock.js";
import { get, post } from "./desk.js";
import { ask } from "./modal.js";

/** @typedef {import("./world.js").World} World */

const KEPT = 600; // entries held; older ones stay in the log of the desk

/** Write a control's name ("let_players_answer") as a person would. */
export function controlLabel(name) {
  const words = name.replaceAll("_", " ");
  return words[0].toUpperCase() + words.slice(1);
}

/** Say whether a control is for people; `greet` and `start_over` are called by the page where they fit. */
export function isShown(name) {
  return !["greet", "start_over"].includes(name);
}

export class Panel {
  /** @type {LogEntry[]} */
  #entries = [];
  #filter = "";
  #onlyFaulty = false;
  #paused = false;
  #drawing = false;
  #fetched = false;
  log = h("ol", { class: "log", "aria-label": "Requests and events", tabindex: 0 });
  tools = h("div", { class: "tools" });
  verdict = h("p", { class: "log-verdict", role: "status" });
  /** Ids of the entries in the list. @type {Set<number>} */
  #shown = new Set();

  /**
   * @param {World} world
   * @param {{root: HTMLElement, toggle: HTMLElement}} nodes
   * @param {{complain: (error: Error) => void, tell: (text: string) => void, remember: (open: boolean) => void}} hands
   */
  constructor(world, { root, toggle }, { complain, tell, remember }) {
    this.world = world;
    this.root = root;
    this.toggle = toggle;
    this.complain = complain;
    this.tell = tell;
    this.remember = remember;
    this.tabs = new Map();
    toggle.addEventListener("click", () => this.show(root.hidden));
    world.on("log", ({ entry }) => this.#heard(entry));
    for (const type of ["controls", "faults", "clock", "state", "bot", "places"])
      world.addEventListener(type, () => this.#drawTools());
    this.#build();
  }

  /** Open or close the panel. */
  show(open) {
    this.root.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
    this.remember(open);
    if (!open) return;
    this.#drawTools();
    this.#drawLog();
    if (!this.#fetched) this.#fetch();
  }

  async #fetch() {
    this.#fetched = true;
    try {
      const { entries } = await get("log?since=0");
      const known = new Set(this.#entries.map((entry) => entry.id));
      this.#entries = [...entries.filter((entry) => !known.has(entry.id)), ...this.#entries].slice(-KEPT);
      this.#drawLog();
    } catch (error) {
      this.complain(/** @type {Error} */ (error));
    }
  }

  // -------------------------------------------------------------- frame

  #build() {
    const close = h(
      "button",
      { type: "button", class: "icon-button", "aria-label": "Close the developer panel" },
      icon("close"),
    );
    close.addEventListener("click", () => {
      this.show(false);
      this.toggle.focus();
    });
    const search = h("input", {
      type: "search",
      class: "text-input",
      placeholder: "Filter by path, event or text",
      "aria-label": "Filter the traffic",
    });
    search.addEventListener("input", () => {
      this.#filter = search.value.trim().toLowerCase();
      this.#drawLog();
    });
    const onlyFaults = this.#switch("Only faults", (on) => {
      this.#onlyFaulty = on;
      this.#drawLog();
    });
    const pause = this.#switch("Pause", (on) => {
      this.#paused = on;
      if (!on) this.#drawLog();
    });
    const clear = h("button", { type: "button", class: "small-button" }, "Clear");
    clear.addEventListener("click", () => {
      this.#entries = [];
      this.#drawLog();
    });
    const traffic = h(
      "div",
      { class: "traffic" },
      h("div", { class: "log-bar" }, search, onlyFaults, pause, clear),
      this.verdict,
      this.log,
    );
    fill(
      this.root,
      h("div", { class: "panel-head" }, h("h2", {}, "Developer"), close),
      this.#tablist([
        ["Tools", this.tools],
        ["Traffic", traffic],
      ]),
      this.tools,
      traffic,
    );
  }

  /** @param {[string, HTMLElement][]} pairs */
  #tablist(pairs) {
    const list = h("div", { class: "tabs", role: "tablist", "aria-label": "Developer panel" });
    /** @type {HTMLButtonElement[]} */
    const tabs = [];
    const select = (/** @type {HTMLElement} */ chosen) => {
      pairs.forEach(([, page], index) => {
        const tab = tabs[index];
        tab.setAttribute("aria-selected", String(page === chosen));
        tab.tabIndex = page === chosen ? 0 : -1;
        page.hidden = page !== chosen;
      });
    };
    for (const [label, page] of pairs) {
      page.setAttribute("role", "tabpanel");
      page.setAttribute("aria-label", label);
      const tab = h("button", { type: "button", role: "tab", class: "tab" }, label);
      tab.addEventListener("click", () => select(page));
      tabs.push(tab);
      list.append(tab);
    }
    list.addEventListener("keydown", (event) => {
      if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      const next = document.activeElement === tabs[0] ? tabs[1] : tabs[0];
      next.click();
      next.focus();
    });
    select(pairs[0][1]);
    return list;
  }

  #switch(label, change) {
    const node = h("button", { type: "button", class: "small-button", "aria-pressed": "false" }, label);
    node.addEventListener("click", () => {
      const on = node.getAttribute("aria-pressed") !== "true";
      node.setAttribute("aria-pressed", String(on));
      change(on);
    });
    return node;
  }

  // -------------------------------------------------------------- tools

  #drawTools() {
    if (this.root.hidden) return;
    const active = document.activeElement;
    const focused = active instanceof HTMLElement && this.tools.contains(active) ? active.dataset.tool : null;
    fill(
      this.tools,
      this.#clockTools(),
      this.#controlTools(),
      this.#faultTools(),
      this.#rightTools(),
      this.#worldTools(),
    );
    if (focused) this.#toolNamed(focused)?.focus();
  }

  /**
   * Return the tool with this label, where it is drawn.
   * @param {string} label
   */
  #toolNamed(label) {
    const all = /** @type {NodeListOf<HTMLElement>} */ (this.tools.querySelectorAll("[data-tool]"));
    return [...all].find((node) => node.dataset.tool === label);
  }

  #tool(label, act, extra = "") {
    const node = h(
      "button",
      { type: "button", class: ["tool-button", extra], dataset: { tool: label } },
      label,
    );
    node.addEventListener("click", async () => {
      try {
        if ((await act()) !== null) this.tell(`${label}: done`);
      } catch (error) {
        this.complain(/** @type {Error} */ (error));
      }
    });
    return node;
  }

  #group(title, note, ...nodes) {
    return h(
      "section",
      { class: "tool-group", "aria-label": title },
      h("h3", {}, title),
      note ? h("p", { class: "tool-note" }, note) : null,
      h("div", { class: "tool-row" }, nodes),
    );
  }

  #clockTools() {
    const forward = (seconds) => () => post("clock", { forward: seconds });
    this.clockFace = h("span", { class: "clock-face" });
    this.tick();
    return this.#group(
      "Clock",
      h("span", {}, "Here it is ", this.clockFace),
      this.#tool("+1 minute", forward(60)),
      this.#tool("+1 hour", forward(3600)),
      this.#tool("+1 day", forward(86400)),
      this.#tool("To tomorrow 09:00", () => post("clock", { forward: untilTomorrow(9) })),
      this.#tool("To…", () => this.#clockTo()),
      this.#tool("Back to real time", () => post("clock", { offset: 0 })),
    );
  }

  /** Show the time anew; called each second. */
  tick() {
    if (!this.root.hidden && this.clockFace)
      this.clockFace.textContent = `${format(worldNow(), "D")}, ${format(worldNow(), "T")}`;
  }

  #clockTo() {
    const value = localInput(worldNow() + 3600);
    const fields = [
      { name: "at", label: "To (your time zone)", type: "datetime-local", value, required: true },
    ];
    return ask("Set the clock forward", fields, "Go there", ({ at }) => {
      const seconds = new Date(at).getTime() / 1000 - worldNow();
      if (!(seconds > 0)) throw new Error("That instant is past: the clock goes forward only.");
      return post("clock", { forward: seconds });
    });
  }

  #controlTools() {
    const controls = this.world.controls.filter(isShown);
    if (!controls.length) return null;
    return this.#group(
      "Program",
      null,
      controls.map((name) =>
        this.#tool(controlLabel(name), () => post(`controls/${encodeURIComponent(name)}`)),
      ),
    );
  }

  #faultTools() {
    const order = (fault) => () => post("faults", fault);
    const routes = {
      "every request": "*",
      messages: "POST /channels/*/messages",
      "answers to interactions": "POST /interactions/*/*/callback",
    };
    const custom = () => {
      /** @type {[string, string][]} */
      const kinds = [
        ["status", "Answer a status"],
        ["delay", "Slow down"],
        ["lost", "Close without an answer"],
        ["rate_limit", "Rate limit"],
      ];
      /** @type {AskField[]} */
      const fields = [
        { name: "kind", label: "Kind", options: kinds },
        {
          name: "route",
          label: "Which requests",
          options: Object.entries(routes).map(([label, value]) => [value, label]),
        },
        { name: "number", label: "Status, or seconds", type: "number", value: 500, min: 0 },
        { name: "times", label: "How often", type: "number", value: 1, min: 1 },
      ];
      return ask("Order a fault", fields, "Order", ({ kind, route, number, times }) => {
        const amount = Number(number);
        const extra = {
          status: { status: amount },
          delay: { seconds: amount },
          rate_limit: { retry_after: amount },
          lost: {},
        }[kind];
        return post("faults", { kind, route, times: Number(times), ...extra });
      });
    };
    const standing = this.world.faults.map((fault) => h("li", {}, describe(fault)));
    return this.#group(
      "Faults",
      "What can happen between an app and Discord.",
      this.#tool("Drop the gateway", order({ kind: "drop" })),
      this.#tool("Ask to reconnect (op 7)", order({ kind: "reconnect" })),
      this.#tool("Invalid session (op 9)", order({ kind: "invalid_session", resumable: false })),
      this.#tool("Answer 500 to the next 3", order({ kind: "status", status: 500, route: "*", times: 3 })),
      this.#tool("Slow down by 2 s, 10 times", order({ kind: "delay", route: "*", seconds: 2, times: 10 })),
      this.#tool("Lose the next answer", order({ kind: "lost", route: "*", times: 1, acts: true })),
      this.#tool(
        "Deliver the next press twice",
        order({ kind: "twice", event: "INTERACTION_CREATE", times: 1 }),
      ),
      this.#tool("Other…", custom),
      standing.length
        ? h(
            "div",
            { class: "standing" },
            h("span", {}, "Ordered:"),
            h("ul", {}, standing),
            this.#tool("Clear all faults", () => post("faults/clear", {})),
          )
        : null,
    );
  }

  /** Return the server and the channel that the address names, as far as they are there. */
  #here() {
    const [, home, channelId] = location.hash.split("/");
    const guild = this.world.guild(home) ?? this.world.guilds[0] ?? null;
    return { guild, channel: guild?.channels.find((each) => each.id === channelId) ?? null };
  }

  #rightTools() {
    const { guild, channel } = this.#here();
    const bot = this.world.bot?.user;
    if (!guild || !bot || !this.world.member(guild.id, bot.id)) return null;
    const name = this.world.nameOf(bot, guild.id);
    return this.#group(
      "Rights",
      `What ${name} may do, to give and to take away.`,
      channel ? this.#tool(`In #${channel.name}…`, () => this.#permitHere(guild, channel, bot, name)) : null,
      this.#tool(`In all of ${guild.name}…`, () => this.#permit(guild, bot, name)),
    );
  }

  #permitHere(guild, channel, bot, name) {
    const usual = guild.bot_permissions;
    const { allow: given, deny: taken } = channel.bot_overwrite ?? { allow: [], deny: [] };
    const value = [...usual.filter((right) => !taken.includes(right)), ...given];
    /** @type {AskField} */
    const boxes = { name: "may", label: "It may", type: "checks", options: this.#rights(), value };
    return ask(`What ${name} may do in #${channel.name}`, [boxes], "Set", ({ may }) => {
      const allow = may.filter((right) => !usual.includes(right));
      const deny = usual.filter((right) => !may.includes(right));
      return post("permissions", { channel_id: channel.id, user_id: bot.id, allow, deny });
    });
  }

  #permit(guild, bot, name) {
    const held = guild.bot_permissions;
    /** @type {AskField} */
    const boxes = { name: "may", label: "It may", type: "checks", options: this.#rights(), value: held };
    const note = "What everybody in the server may do stays allowed; take that away in a channel.";
    return ask(
      `What ${name} may do in ${guild.name}`,
      [boxes],
      "Set",
      ({ may }) => {
        const give = may.filter((right) => !held.includes(right));
        const take = held.filter((right) => !may.includes(right));
        return give.length || take.length
          ? post("permissions", { guild_id: guild.id, user_id: bot.id, give, take })
          : {};
      },
      { note },
    );
  }

  /**
   * Return every permission with the words for it.
   * @returns {[string, string][]}
   */
  #rights() {
    const words = (right) => controlLabel(right.replace("guild", "server").replace("tts", "spoken"));
    return this.world.permissions.map((right) => [
      right,
      right === "use_vad" ? "Use voice activity" : words(right),
    ]);
  }

  #worldTools() {
    const program = this.world.controls.includes("start_over");
    const reset = () =>
      ask("Reset the world?", [], "Reset", () => post(program ? "controls/start_over" : "reset"), {
        danger: true,
        note: "Every channel is emptied, and the people are put back as at the start. This cannot be taken back.",
      });
    const addChannel = () => {
      const fields = [{ name: "name", label: "Name", value: "", required: true }];
      return ask("Add a channel", fields, "Add", ({ name }) =>
        post("channels", { guild_id: this.#here().guild?.id, name: name.trim() }),
      );
    };
    return this.#group(
      "World",
      "The reset empties every channel and puts the people back as at the start.",
      this.#tool("Add a channel…", addChannel),
      this.#tool("Reset the world…", reset, "is-danger"),
    );
  }

  // -------------------------------------------------------------- traffic

  #heard(entry) {
    // An entry may be told twice: when it began to wait, and when it ended.
    this.#entries = this.#entries.filter((known) => known.id !== entry.id);
    this.#entries.push(entry);
    this.#shown.delete(entry.id);
    if (this.#entries.length > KEPT) this.#entries.splice(0, this.#entries.length - KEPT);
    if (this.root.hidden || this.#paused || this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      this.#appendLog();
    });
  }

  #fits(entry) {
    if (this.#onlyFaulty && !faulty(entry)) return false;
    return (
      !this.#filter ||
      `${entry.method ?? ""} ${entry.path ?? ""} ${entry.event ?? ""} ${JSON.stringify(entry.request ?? "")} ${JSON.stringify(entry.response ?? "")}`
        .toLowerCase()
        .includes(this.#filter)
    );
  }

  #drawLog() {
    if (this.root.hidden) return;
    const fitting = this.#entries.filter((entry) => this.#fits(entry));
    this.#shown = new Set(fitting.map((entry) => entry.id));
    fill(this.log, fitting.map(row));
    this.log.scrollTop = this.log.scrollHeight;
    this.#drawVerdict();
  }

  #appendLog() {
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 60;
    for (const entry of this.#entries) {
      if (this.#shown.has(entry.id) || !this.#fits(entry)) continue;
      this.#shown.add(entry.id);
      this.log.querySelector(`[data-id="${entry.id}"]`)?.remove();
      this.log.append(row(entry));
    }
    for (const old of [...this.log.children].slice(0, -KEPT)) {
      this.#shown.delete(Number(old.getAttribute("data-id")));
      old.remove();
    }
    if (atEnd) this.log.scrollTop = this.log.scrollHeight;
    this.#drawVerdict();
  }

  #drawVerdict() {
    const requests = this.#entries.filter((entry) => entry.kind === "rest");
    const wrong = requests.filter((entry) => problems(entry).length).length;
    const text = this.world.openapi
      ? `${requests.length} requests, ${wrong ? `${wrong} against` : "all as in"} Discord's API description.`
      : `${requests.length} requests. Discord's API description is not at hand, so they are not checked.`;
    if (this.verdict.textContent !== text) this.verdict.textContent = text;
  }
}

function problems(entry) {
  return entry.problems ?? [];
}

function faulty(entry) {
  return problems(entry).length > 0 || Number(entry.status) >= 400 || (entry.faults ?? []).length > 0;
}

function row(entry) {
  const at = typeof entry.at === "string" ? Date.parse(entry.at) / 1000 : entry.at;
  const label =
    entry.kind === "rest" ? `${entry.method} ${entry.path}` : (entry.event ?? entry.path ?? entry.kind);
  const details = h(
    "details",
    { class: ["entry", `entry-${entry.kind}`, faulty(entry) && "is-faulty"] },
    h(
      "summary",
      {},
      h("span", { class: "entry-time" }, format(at, "T")),
      h(
        "span",
        { class: "entry-kind" },
        { rest: "REST", dispatch: "EVENT", gateway: "GATE" }[entry.kind] ?? entry.kind,
      ),
      h("span", { class: "entry-label" }, label),
      entry.status
        ? h("span", { class: ["entry-status", entry.status >= 400 && "is-bad"] }, String(entry.status))
        : null,
      entry.ms !== undefined && entry.ms !== null
        ? h("span", { class: "entry-ms" }, `${Number(entry.ms).toFixed(1)} ms`)
        : null,
      ...(entry.faults ?? []).map((fault) => h("span", { class: "entry-status is-bad" }, `✗ ${fault}`)),
      problems(entry).length ? h("span", { class: "entry-status is-bad" }, "✗ API") : null,
    ),
  );
  // The payload is written out when somebody looks at it, not before.
  details.addEventListener(
    "toggle",
    () => details.open && details.children.length === 1 && details.append(...payload(entry)),
  );
  return h("li", { dataset: { id: entry.id } }, details);
}

function payload(entry) {
  const parts = problems(entry).map((problem) =>
    h(
      "p",
      { class: "entry-problem" },
      icon("warning", 16),
      ` ${typeof problem === "string" ? problem : `${problem.path}: ${problem.message}`}`,
    ),
  );
  for (const [name, value] of [
    ["Request", entry.request],
    ["Response", entry.response],
    ["Payload", entry.payload ?? entry.data],
  ]) {
    if (value === undefined || value === null) continue;
    parts.push(
      h("h3", {}, name),
      h(
        "pre",
        { class: "payload", tabindex: 0 },
        typeof value === "string" ? value : JSON.stringify(value, null, 2),
      ),
    );
  }
  if (!parts.length) parts.push(h("p", { class: "tool-note" }, "No payload."));
  return parts;
}

function describe(fault) {
  const more = ["route", "status", "seconds", "event", "times"]
    .filter((name) => fault[name] !== undefined && fault[name] !== null)
    .map((name) => `${name} ${fault[name]}`);
  return [fault.kind, ...more].join(", ");
}

function untilTomorrow(hour) {
  const at = new Date(worldNow() * 1000);
  at.setDate(at.getDate() + 1);
  at.setHours(hour, 0, 0, 0);
  return at.getTime() / 1000 - worldNow();
}

function localInput(at) {
  const date = new Date(at * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}
