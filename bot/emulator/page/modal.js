/**
 * An app's form: a native dialog (so the focus stays in it and Escape closes
 * it) with the components that forms may have.
 */

import { freshId, h, icon } from "./dom.js";
import { post } from "./desk.js";
import { markdown } from "./markdown.js";
import { select } from "./components.js";

/** Open the form that an interaction answered with; `event` is `{id, modal}`. */
export function openModal(event, { world, chat, tell }) {
  const { modal } = event;
  const values = new Map();
  const scene = {
    names: chat.names(),
    choices: (type, part) => chat.choices(type, part),
    change: (part, chosen) => values.set(part.custom_id, chosen),
  };
  const titleId = freshId("modal");
  const fault = h("p", { class: "modal-fault", role: "alert", hidden: true });
  const submit = h("button", { type: "submit", class: "button button-primary" }, "Submit");
  const cancel = h("button", { type: "button", class: "button button-secondary" }, "Cancel");
  const close = h(
    "button",
    { type: "button", class: "icon-button modal-close", "aria-label": "Close" },
    icon("close"),
  );
  const form = h(
    "form",
    { method: "dialog", novalidate: true },
    (modal.components ?? []).map((part) => field(part, scene, values)),
    fault,
    h("div", { class: "modal-actions" }, cancel, submit),
  );
  const dialog = h(
    "dialog",
    { class: "modal", "aria-labelledby": titleId },
    h("div", { class: "modal-head" }, h("h2", { id: titleId }, modal.title), close),
    form,
  );
  const say = (text) => {
    fault.textContent = text;
    fault.hidden = !text;
  };
  const put = () => dialog.close();
  close.addEventListener("click", put);
  cancel.addEventListener("click", put);
  dialog.addEventListener("close", () => dialog.remove());
  form.addEventListener("submit", async (happened) => {
    happened.preventDefault();
    const wrong = firstWrong(form);
    if (wrong) return say(wrong);
    say("");
    submit.disabled = true;
    try {
      const { interaction_id: id } = await post("modal", {
        as: world.me.id,
        interaction_id: event.id,
        values: Object.fromEntries(values),
      });
      world.follow(id, (settled) => {
        if (settled.state === "pending") return;
        submit.disabled = false;
        if (settled.state === "failed") say("Something went wrong. Try again.");
        else put();
      });
    } catch (error) {
      submit.disabled = false;
      say(/** @type {Error} */ (error).message);
    }
    return undefined;
  });
  document.body.append(dialog);
  dialog.showModal();
  /** @type {HTMLElement | null} */ (form.querySelector("input, textarea, .select"))?.focus();
  tell(`Form ${modal.title}`);
}

function firstWrong(form) {
  for (const input of form.querySelectorAll("input, textarea")) {
    const name = input.dataset.name ?? "This field";
    const value = input.value ?? "";
    const wrong = faultOf(input, name, value);
    input.setAttribute("aria-invalid", String(Boolean(wrong)));
    if (wrong) {
      input.focus();
      return wrong;
    }
  }
  return null;
}

function faultOf(input, name, value) {
  if (input.type === "checkbox" || input.type === "radio") return null;
  if (input.required && !value.trim()) return `${name}: this is required.`;
  const least = Number(input.dataset.shortest ?? 0);
  if (value && value.length < least) return `${name}: type at least ${least} characters.`;
  return null;
}

function field(part, scene, values) {
  if (part.type === 1) return part.components.map((inner) => labelled(inner.label, "", inner, scene, values));
  if (part.type === 18) return labelled(part.label, part.description, part.component, scene, values);
  if (part.type === 10) return h("div", { class: "markup modal-text" }, markdown(part.content, scene.names));
  return h("div", { class: "unknown-component" }, `Component of type ${part.type}: not shown here`);
}

function labelled(label, description, part, scene, values) {
  const draw = { 4: textInput, 21: radios, 22: checkboxes, 23: checkbox }[part.type];
  const required = part.required ?? true;
  const id = freshId("field");
  const control = draw ? draw(part, id, label, values) : menu(part, id, scene, values);
  const grouped = [21, 22].includes(part.type);
  return h(
    grouped ? "fieldset" : "div",
    { class: "modal-field" },
    h(
      grouped ? "legend" : "label",
      { for: grouped ? null : id, id: `${id}-label`, class: "modal-label" },
      label ?? part.label,
      required ? h("span", { class: "required", "aria-hidden": "true" }, " *") : null,
    ),
    description ? h("div", { class: "modal-description", id: `${id}-about` }, description) : null,
    control,
  );
}

function textInput(part, id, label, values) {
  const attributes = {
    id,
    class: "text-input",
    placeholder: part.placeholder,
    required: part.required ?? true,
    maxlength: part.max_length ?? 4000,
    "aria-describedby": `${id}-about`,
    dataset: { name: label ?? part.label ?? "Text", shortest: part.min_length ?? 0, key: part.custom_id },
  };
  const input =
    part.style === 2
      ? h("textarea", { ...attributes, rows: 5 })
      : h("input", { ...attributes, type: "text", autocomplete: "off" });
  input.value = part.value ?? "";
  values.set(part.custom_id, input.value);
  input.addEventListener("input", () => values.set(part.custom_id, input.value));
  return input;
}

