/**
 * The desk: how this page acts in the local Discord. The key of the page's address
 * is changed into a token, kept in this origin's storage, and a cookie; requests carry
 * both. Events arrive over one websocket, opened with a ticket and opened again
 * when it falls.
 */

const TOKEN = "local-discord-token";

/** Change the key of the address, when there is one, into a token; nobody copies it with the address then. */
async function enter() {
  const address = new URL(location.href);
  const key = address.searchParams.get("key");
  if (key !== null) {
    address.searchParams.delete("key");
    history.replaceState(null, "", address);
    const reply = await fetch("/desk/enter", { headers: { Authorization: `Bearer ${key}` } });
    if (reply.ok) localStorage.setItem(TOKEN, (await reply.json()).token);
  }
  return localStorage.getItem(TOKEN) ?? "";
}

const token = await enter();

/** A refusal by the desk; its message is a sentence for the person. */
export class Refusal extends Error {}

async function call(method, path, body) {
  const request = { method, headers: { Accept: "application/json", Authorization: `Bearer ${token}` } };
  if (body !== undefined) {
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(`/desk/${path}`, request);
  } catch {
    throw new Refusal("The local Discord does not answer. Is the preview still running?");
  }
  const text = await response.text();
  let reply = {};
  try {
    reply = text ? JSON.parse(text) : {};
  } catch {
    reply = { message: text };
  }
  if (response.status === 401)
    throw new Refusal("Open the address that was printed at the start: it holds the key.");
  if (!response.ok) throw new Refusal(reply.message || `The local Discord answered ${response.status}.`);
  return reply;
}

/** Return what the desk says at `path`. */
export function get(path) {
  return call("GET", path);
}

/** Do something at the desk; raises Refusal with the reason. */
export function post(path, body = {}) {
  return call("POST", path, body);
}

/** Write a query string; null values are left out. */
export function query(values) {
  const kept = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  return kept.length ? `?${new URLSearchParams(kept)}` : "";
}

/** The stream of events that one person may see. */
export class Events {
  /** The socket, or what stands for it until it is there. @type {WebSocket | object | null} */
  #socket = null;
  /** @type {{as: string, log: boolean}} */
  #wanted = { as: "", log: false };
  #tries = 0;

  /**
   * `hear(event)` gets each event, `change(open)` each opening and loss of the line.
   * @param {(event: any) => void} hear
   * @param {(open: boolean) => void} change
   */
  constructor(hear, change) {
    this.hear = hear;
    this.change = change;
  }

  /** Listen as the person `as`; with `log`, to the traffic too. Anything open before is closed. */
  open(as, log) {
    this.#wanted = { as, log };
    this.#tries = 0;
    this.#connect();
  }

  async #connect() {
    const wanted = this.#wanted;
    if (this.#socket instanceof WebSocket) this.#socket.close();
    const attempt = {}; // stands for the socket until it is there
    this.#socket = attempt;
    let ticket;
    try {
      ({ ticket } = await get("ticket"));
    } catch {
      if (this.#socket === attempt) this.#lost(attempt);
      return;
    }
    if (this.#socket !== attempt) return;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const address = `${scheme}://${location.host}/desk/events${query({ as: wanted.as, log: wanted.log ? 1 : null, ticket })}`;
    const socket = new WebSocket(address);
    this.#socket = socket;
    socket.onopen = () => {
      if (socket !== this.#socket) return;
      this.#tries = 0;
      this.change(true);
    };
    socket.onmessage = (message) => {
      if (socket === this.#socket) this.hear(JSON.parse(message.data));
    };
    socket.onclose = () => {
      if (socket === this.#socket) this.#lost(socket);
    };
  }

  #lost(socket) {
    this.change(false);
    this.#tries += 1;
    setTimeout(() => socket === this.#socket && this.#connect(), Math.min(5000, 250 * 2 ** this.#tries));
  }
}
