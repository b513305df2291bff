/**
 * The review tab: the drafts of the bank's facts, one at a time. Each step is written into the facts file
 * at once; the question is shown as it will be played, and the linter speaks while one types.
 * Keys outside of a field: K keep, D drop, E edit, L later, U undo. Inside: Ctrl+Enter keeps, Escape leaves.
 */

import { fill, h } from "./dom.js";

const FIELDS = [
  ["ask", "Question", "textarea"],
  ["value", "Right answer", "input"],
  ["distractors", "Wrong answers, one on a line", "lines"],
  ["aliases", "Other right answers, one on a line", "lines"],
  ["statement", "What is true, in a sentence that stands alone", "textarea"],
  ["explanation", "Told afterwards; the statement when left out", "textarea"],
];
const KEYS = { k: "keep", d: "drop", l: "later", u: "undo" };
const KINDS = { true_false: "true or false", text: "typed", number: "a number", year: "a year" };
const PAUSE = 200; // milliseconds after the last letter

class Review {
  /** The table as it lies. @type {any} */
  #lying = null;
  #file = "";
  #busy = false;
  #looked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** The fields of the candidate by name. @type {Map<string, any>} */
  #inputs = new Map();
  progress = h("p", { class: "review-progress", role: "status" });
  files = h("select", { "aria-label": "Facts file", on: { change: () => this.#choose() } });
  body = h("div", { class: "review-body", tabindex: -1 });
  played = h("div", {});
  words = h("ul", { class: "review-words", "aria-live": "polite", "aria-label": "What the linter says" });
  buttons = new Map();

  /** @param {{get: Function, post: Function, complain: (error: Error) => void, tell: (text: string) => void}} hands */
  constructor(hands) {
    this.hands = hands;
    for (const [step, label, key] of [
      ["keep", "Keep", "K"],
      ["drop", "Drop", "D"],
      ["later", "Later", "L"],
      ["undo", "Undo", "U"],
    ]) {
      const attributes = {
        type: "button",
        class: ["review-button", `is-${step}`],
        "aria-keyshortcuts": key,
        on: { click: () => this.#step(step) },
      };
      this.buttons.set(step, h("button", attributes, label, h("kbd", {}, key)));
    }
    this.dialog = h(
      "dialog",
      { class: "review", id: "review", "aria-labelledby": "review-title" },
      h(
        "div",
        { class: "review-head" },
        h("h2", { id: "review-title" }, "Review"),
        this.progress,
        this.files,
        h(
          "button",
          { type: "button", class: "review-button", on: { click: () => this.dialog.close() } },
          "Close",
        ),
      ),
      this.body,
      h("div", { class: "review-foot" }, [...this.buttons.values()]),
    );
    this.dialog.addEventListener("keydown", (event) => this.#pressed(event));
    this.dialog.addEventListener("cancel", (event) => this.#leave(event));
    document.body.append(this.dialog);
  }

  async open() {
    this.dialog.showModal();
    await this.#take(() => this.hands.get("annex/review"));
  }

  async #choose() {
    await this.#take(() => this.hands.post("annex/review/show", { file: this.files.value }));
  }

  /** Take what the desk answers as the table; a refusal is shown where the linter speaks. */
  async #take(ask) {
    if (this.#busy) return;
    this.#busy = true;
    try {
      this.#draw(await ask());
    } catch (error) {
      this.#refuse(/** @type {Error} */ (error));
    } finally {
      this.#busy = false;
    }
  }

  #refuse(error) {
    if (this.#lying?.candidate) fill(this.words, h("li", { class: "is-error" }, error.message));
    else fill(this.body, h("p", {}, error.message));
    this.hands.tell(error.message);
  }

  async #step(step) {
    const { candidate } = this.#lying ?? {};
    if (step !== "undo" && !candidate) return;
    const sent = { file: this.#file, id: candidate?.id ?? "" };
    if (step === "keep") Object.assign(sent, { form: this.#form() });
    clearTimeout(this.#timer);
    await this.#take(() => this.hands.post(`annex/review/${step}`, sent));
  }

  /** Return what the fields say. */
  #form() {
    const form = Object.fromEntries([...this.#inputs].map(([name, input]) => [name, input.value]));
    return { ...form, difficulty: Number(form.difficulty) };
  }

  /** Show how the fields would be played, and what the linter says of them; write them once a field is left. */
  async #typed(isLeft) {
    clearTimeout(this.#timer);
    const { candidate } = this.#lying;
    const sent = { file: this.#file, id: candidate.id, form: this.#form() };
    this.#looked += 1;
    const mine = this.#looked;
    try {
      const look = await this.hands.post("annex/review/look", sent);
      if (mine !== this.#looked || this.#lying.candidate?.id !== candidate.id) return;
      this.#drawPlayed(look);
      if (isLeft && !look.words.some((word) => word.level === "error")) {
        const { undo } = await this.hands.post("annex/review/edit", sent);
        this.buttons.get("undo").disabled = !undo;
      }
    } catch (error) {
      if (mine === this.#looked) this.#refuse(/** @type {Error} */ (error));
    }
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#typed(false), PAUSE);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const inField = target.matches("input, textarea, select");
    if (inField) {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.#step("keep");
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === "e") this.#inputs.get("ask")?.focus();
    else if (KEYS[key]) this.#step(KEYS[key]);
    else return;
    event.preventDefault();
  }

  /** Escape leaves a field first, and the tab only from outside of one. */
  #leave(event) {
    if (!document.activeElement?.matches("input, textarea, select")) return;
    event.preventDefault();
    this.body.focus();
  }

  #draw(lying) {
    this.#lying = lying;
    this.#file = lying.file ?? "";
    const { progress, candidate } = lying;
    this.files.hidden = lying.files.length < 2;
    fill(
      this.files,
      lying.files.map((name) => h("option", { value: name, selected: name === lying.file }, name)),
    );
    this.progress.textContent = progress
      ? `${progress.kept} kept, ${progress.dropped} dropped, ${progress.left || "none"} left; ${progress.reviewed} reviewed in all`
      : "";
    for (const step of ["keep", "drop", "later"]) this.buttons.get(step).disabled = !candidate;
    this.buttons.get("undo").disabled = !lying.undo;
    this.buttons.get("undo").title = lying.undo ? `Take back: ${lying.undo}` : "";
    if (candidate) this.#drawCandidate(candidate, lying.topics);
    else this.#drawNone(lying);
    this.body.focus();
  }

  #drawNone(lying) {
    this.#inputs = new Map();
    const text = lying.file
      ? "Nothing is left to review here. What you kept is made into questions, and played."
      : "There are no facts in this bank's folder: `farside bank draft` finds some in an article.";
    fill(this.body, h("p", { class: "review-none" }, text));
  }

  #drawCandidate(candidate, topics) {
    const { form } = candidate;
    this.#inputs = new Map();
    const fields = FIELDS.map(([name, label, kind]) => this.#field(name, label, kind, form[name]));
    const level = this.#select(
      "difficulty",
      [1, 2, 3].map((each) => [each, ["", "easy", "medium", "hard"][each]]),
      form,
    );
    const topic = this.#select("topic", [["", "the first"], ...Object.entries(topics)], form);
    fill(
      this.body,
      h(
        "div",
        {},
        candidate.evidence && h("blockquote", { class: "review-evidence" }, candidate.evidence),
        candidate.note && h("p", { class: "review-note" }, candidate.note),
        fields,
        h("div", { class: "review-pair" }, this.#label("Difficulty", level), this.#label("Topic", topic)),
      ),
      h("section", { "aria-label": "As it will be played" }, this.played, this.words),
    );
    this.#drawPlayed(candidate);
  }

  #label(label, input) {
    return h("label", { class: "review-field" }, h("span", {}, label), input);
  }

  #field(name, label, kind, value) {
    const rows = kind === "lines" ? 3 : 2;
    const input = kind === "input" ? h("input", { type: "text" }) : h("textarea", { rows });
    input.value = Array.isArray(value) ? value.join("\n") : value;
    return this.#label(label, this.#listen(name, input));
  }

  #select(name, choices, form) {
    const options = choices.map(([value, text]) => h("option", { value }, text));
    const input = h("select", {}, options);
    input.value = String(form[name]);
    return this.#listen(name, input);
  }

  #listen(name, input) {
    input.name = name;
    input.addEventListener("input", () => this.#later());
    input.addEventListener("change", () => this.#typed(true));
    this.#inputs.set(name, input);
    return input;
  }

  #drawPlayed({ questions, words }) {
    fill(
      this.played,
      questions.map((question) =>
        h(
          "div",
          { class: "review-question" },
          h("p", { class: "review-kind" }, KINDS[question.kind] ?? question.kind),
          h("p", { class: "review-stem" }, question.stem),
          question.options.length > 0 &&
            h(
              "ul",
              { class: "review-options" },
              question.options.map(({ text, right }) =>
                h("li", { class: [right && "is-right"] }, text, right && h("span", {}, " ✔")),
              ),
            ),
          question.accept.length > 0 && h("p", {}, `Typed: ${question.accept.join(", ")}`),
          h("p", { class: "review-kind" }, question.explanation),
        ),
      ),
    );
    fill(
      this.words,
      words.map(({ level, message }) => h("li", { class: [`is-${level}`] }, message)),
    );
  }
}

/** Put the tab's button into the page's head, and open the tab where the address asks for it. */
export function mount(hands) {
  document.head.append(h("link", { rel: "stylesheet", href: "review.css" }));
  const review = new Review(hands);
  const open = () => review.open().catch(hands.complain);
  const button = h(
    "button",
    { type: "button", id: "review-open", class: "head-control", on: { click: open } },
    "Review",
  );
  document.getElementById("panel-toggle")?.before(button);
  if (hands.opened === "review") open();
}