function menu(part, id, scene, values) {
  if (![3, 5, 6, 7, 8].includes(part.type))
    return h("div", { class: "unknown-component" }, `Component of type ${part.type}: not shown here`);
  const node = select(part, scene);
  node.id = id;
  node.setAttribute("aria-labelledby", `${id}-label ${node.querySelector(".select-shown")?.id}`);
  const first = (part.options ?? []).filter((option) => option.default).map((option) => option.value);
  values.set(part.custom_id, first);
  return node;
}

function radios(part, id, _label, values) {
  const chosen = part.options.find((option) => option.default)?.value ?? null;
  values.set(part.custom_id, chosen);
  return part.options.map((option) =>
    choice("radio", id, option, option.value === chosen, () => values.set(part.custom_id, option.value)),
  );
}

function checkboxes(part, id, _label, values) {
  const chosen = new Set(part.options.filter((option) => option.default).map((option) => option.value));
  values.set(part.custom_id, [...chosen]);
  return part.options.map((option) =>
    choice("checkbox", id, option, chosen.has(option.value), (on) => {
      if (on) chosen.add(option.value);
      else chosen.delete(option.value);
      values.set(part.custom_id, [...chosen]);
    }),
  );
}

function checkbox(part, id, _label, values) {
  const input = h("input", { type: "checkbox", id, checked: Boolean(part.default) });
  values.set(part.custom_id, Boolean(part.default));
  input.addEventListener("change", () => values.set(part.custom_id, input.checked));
  return input;
}

function choice(type, name, option, on, change) {
  const input = h("input", { type, name, checked: on });
  input.addEventListener("change", () => change(input.checked));
  return h(
    "label",
    { class: "modal-choice" },
    input,
    h(
      "span",
      {},
      option.label,
      option.description ? h("span", { class: "option-description" }, option.description) : null,
    ),
  );
}

/**
 * Ask one of the page's own questions in a dialog; `fields` are [{name, label, value, type, options, required}].
 * `act(values)` does what was asked for: when it throws, the dialog stays, with what was typed and the
 * reason. Resolves to what `act` returns, or null when the dialog was put away.
 * @param {string} title
 * @param {AskField[]} fields
 * @param {string} action
 * @param {(values: any) => any} act
 * @returns {Promise<any>}
 */
export function ask(title, fields, action, act, { danger = false, note = "" } = {}) {
  return new Promise((resolve) => {
    const titleId = freshId("ask");
    const inputs = fields.map(askField);
    const wrong = h("p", { class: "modal-fault", role: "alert", hidden: true });
    const cancel = h("button", { type: "button", class: "button button-secondary" }, "Cancel");
    const colours = danger ? "button button-danger" : "button button-primary";
    const submit = h("button", { type: "submit", class: colours }, action);
    const rows = inputs.map(({ row }) => row);
    const form = h(
      "form",
      { method: "dialog" },
      rows,
      wrong,
      h("div", { class: "modal-actions" }, cancel, submit),
    );
    const dialog = h(
      "dialog",
      { class: "modal", "aria-labelledby": titleId },
      h("div", { class: "modal-head" }, h("h2", { id: titleId }, title)),
      note ? h("p", { class: "modal-note" }, note) : null,
      form,
    );
    let answer = null;
    cancel.addEventListener("click", () => dialog.close());
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      wrong.hidden = true;
      submit.disabled = true;
      try {
        answer = (await act(Object.fromEntries(inputs.map(({ name, read }) => [name, read()])))) ?? true;
        dialog.close();
      } catch (error) {
        wrong.textContent = /** @type {Error} */ (error).message;
        wrong.hidden = false;
      } finally {
        submit.disabled = false;
      }
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/**
 * Draw one field of a question: `read()` tells what it holds.
 * @param {AskField} field
 */
function askField({ name, label, value, type = "text", options, required, min, note }) {
  const id = freshId("ask-field");
  if (type === "checks") return checkField(name, label, options ?? [], value);
  const attributes = { id, class: "text-input", type, autocomplete: "off", min, required: Boolean(required) };
  const input = options
    ? h(
        "select",
        { id, class: "text-input" },
        options.map(([each, words]) => h("option", { value: each }, words)),
      )
    : h("input", attributes);
  const box = type === "checkbox" && input instanceof HTMLInputElement ? input : null;
  if (box) box.checked = Boolean(value);
  else if (value !== undefined) input.value = String(value);
  const words = h("label", { for: id, class: "modal-label" }, label);
  const row = h(
    "div",
    { class: ["modal-field", type === "checkbox" && "is-row"] },
    words,
    input,
    note ? h("p", { class: "modal-description" }, note) : null,
  );
  return { name, row, read: () => (box ? box.checked : input.value) };
}

/**
 * Draw a set of boxes to tick; what is ticked is read as a list.
 * @param {string} name
 * @param {string} label
 * @param {[string, string][]} options
 * @param {any} value
 */
function checkField(name, label, options, value) {
  const ticked = new Set(value);
  const boxes = options.map(([each, words]) => {
    const input = h("input", { type: "checkbox", checked: ticked.has(each), value: each });
    return { input, row: h("label", { class: "modal-choice" }, input, h("span", {}, words)) };
  });
  const row = h(
    "fieldset",
    { class: "modal-field modal-checks" },
    h("legend", { class: "modal-label" }, label),
    boxes.map((box) => box.row),
  );
  const read = () => boxes.filter(({ input }) => input.checked).map(({ input }) => input.value);
  return { name, row, read };
}
