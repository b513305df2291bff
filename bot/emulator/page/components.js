/**
 * Message components: what each type of a message's component tree looks like,
 * and what a person's hand on it does. `scene` is what the renderer needs to know:
 *
 *   names      for mentions, see markdown.js
 *   disabled   nothing may be pressed (a modal's preview, a lost connection)
 *   press(component, values)  sends a press; the element shows `pendingKey` as busy
 *   choices(kind, component)  users, roles or channels as [{value, label, description, icon}]
 *   attachments               the message's files, for `attachment://`
 */

import { fill, freshId, h, icon, showAt } from "./dom.js";
import { link, markdown } from "./markdown.js";

const TYPES = {
  1: actionRow,
  2: button,
  3: select,
  5: select,
  6: select,
  7: select,
  8: select,
  9: section,
  10: text,
  11: thumbnail,
  12: gallery,
  13: fileCard,
  14: separator,
  17: container,
};

/** Draw one component of a message. */
export function component(part, scene) {
  const draw = TYPES[part.type];
  return draw
    ? draw(part, scene)
    : h("div", { class: "unknown-component" }, `Component of type ${part.type}: not shown here`);
}

/** Draw a list of components. */
export function components(parts, scene) {
  return (parts ?? []).map((part) => component(part, scene));
}

function actionRow(part, scene) {
  return h("div", { class: "action-row" }, components(part.components, scene));
}

function text(part, scene) {
  return h("div", { class: "text-display markup" }, markdown(part.content, scene.names));
}

function container(part, scene) {
  const node = h("div", { class: "container" }, components(part.components, scene));
  if (part.accent_color !== null && part.accent_color !== undefined) {
    node.classList.add("has-accent");
    node.style.setProperty("--accent", colour(part.accent_color));
  }
  return part.spoiler ? covered(node) : node;
}

function section(part, scene) {
  const accessory = part.accessory
    ? h("div", { class: "section-accessory" }, component(part.accessory, scene))
    : null;
  return h(
    "div",
    { class: "section" },
    h("div", { class: "section-text" }, components(part.components, scene)),
    accessory,
  );
}

function separator(part) {
  const attributes = { class: ["separator", part.spacing === 2 && "separator-large"] };
  return part.divider === false ? h("div", attributes) : h("div", attributes, h("hr"));
}

function thumbnail(part, scene) {
  const node = h("div", { class: "thumbnail" }, image(part.media, part.description, scene));
  return part.spoiler ? covered(node) : node;
}

function gallery(part, scene) {
  const items = (part.items ?? []).map((item) => {
    const node = h("div", { class: "gallery-item" }, image(item.media, item.description, scene));
    return item.spoiler ? covered(node) : node;
  });
  return h("div", { class: "gallery", dataset: { count: items.length } }, items);
}

