/**
 * The developer's side panel: the traffic between the app and this local
 * Discord, faults to order, the clock, and what the embedding program offers.
 */

import { fill, h, icon } from "./dom.js";
import { format, worldNow } from "./clock.js";
import { get, post } from "./desk.js";
import { ask } from "./modal.js";

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
  #entries = [];
  #filter = "";
  #onlyFaulty = false;
  #paused = false;
  #drawing = false;
  #fetched = false;
  #shown = new Set(); // ids of the entries in the list

  constructor(world, { root, toggle }, { complain, tell, remember }) {
    Object.assign(this, { world, root, toggle, complain, tell, remember });
    this.tabs = new Map();
    toggle.addEventListener("click", () => this.show(root.hidden));
    world.addEventListener("log", ({ detail }) => this.#heard(detail.entry));
    for (const type of ["controls", "faults", "clock", "state", "bot"])
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
      this.complain(error);
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
    this.log = h("ol", { class: "log", "aria-label": "Requests and events", tabindex: 0 });
    this.tools = h("div", { class: "tools" });
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
    const faulty = this.#switch("Only faults", (on) => {
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
    this.verdict = h("p", { class: "log-verdict", role: "status" });
    const traffic = h(
      "div",
      { class: "traffic" },
      h("div", { class: "log-bar" }, search, faulty, pause, clear),
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

  #tablist(pairs) {
    const list = h("div", { class: "tabs", role: "tablist", "aria-label": "Developer panel" });
    const select = (chosen) => {
      pairs.forEach(([, page], index) => {
        const tab = list.children[index];
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
      list.append(tab);
    }
    list.addEventListener("keydown", (event) => {
      if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      const next = document.activeElement === list.children[0] ? list.children[1] : list.children[0];
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
    const focused = this.tools.contains(document.activeElement) ? document.activeElement.dataset.tool : null;
    fill(this.tools, this.#clockTools(), this.#controlTools(), this.#faultTools(), this.#worldTools());
    if (focused)
      [...this.tools.querySelectorAll("[data-tool]")].find((node) => node.dataset.tool === focused)?.focus();
  }

  #tool(label, act, extra = "") {
    const node = h(
      "button",
      { type: "button", class: ["tool-button", extra], dataset: { tool: label } },
      label,
    );
    node.addEventListener("click", async () => {
      try {
        await act();
        this.tell(`${label}: done`);
      } catch (error) {
        this.complain(error);
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

  async #clockTo() {
    const answer = await ask(
      "Set the clock forward",
      [
        {
          name: "at",
          label: "To (your time zone)",
          type: "datetime-local",
          value: localInput(worldNow() + 3600),
        },
      ],
      "Go there",
    );
    if (!answer?.at) return;
    const seconds = new Date(answer.at).getTime() / 1000 - worldNow();
    if (!(seconds > 0)) throw new Error("That instant is past: the clock goes forward only.");
    await post("clock", { forward: seconds });
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
    const custom = async () => {
      const answer = await ask(
        "Order a fault",
        [
          {
            name: "kind",
            label: "Kind",
            options: [
              ["status", "Answer a status"],
              ["delay", "Slow down"],
              ["lost", "Close without an answer"],
              ["rate_limit", "Rate limit"],
            ],
          },
          {
            name: "route",
            label: "Which requests",
            options: Object.entries(routes).map(([label, value]) => [value, label]),
          },
          { name: "number", label: "Status, or seconds", type: "number", value: 500, min: 0 },
          { name: "times", label: "How often", type: "number", value: 1, min: 1 },
        ],
        "Order",
      );
      if (!answer) return;
      const number = Number(answer.number);
      const extra = {
        status: { status: number },
        delay: { seconds: number },
        rate_limit: { retry_after: number },
        lost: {},
      }[answer.kind];
      await post("faults", { kind: answer.kind, route: answer.route, times: Number(answer.times), ...extra });
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

  #worldTools() {
    const reset = () => post(this.world.controls.includes("start_over") ? "controls/start_over" : "reset");
    const guildId = location.hash.split("/")[1] || this.world.guilds[0]?.id;
    const addChannel = async () => {
      const answer = await ask("Add a channel", [{ name: "name", label: "Name", value: "" }], "Add");
      if (answer?.name.trim()) await post("channels", { guild_id: guildId, name: answer.name.trim() });
    };
    return this.#group(
      "World",
      "The reset empties every channel and puts the people back as at the start.",
      this.#tool("Add a channel…", addChannel),
      this.#tool("Reset the world", reset, "is-danger"),
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
    while (this.log.children.length > KEPT) {
      this.#shown.delete(Number(this.log.firstElementChild.dataset.id));
      this.log.firstElementChild.remove();
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
      h("h4", {}, name),
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
