/**
 * Application commands as a person meets them: one entry for each thing that
 * can be run ("quiz start"), who may run it where, and whether what was typed
 * is an answer to an option. Pure: it draws nothing and asks nobody.
 */

const MANY = { 1: "subcommand", 2: "group" };
export const OPTION = {
  string: 3,
  integer: 4,
  boolean: 5,
  user: 6,
  channel: 7,
  role: 8,
  mentionable: 9,
  number: 10,
  attachment: 11,
};

/** Return every slash command that the desk lets me use in `channel`, in the app's order. */
export function runnable(world, channel) {
  return usable(world, channel, 1).flatMap((command) => flatten(command, command.name, command));
}

/** Return the commands of a type (1 typed, 2 of a person's menu, 3 of a message's) that I may use in `channel`. */
export function usable(world, channel, type) {
  // The world's own record of the channel: whoever asks may hold an older one.
  const here = new Set(world.channel(channel?.id)?.commands ?? []);
  return world.commands.filter((command) => (command.type ?? 1) === type && here.has(command.id));
}

function flatten(node, path, command) {
  const deeper = (node.options ?? []).filter((option) => option.type in MANY);
  if (deeper.length) return deeper.flatMap((option) => flatten(option, `${path} ${option.name}`, command));
  return [{ path, description: node.description, options: node.options ?? [], command }];
}

/** Rank entries for what was typed after the slash; those that do not fit are left out. */
export function search(entries, typed) {
  const words = typed.toLowerCase().split(/\s+/u).filter(Boolean);
  const score = ({ path, description }) => {
    const name = path.toLowerCase();
    const whole = words.join(" ");
    if (!whole || name.startsWith(whole)) return 0;
    if (words.every((word) => name.split(" ").some((part) => part.startsWith(word)))) return 1;
    if (words.every((word) => name.includes(word))) return 2;
    if (words.every((word) => `${name} ${description.toLowerCase()}`.includes(word))) return 3;
    return null;
  };
  return entries
    .map((entry) => ({ entry, rank: score(entry) }))
    .filter(({ rank }) => rank !== null)
    .sort((a, b) => a.rank - b.rank)
    .map(({ entry }) => entry);
}

/**
 * Judge what was typed for an option: `{value}` to send, or `{fault}` with a sentence.
 * `offers` are the choices, people, roles or channels that fit this option, as [{value, label}].
 */
export function judge(option, text, offers = []) {
  const typed = text.trim();
  if (!typed) return option.required ? { fault: "This option is required." } : { empty: true };
  const known = offers.find(
    (offer) => offer.label.toLowerCase() === typed.toLowerCase() || String(offer.value) === typed,
  );
  if (option.choices?.length) return known ? { value: known.value } : { fault: "Choose one of the list." };
  switch (option.type) {
    case OPTION.boolean:
      return /^(?:true|false)$/iu.test(typed)
        ? { value: typed.toLowerCase() === "true" }
        : { fault: "Say True or False." };
    case OPTION.integer:
      return /^[+-]?\d+$/u.test(typed) ? within(option, Number(typed)) : { fault: "Type a whole number." };
    case OPTION.number:
      return Number.isFinite(Number(typed)) ? within(option, Number(typed)) : { fault: "Type a number." };
    case OPTION.user:
    case OPTION.channel:
    case OPTION.role:
    case OPTION.mentionable: {
      const id = known?.value ?? /^<?[@#&!]*(\d{15,20})>?$/u.exec(typed)?.[1];
      return id ? { value: id } : { fault: "Choose one of the list." };
    }
    case OPTION.attachment:
      return { fault: "Files cannot be given here." };
    default:
      return long(option, known && option.autocomplete ? String(known.value) : typed);
  }
}

function within(option, value) {
  const { min_value: low = -Infinity, max_value: high = Infinity } = option;
  if (value < low || value > high) {
    if (Number.isFinite(low) && Number.isFinite(high))
      return { fault: `Give a number from ${low} to ${high}.` };
    return { fault: value < low ? `Give at least ${low}.` : `Give at most ${high}.` };
  }
  return { value };
}

function long(option, value) {
  const { min_length: least = 0, max_length: most = 6000 } = option;
  const length = [...value].length;
  if (length < least) return { fault: `Type at least ${least} characters.` };
  if (length > most) return { fault: `Type at most ${most} characters.` };
  return { value };
}

/** Say in short what an option takes, for the list. */
export function kindOf(option) {
  const names = {
    3: "text",
    4: "whole number",
    5: "true or false",
    6: "person",
    7: "channel",
    8: "role",
    9: "person or role",
    10: "number",
    11: "file",
  };
  if (option.choices?.length) return `one of ${option.choices.length}`;
  if (option.autocomplete) return `${names[option.type] ?? "text"}, suggested`;
  const range =
    option.min_value !== undefined && option.max_value !== undefined
      ? `, ${option.min_value}–${option.max_value}`
      : "";
  return `${names[option.type] ?? "text"}${range}`;
}