function fileCard(part, scene) {
  const address = local(part.file?.url, scene);
  const name = part.name || decodeURIComponent((part.file?.url ?? "file").split(/[?#]/u)[0].split("/").pop());
  const node = fileLink(name, part.size, address);
  return part.spoiler ? covered(node) : node;
}

/** Draw a file as a card with a name, a size and a link. */
export function fileLink(name, size, address) {
  return h(
    "a",
    { class: "file-card", href: address, download: name, target: "_blank", rel: "noopener" },
    icon("file", 28),
    h("span", { class: "file-name" }, name),
    size ? h("span", { class: "file-size" }, bytes(size)) : null,
  );
}

function bytes(count) {
  if (count < 1024) return `${count} bytes`;
  return count < 1048576 ? `${(count / 1024).toFixed(1)} KB` : `${(count / 1048576).toFixed(1)} MB`;
}

/** Write a colour number as "#rrggbb". */
export function colour(number) {
  return `#${Number(number).toString(16).padStart(6, "0")}`;
}

/** Return an address that this page may load: the local Discord's own as a path, an attachment by its name, others null. */
export function local(address, scene) {
  const given = String(address ?? "");
  if (given.startsWith("attachment://")) {
    const name = given.slice("attachment://".length);
    const found = (scene.attachments ?? []).find((attachment) => attachment.filename === name);
    return found ? local(found.url, {}) : null;
  }
  try {
    const url = new URL(given, location.href);
    const here =
      url.origin === location.origin ||
      (["127.0.0.1", "localhost"].includes(url.hostname) && url.port === location.port);
    return here ? `${url.pathname}${url.search}` : null;
  } catch {
    return null;
  }
}

/** Draw an image with its description; one from outside this machine is named, not fetched. */
export function image(media, description, scene) {
  const address = local(media?.url, scene);
  if (!address) {
    return h(
      "div",
      { class: "image-outside" },
      icon("eye"),
      description || "An image from another site",
      media?.url && /^https?:/u.test(media.url) ? link(media.url, [" Open it"]) : null,
    );
  }
  const picture = h("img", {
    src: address,
    alt: description || "",
    loading: "lazy",
    decoding: "async",
    width: media.width,
    height: media.height,
  });
  const opener = h(
    "button",
    {
      type: "button",
      class: "image-opener",
      "aria-label": description ? `Enlarge: ${description}` : "Enlarge the image",
    },
    picture,
  );
  opener.addEventListener("click", () => enlarge(address, description));
  return opener;
}

function enlarge(address, description) {
  const close = h("button", { type: "button", class: "icon-button", "aria-label": "Close" }, icon("close"));
  const caption = description ? h("figcaption", {}, description) : null;
  const dialog = h(
    "dialog",
    { class: "lightbox", "aria-label": description || "Image" },
    close,
    h("figure", {}, h("img", { src: address, alt: description || "" }), caption),
  );
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target !== caption && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
}

function covered(node) {
  node.inert = true;
  const cover = h("button", { type: "button", class: "cover-button" }, "Spoiler");
  const box = h("div", { class: "cover" }, node, cover);
  cover.addEventListener("click", () => {
    node.inert = false;
    cover.remove();
    box.classList.add("is-open");
  });
  return box;
}

/** Draw an emoji object of a component: a standard one as text, a custom one by its name. */
export function emoji(value) {
  if (!value) return null;
  return h(
    "span",
    { class: "emoji", "aria-hidden": value.id ? null : "true" },
    value.id ? `:${value.name}:` : value.name,
  );
}

// ---------------------------------------------------------------- buttons

const BUTTON_STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "premium" };

function button(part, scene) {
  const label = [emoji(part.emoji), part.label ? h("span", { class: "button-label" }, part.label) : null];
  const classes = ["button", `button-${BUTTON_STYLES[part.style] ?? "secondary"}`];
  if (part.style === 5) {
    if (part.disabled)
      return h(
        "span",
        { class: [...classes, "is-disabled"], role: "link", "aria-disabled": "true" },
        label,
        icon("link", 16),
      );
    const anchor = link(part.url, [...label.filter(Boolean), icon("link", 16)]);
    anchor.className = classes.join(" ");
    return anchor;
  }
  const node = h(
    "button",
    {
      type: "button",
      class: classes,
      disabled: Boolean(part.disabled),
      dataset: { key: part.custom_id ?? "" },
      "aria-label": part.label ? null : (part.emoji?.name ?? "Button"),
    },
    label,
  );
  const busy = scene.isPending?.(part.custom_id);
  if (busy) showBusy(node);
  node.addEventListener("click", () => {
    if (node.getAttribute("aria-busy") === "true") return;
    showBusy(node);
    scene.press(part, null);
  });
  return node;
}

function showBusy(node) {
  node.setAttribute("aria-busy", "true");
  node.append(h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")));
}

// ---------------------------------------------------------------- selects

const SELECT_NAMES = { 3: "an option", 5: "a user", 6: "a role", 7: "a user or role", 8: "a channel" };

/** Return what a select offers, as [{value, label, description, emoji}]. */
function offers(part, scene) {
  if (part.type === 3) return part.options ?? [];
  return scene.choices(part.type, part);
}

/** Draw a select menu: a button that opens a list box; keys as in every list box. */
export function select(part, scene) {
  const most = part.max_values ?? 1;
  const least = part.min_values ?? 1;
  const chosen = new Set(
    offers(part, scene)
      .filter((offer) => offer.default)
      .map((offer) => offer.value),
  );
  for (const value of part.default_values ?? []) chosen.add(value.id);
  const shown = h("span", { class: "select-shown", id: freshId("shown") });
  const id = freshId("select");
  const node = h(
    "button",
    {
      type: "button",
      class: "select",
      id,
      disabled: Boolean(part.disabled),
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      dataset: { key: part.custom_id ?? "" },
    },
    shown,
    icon("chevron"),
  );
  const show = () => {
    const labels = offers(part, scene).filter((offer) => chosen.has(offer.value));
    shown.classList.toggle("is-placeholder", !labels.length);
    fill(
      shown,
      labels.length
        ? labels.map((offer) => h("span", { class: "select-value" }, emoji(offer.emoji), offer.label))
        : part.placeholder || `Select ${SELECT_NAMES[part.type]}`,
    );
  };
  show();
  if (scene.isPending?.(part.custom_id)) showBusy(node);
  const settle = (values) => {
    chosen.clear();
    for (const value of values) chosen.add(value);
    show();
    if (scene.change) return scene.change(part, values);
    showBusy(node);
    return scene.press(part, values);
  };
  node.addEventListener("click", () =>
    openList(node, part, { least, most, chosen, offers: offers(part, scene), settle }),
  );
  node.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      node.click();
    }
  });
  return node;
}

