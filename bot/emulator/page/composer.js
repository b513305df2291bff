/**
 * Where a person writes: plain text, or, after a slash, a command with its
 * options as fields. Nothing is sent that the options' own rules forbid; the
 * desk judges again.
 */

import { fill, h } from "./dom.js";
import { avatar } from "./avatar.js";
import { OPTION, judge, kindOf, runnable, search } from "./commands.js";
import { post } from "./desk.js";
import { Picker } from "./picker.js";

const PAUSE = 160; // milliseconds without a key before autocompletion is asked for

export class Composer {
  /** The command being filled in; none while plain text is written. @type {Entry} */
  #entry = /** @type {any} */ (null);
  /** The fields of its options, by name. @type {Map<string, Field>} */
  #fields = new Map();
  /** The input after the last field; there while a command is filled in. @type {HTMLInputElement} */
  #end = /** @type {any} */ (null);
  #asked = 0; // the newest autocompletion; answers to older ones are dropped
  #timer = 0;
  #sending = false;
  /** Where one writes; there from the first `open` on. @type {Channel} */
  channel = /** @type {any} */ (null);

  /**
   * @param {import("./world.js").World} world
   * @param {import("./chat.js").Chat} chat
   * @param {{
   *   form: HTMLElement, box: HTMLElement, text: HTMLTextAreaElement, picker: HTMLElement, hint: HTMLElement,
   *   send: HTMLElement,
   * }} nodes
   * @param {{tell: (text: string) => void, remember: (channelId: string, text: string) => void}} hands
   */
  constructor(world, chat, { form, box, text, picker, hint, send }, { tell, remember }) {
    this.world = world;
    this.chat = chat;
    this.box = box;
    this.text = text;
    this.hint = hint;
    this.picker = new Picker(picker);
    this.remember = remember;
    this.tell = tell;
    this.line = h("div", { class: "command-line", role: "group", hidden: true });
    text.before(this.line);
    text.addEventListener("input", () => this.#typed());
    text.addEventListener("keydown", (event) => this.#textKey(event));
    text.addEventListener("blur", () => this.picker.hide());
    text.addEventListener("focus", () => this.#offerCommands());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    send.addEventListener("pointerdown", (event) => event.preventDefault());
    world.addEventListener("commands", () => !this.#entry && this.#offerCommands());
  }

  /** Go with the reader to another channel: what was begun there comes back. */
  open(channel, draft) {
    if (this.channel?.id !== channel.id) this.#leave();
    this.channel = channel;
    const name = channel.guild_id ? `#${channel.name}` : `@${this.chat.nameOfDirect(channel)}`;
    this.text.placeholder = `Message ${name}`;
    this.text.setAttribute("aria-label", `Message ${name}. Type a slash for commands.`);
    if (draft !== undefined) this.text.value = draft;
    this.#grow();
  }

  focus() {
    (this.#entry ? this.#end : this.text).focus();
  }

  /** Begin the command with this path, as if it had been chosen from the list. */
  begin(path) {
    const entry = runnable(this.world, this.channel).find((each) => each.path === path);
    if (entry) this.#enter(entry, "");
  }

  // -------------------------------------------------------------- plain text

  #typed() {
    this.#say("");
    this.#grow();
    this.remember(this.channel.id, this.text.value);
    if (this.text.value.startsWith("/")) {
      const rest = this.text.value.slice(1);
      const whole = runnable(this.world, this.channel).find((entry) => rest.startsWith(`${entry.path} `));
      if (
        whole &&
        !runnable(this.world, this.channel).some((entry) => entry.path.startsWith(`${whole.path} `))
      ) {
        this.#enter(whole, rest.slice(whole.path.length).trimStart());
        return;
      }
    }
    this.#offerCommands();
  }

  #grow() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, 200)}px`;
  }

  #offerCommands() {
    const value = this.text.value;
    if (!value.startsWith("/") || value.includes("\n") || document.activeElement !== this.text) {
      this.picker.hide();
      return;
    }
    const found = search(runnable(this.world, this.channel), value.slice(1));
    const rows = found.map((entry) => ({
      label: `/${entry.path}`,
      detail: entry.options.map((option) => ` ${option.required ? option.name : `${option.name}?`}`).join(""),
      description: entry.description,
      icon: avatar(this.world.bot?.user ?? { bot: true, id: "0" }, 28),
      side: this.world.bot?.user ? this.world.nameOf(this.world.bot.user, this.channel.guild_id) : "",
      act: () => this.#enter(entry, ""),
    }));
    const none = this.world.commands.length ? "No command fits." : "The app has no commands here yet.";
    this.picker.show(this.text, { title: "Commands", rows, active: 0, note: rows.length ? null : none });
  }

  #textKey(event) {
    if (event.isComposing || this.picker.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (this.picker.open && this.picker.current) this.picker.current.act();
      else this.#submit();
    } else if (event.key === "Tab" && this.picker.open && this.picker.current && !event.shiftKey) {
      event.preventDefault();
      this.picker.current.act();
    } else if (event.key === "Escape") {
      if (this.picker.open) this.picker.hide();
      else this.chat.toPresent();
    } else if (event.key === "ArrowUp" && !this.text.value) {
      event.preventDefault();
      this.chat.focusLast();
    }
  }

  // -------------------------------------------------------------- a command's fields

  #enter(entry, rest) {
    this.#entry = entry;
    this.#fields.clear();
    this.text.value = "";
    this.remember(this.channel.id, "");
    this.text.hidden = true;
    this.line.hidden = false;
    this.#end = h("input", {
      type: "text",
      class: "command-end",
      role: "combobox",
      "aria-expanded": "false",
      "aria-autocomplete": "list",
      "aria-label": `Options of /${entry.path}`,
      autocomplete: "off",
      spellcheck: "false",
    });
    this.#end.addEventListener("input", () => this.#endTyped());
    this.#end.addEventListener("focus", () => this.#offerOptions());
    this.#end.addEventListener("blur", () => this.picker.hide());
    this.#end.addEventListener("keydown", (event) => this.#endKey(event));
    this.line.setAttribute("aria-label", `Command /${entry.path}. ${entry.description}`);
    fill(this.line, h("span", { class: "command-name" }, `/${entry.path}`), this.#end);
    for (const option of entry.options.filter((each) => each.required)) this.#addField(option);
    for (const [name, value] of spelled(rest, entry.options)) {
      const option = entry.options.find((each) => each.name === name);
      (this.#fields.get(name) ?? this.#addField(option)).input.value = value;
    }
    for (const field of this.#fields.values()) widen(field.input);
    this.#showRest();
    this.#next();
  }

  #leave() {
    this.#entry = /** @type {any} */ (null);
    this.#fields.clear();
    this.line.hidden = true;
    this.line.replaceChildren();
    this.text.hidden = false;
    this.picker.hide();
    this.#say("");
  }

  #unused() {
    return this.#entry.options.filter((option) => !this.#fields.has(option.name));
  }

  #showRest() {
    const count = this.#unused().length;
    this.#end.placeholder = count ? `+${count} more` : "";
  }

  #addField(option) {
    const input = h("input", {
      type: "text",
      class: "field-input",
      role: "combobox",
      "aria-expanded": "false",
      "aria-autocomplete": "list",
      "aria-required": option.required ? "true" : null,
      "aria-label": `${option.name}: ${option.description}`,
      autocomplete: "off",
      spellcheck: "false",
      inputmode: [OPTION.integer, OPTION.number].includes(option.type) ? "decimal" : null,
    });
    const node = h(
      "span",
      { class: "field" },
      h("span", { class: "field-name", "aria-hidden": "true" }, option.name),
      input,
    );
    const field = { option, node, input, chosen: null };
    this.#fields.set(option.name, field);
    node.addEventListener("click", () => input.focus());
    input.addEventListener("input", () => {
      field.chosen = null;
      widen(input);
      this.#clearFault(field);
      this.#offerValues(field, true);
    });
    input.addEventListener("focus", () => {
      this.#say(`${option.name}: ${option.description}`);
      this.#offerValues(field, false);
    });
    input.addEventListener("blur", () => this.picker.hide());
    input.addEventListener("keydown", (event) => this.#fieldKey(event, field));
    this.#end.before(node);
    this.#showRest();
    return field;
  }

  #dropField(field) {
    const list = [...this.#fields.values()];
    const before = list[list.indexOf(field) - 1];
    this.#fields.delete(field.option.name);
    field.node.remove();
    this.#showRest();
    (before?.input ?? this.#end).focus();
  }

  /** Put the focus on the first required field that is empty, else after the last. */
  #next() {
    const empty = [...this.#fields.values()].find(
      (field) => field.option.required && !field.input.value.trim(),
    );
    (empty?.input ?? this.#end).focus();
  }

  #endTyped() {
    const typed = this.#end.value.trim();
    const named = typed.endsWith(":")
      ? this.#unused().find((option) => option.name === typed.slice(0, -1))
      : null;
    if (named) this.#pickOption(named);
    else this.#offerOptions();
  }

  #pickOption(option, value = "") {
    this.#end.value = "";
    const field = this.#addField(option);
    field.input.value = value;
    widen(field.input);
    field.input.focus();
  }

  #offerOptions() {
    const typed = this.#end.value.trim();
    const begun = typed.toLowerCase();
    const rows = this.#unused()
      .filter((option) => option.name.toLowerCase().includes(begun))
      .map((option) => this.#optionRow(option, "", kindOf(option)));
    // What names no option is meant for the first one that takes words.
    const words = this.#unused().find((option) => option.type === OPTION.string && !option.choices?.length);
    if (!rows.length && typed && words) rows.push(this.#optionRow(words, typed, `“${typed}”`));
    this.#say(this.#entry.description);
    if (!rows.length && !typed) {
      this.picker.hide();
      return;
    }
    const note = rows.length ? null : "No option has that name.";
    this.picker.show(this.#end, { title: "Options", rows, active: typed ? 0 : -1, note });
  }

  #optionRow(option, value, detail) {
    const { name, description } = option;
    return { label: name, detail: ` ${detail}`, description, act: () => this.#pickOption(option, value) };
  }

  #endKey(event) {
    if (event.isComposing || this.picker.key(event)) return;
    if (event.key === "Enter") {
      event.preventDefault();
      if (this.picker.current) this.picker.current.act();
      else if (!this.#end.value.trim()) this.#submit();
    } else if (event.key === "Tab" && !event.shiftKey && this.picker.current) {
      event.preventDefault();
      this.picker.current.act();
    } else if (event.key === "ArrowLeft" && !this.#end.selectionEnd && this.#fields.size) {
      event.preventDefault();
      [...this.#fields.values()].at(-1)?.input.focus();
    } else if (event.key === "Backspace" && !this.#end.value) {
      event.preventDefault();
      const last = [...this.#fields.values()].at(-1);
      if (last) last.input.focus();
      else this.#backToText();
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (this.picker.open && this.picker.current) this.picker.hide();
      else this.#backToText("");
    }
  }

  #backToText(text = `/${this.#entry.path}`) {
    this.#leave();
    this.text.value = text;
    this.text.focus();
    this.#typed();
  }

  #fieldKey(event, field) {
    if (event.isComposing || this.picker.key(event)) return;
    const { input } = field;
    const atStart = input.selectionStart === 0 && input.selectionEnd === 0;
    const atEnd = input.selectionStart === input.value.length && input.selectionEnd === input.value.length;
    const beside = (step) => {
      const inputs = [...[...this.#fields.values()].map((each) => each.input), this.#end];
      return inputs[inputs.indexOf(input) + step];
    };
    if (
      event.key === "Enter" ||
      (event.key === "Tab" && !event.shiftKey && this.picker.current && !field.chosen)
    ) {
      event.preventDefault();
      if (this.picker.current && !field.chosen) this.picker.current.act();
      else this.#submit();
    } else if (event.key === "Backspace" && !input.value && !field.option.required) {
      event.preventDefault();
      this.#dropField(field);
    } else if (event.key === "Backspace" && !input.value && beside(-1) === undefined) {
      event.preventDefault();
      this.#backToText();
    } else if (event.key === "ArrowLeft" && atStart && beside(-1)) {
      event.preventDefault();
      beside(-1).focus();
    } else if (event.key === "ArrowRight" && atEnd && beside(1)) {
      event.preventDefault();
      beside(1).focus();
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.#asked += 1; // an answer that is still under way does not open the list again
      clearTimeout(this.#timer);
      if (this.picker.open) this.picker.hide();
      else this.#backToText("");
    }
  }

  /** Return what this option offers without asking the app. */
  #offers({ choices, type, channel_types: kinds }) {
    if (choices?.length) return choices.map((choice) => ({ value: choice.value, label: choice.name }));
    if (type === OPTION.boolean)
      return [
        { value: true, label: "True" },
        { value: false, label: "False" },
      ];
    const menu = { [OPTION.user]: 5, [OPTION.role]: 6, [OPTION.mentionable]: 7, [OPTION.channel]: 8 }[type];
    return menu ? this.chat.choices(menu, { channel_types: kinds }) : [];
  }

  #offerValues(field, typedNow) {
    const { option, input } = field;
    if (option.autocomplete) {
      this.#askApp(field, typedNow);
      return;
    }
    const typed = field.chosen ? "" : input.value.trim().toLowerCase();
    const offers = this.#offers(option);
    if (!offers.length) {
      this.picker.hide();
      return;
    }
    const fitting = offers.filter((offer) => offer.label.toLowerCase().includes(typed));
    this.#showValues(field, fitting.slice(0, 50), offers.length ? "Nothing fits." : null);
  }

  #showValues(field, offers, none) {
    const rows = offers.map((offer) => ({
      label: offer.label,
      description: offer.description,
      icon: offer.icon,
      act: () => this.#choose(field, offer),
    }));
    const active = field.chosen ? -1 : 0;
    this.picker.show(field.input, {
      title: `${field.option.name} — ${field.option.description}`,
      rows,
      active,
      note: rows.length ? null : none,
    });
  }

  #choose(field, offer) {
    field.input.value = offer.label;
    field.chosen = { value: offer.value, label: offer.label };
    widen(field.input);
    this.#clearFault(field);
    this.#next();
  }

  #askApp(field, typedNow) {
    clearTimeout(this.#timer);
    this.#asked += 1;
    const asked = this.#asked;
    const title = `${field.option.name} — ${field.option.description}`;
    const still = () => asked === this.#asked && document.activeElement === field.input;
    this.picker.show(field.input, { title, rows: [], note: "Loading options…", busy: true });
    this.#timer = setTimeout(
      async () => {
        try {
          const options = { ...this.#given(), [field.option.name]: field.input.value };
          const body = {
            as: this.world.me.id,
            channel_id: this.channel.id,
            name: this.#entry.path,
            options,
            focused: field.option.name,
          };
          const { choices } = await post("autocomplete", body);
          if (!still()) return;
          const offers = choices.map((choice) => ({ value: choice.value, label: choice.name }));
          this.#showValues(field, offers, "No options match what you typed.");
          this.tell(`${offers.length} options`);
        } catch {
          if (still()) this.picker.show(field.input, { title, rows: [], note: "Loading options failed." });
        }
      },
      typedNow ? PAUSE : 0,
    );
  }

  /** Return the values given so far, without judging the empty ones. */
  #given() {
    const values = {};
    for (const [name, field] of this.#fields) {
      const verdict = this.#judge(field);
      if ("value" in verdict) values[name] = verdict.value;
    }
    return values;
  }

  #judge(field) {
    const offers = field.chosen ? [field.chosen] : this.#offers(field.option);
    return judge(field.option, field.input.value, offers);
  }

  #clearFault(field) {
    field.node.classList.remove("is-wrong");
    field.input.removeAttribute("aria-invalid");
  }

  #say(text, wrong = false) {
    this.hint.textContent = text;
    this.hint.classList.toggle("is-wrong", wrong);
    this.hint.setAttribute("role", wrong ? "alert" : "note");
  }

  // -------------------------------------------------------------- sending

  async #submit() {
    if (this.#sending) return;
    const send = this.#entry ? this.#prepareCommand() : this.#prepareText();
    if (!send) return;
    this.#sending = true;
    try {
      await send();
    } catch (error) {
      this.#say(/** @type {Error} */ (error).message, true);
    } finally {
      this.#sending = false;
    }
  }

  #prepareText() {
    const content = this.text.value.trim();
    if (!content) return null;
    if (content.startsWith("/") && this.world.commands.length && /^\/\w/u.test(content)) {
      this.#say("There is no such command. Choose one of the list.", true);
      this.#offerCommands();
      return null;
    }
    return async () => {
      const channelId = this.channel.id;
      this.text.value = "";
      this.#grow();
      this.remember(channelId, "");
      this.picker.hide();
      this.chat.toPresent();
      try {
        await post("messages", { as: this.world.me.id, channel_id: channelId, content });
      } catch (error) {
        this.text.value = content;
        throw error;
      }
    };
  }

  #prepareCommand() {
    const options = {};
    for (const [name, field] of this.#fields) {
      const verdict = this.#judge(field);
      if (verdict.fault) {
        field.node.classList.add("is-wrong");
        field.input.setAttribute("aria-invalid", "true");
        field.input.focus();
        this.#say(`${name}: ${verdict.fault}`, true);
        return null;
      }
      if ("value" in verdict) options[name] = verdict.value;
    }
    const { path } = this.#entry;
    return async () => {
      await this.chat.run({ name: path, options });
      this.#leave();
      this.text.focus();
    };
  }
}

/** Read "topic:far side questions:3" into pairs; only names that the command has. */
function spelled(text, options) {
  const names = options.map((option) => option.name.replace(/[^\w-]/gu, "")).join("|");
  if (!names || !text) return [];
  const marks = [...text.matchAll(new RegExp(`(?:^|\\s)(${names}):`, "gu"))];
  return marks.map((mark, index) => [
    mark[1],
    text.slice(mark.index + mark[0].length, marks[index + 1]?.index).trim(),
  ]);
}

function widen(input) {
  input.size = Math.max(2, Math.min(60, input.value.length + 1));
  input.title = input.value.length > 40 ? input.value : "";
}
