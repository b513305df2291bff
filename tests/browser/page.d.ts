/*
 * The shapes that pass between the page's modules: Discord's objects as the desk sends
 * them, only with what is read here. The scripts name them in their JSDoc.
 */

interface User {
  id: string;
  username: string;
  global_name?: string | null;
  bot?: boolean;
  avatar?: string | null;
}

interface Member {
  user: User;
  nick?: string | null;
  roles: string[];
}

interface Role {
  id: string;
  name: string;
  color: number;
  position: number;
}

interface Channel {
  id: string;
  type: number;
  guild_id?: string | null;
  name?: string | null;
  topic?: string | null;
  parent_id?: string | null;
  position?: number;
  recipients?: User[];
  /** What the person who looks may do here, and the ids of the commands that they may use. */
  may?: string[];
  commands?: string[];
  /** What the bot alone is given and denied here. */
  bot_overwrite?: { allow: string[]; deny: string[] };
}

interface Guild {
  id: string;
  name: string;
  owner_id: string;
  roles: Role[];
  channels: Channel[];
  members: Member[];
  bot_permissions: string[];
}

interface Bot {
  user: User;
  online: boolean;
}

interface Clock {
  now: string | number;
  offset: number;
}

/** What the embedding program says of its bot, and the commands to begin with. */
interface About {
  title: string;
  text: string;
  commands?: string[];
  direct?: string[];
}

interface Fault {
  id: string;
  kind: string;
  [option: string]: unknown;
}

interface State {
  me: User;
  bot: Bot;
  users: User[];
  guilds: Guild[];
  dms: Channel[];
  commands: Command[];
  permissions?: string[];
  controls?: string[];
  faults?: Fault[];
  openapi?: boolean;
  about?: About | null;
  annexes?: string[];
  clock: Clock;
}

interface CommandOption {
  type: number;
  name: string;
  description: string;
  required?: boolean;
  autocomplete?: boolean;
  choices?: { name: string; value: string | number }[];
  options?: CommandOption[];
  channel_types?: number[];
  min_value?: number;
  max_value?: number;
  min_length?: number;
  max_length?: number;
}

interface Command {
  id: string;
  type?: number;
  name: string;
  description: string;
  options?: CommandOption[];
}

/** One thing that can be run: a command, or one of its subcommands. */
interface Entry {
  path: string;
  description: string;
  options: CommandOption[];
  command: Command;
}

type Value = string | number | boolean;

interface Offer {
  value: Value;
  label: string;
  description?: string | null;
  icon?: Node | null;
  emoji?: Emoji | null;
  default?: boolean;
}

interface Emoji {
  id?: string | null;
  name: string;
}

interface Media {
  url: string;
  width?: number | null;
  height?: number | null;
  description?: string;
}

/** A component of a message or a form: its shape depends on its type. */
type Part = any;

interface Attachment extends Media {
  id: string;
  filename: string;
  size: number;
  content_type?: string;
}

interface Message {
  id: string;
  channel_id: string;
  type: number;
  author: User;
  content: string;
  timestamp: string;
  edited_timestamp?: string | null;
  flags: number;
  mention_everyone?: boolean;
  mentions?: User[];
  mention_roles?: string[];
  embeds?: Part[];
  attachments?: Attachment[];
  components?: Part[];
  reactions?: { emoji: Emoji; count: number }[];
  referenced_message?: Message | null;
  interaction?: { user: User; name: string };
  interaction_metadata?: { user: User; name?: string };
}

/** How somebody or some place is named in a text. */
interface Named {
  text: string;
  mine?: boolean;
  href?: string;
}

/** How mentions read where a text stands. */
interface Names {
  user?(id: string): Named | null;
  role?(id: string): Named | null;
  channel?(id: string): Named | null;
  command?(path: string): (() => void) | null;
}

/** What a message's components need to know. */
interface Scene {
  names?: Names;
  attachments?: Attachment[];
  authorName?: string;
  press?(part: Part, values: string[] | null): unknown;
  change?(part: Part, values: string[]): unknown;
  choices?(type: number, part: Part): Offer[];
  isPending?(customId: string): boolean;
  react?(value: Emoji): unknown;
}

interface InteractionEvent {
  id: string;
  state: string;
  modal?: Part;
}

interface LogEntry {
  id: number;
  at: string;
  kind: string;
  method?: string;
  path?: string;
  event?: string;
  status?: number;
  ms?: number | null;
  request?: unknown;
  response?: unknown;
  faults?: string[];
  problems?: string[];
}

/** A command under way in a channel, shown only here. */
interface Note {
  id: string;
  channelId: string;
  name: string;
  state: string;
  text: string;
  author: User | null;
  dismiss: (() => void) | null;
}

/** A field of one of the page's own questions. */
interface AskField {
  name: string;
  label: string;
  value?: unknown;
  type?: string;
  options?: [string, string][];
  required?: boolean;
  min?: number;
  note?: string;
}

interface MenuItem {
  label: Node | string | (Node | string | null)[];
  act(): unknown;
  danger?: boolean;
  checked?: boolean;
}

/** A row of the list above the composer. */
interface PickerRow {
  label: string;
  detail?: string;
  description?: string | null;
  icon?: Node | null;
  side?: string;
  act(): unknown;
}

/** An option of the command being typed, with its field. */
interface Field {
  option: CommandOption;
  node: HTMLElement;
  input: HTMLInputElement;
  chosen: Offer | null;
}