/** Open the list of a select; a single choice closes it, several are sent when it closes. */
function openList(anchor, part, { least, most, chosen, offers: all, settle }) {
  const picked = new Set(chosen);
  const listId = freshId("options");
  const searched = part.type !== 3 || all.length > 10;
  const list = h("div", {
    class: "options",
    id: listId,
    role: "listbox",
    tabindex: searched ? null : 0,
    "aria-multiselectable": most > 1 ? "true" : null,
    "aria-label": part.placeholder || `Select ${SELECT_NAMES[part.type]}`,
  });
  const search = h("input", {
    class: "options-search",
    type: "text",
    placeholder: "Search",
    role: "combobox",
    "aria-expanded": "true",
    "aria-controls": listId,
    "aria-autocomplete": "list",
    "aria-label": "Search the options",
  });
  const focus = searched ? search : list;
  const popup = h("div", { class: "popup", popover: "auto" }, searched ? search : null, list);
  let active = 0;
  let sent = false;

  const visible = () =>
    all.filter((offer) => offer.label.toLowerCase().includes(search.value.trim().toLowerCase()));
  const draw = () => {
    const rows = visible();
    active = Math.max(0, Math.min(active, rows.length - 1));
    fill(
      list,
      rows.map((offer, index) => optionRow(offer, index)),
      rows.length ? null : h("div", { class: "options-empty" }, "Nothing fits."),
    );
    const row = list.children[active];
    focus.setAttribute("aria-activedescendant", rows.length ? row.id : "");
    if (rows.length) row.scrollIntoView({ block: "nearest" });
  };
  const optionRow = (offer, index) => {
    const row = h(
      "div",
      {
        class: ["option", index === active && "is-active"],
        id: `${listId}-${index}`,
        role: "option",
        "aria-selected": picked.has(offer.value) ? "true" : "false",
      },
      offer.icon ?? emoji(offer.emoji),
      h(
        "span",
        { class: "option-text" },
        h("span", { class: "option-label" }, offer.label),
        offer.description ? h("span", { class: "option-description" }, offer.description) : null,
      ),
      h("span", { class: "option-mark" }, picked.has(offer.value) ? icon("check", 18) : null),
    );
    row.addEventListener("click", () => choose(offer));
    row.addEventListener("pointermove", () => index !== active && ((active = index), draw()));
    return row;
  };
  const choose = (offer) => {
    if (most === 1) {
      sent = true;
      popup.hidePopover();
      settle([offer.value]);
      return;
    }
    if (!picked.delete(offer.value) && picked.size < most) picked.add(offer.value);
    draw();
  };
  focus.addEventListener("keydown", (event) => {
    const rows = visible();
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -1e6, End: 1e6 };
    if (event.key in moves && !(searched && ["Home", "End"].includes(event.key))) {
      event.preventDefault();
      active = Math.max(0, Math.min(rows.length - 1, active + moves[event.key]));
      draw();
    } else if (event.key === "Enter" || (event.key === " " && !searched)) {
      event.preventDefault();
      if (rows[active]) choose(rows[active]);
    } else if (event.key === "Tab") {
      popup.hidePopover();
    }
  });
  search.addEventListener("input", () => ((active = 0), draw()));
  popup.addEventListener("toggle", (event) => {
    anchor.setAttribute("aria-expanded", String(event.newState === "open"));
    if (event.newState === "open") return;
    const changed = picked.size !== chosen.size || [...picked].some((value) => !chosen.has(value));
    if (!sent && most > 1 && changed && picked.size >= least) settle([...picked]);
    popup.remove();
    if (anchor.isConnected) anchor.focus();
  });
  active = Math.max(
    0,
    all.findIndex((offer) => chosen.has(offer.value)),
  );
  draw();
  showAt(popup, anchor, { width: "anchor" });
  focus.focus();
}
