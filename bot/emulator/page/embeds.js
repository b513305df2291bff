/** Embeds and attachments of a message. */

import { h } from "./dom.js";
import { markdown } from "./markdown.js";
import { sentTime } from "./clock.js";
import { colour, fileLink, image, local } from "./components.js";

/** Draw one embed, in Discord's order: author, title, description, fields, image, footer. */
export function embed(value, scene) {
  const read = (text, block = true) => markdown(text, scene.names, { block });
  const title = value.title
    ? h(
        "div",
        { class: "embed-title" },
        value.url
          ? h(
              "a",
              { href: safe(value.url), target: "_blank", rel: "noopener noreferrer nofollow" },
              read(value.title, false),
            )
          : read(value.title, false),
      )
    : null;
  const footer = [value.footer?.text, value.timestamp ? sentTime(Date.parse(value.timestamp) / 1000) : null]
    .filter(Boolean)
    .flatMap((each, index) => (index ? [" • ", each] : [each]));
  const node = h(
    "article",
    { class: "embed", "aria-label": value.title || "Embed" },
    h(
      "div",
      { class: "embed-body" },
      value.author?.name ? h("div", { class: "embed-author" }, value.author.name) : null,
      title,
      value.description ? h("div", { class: "embed-description markup" }, read(value.description)) : null,
      value.fields?.length
        ? h(
            "dl",
            { class: "embed-fields" },
            value.fields.map((field) =>
              h(
                "div",
                { class: ["embed-field", field.inline && "is-inline"] },
                h("dt", {}, read(field.name, false)),
                h("dd", { class: "markup" }, read(field.value)),
              ),
            ),
          )
        : null,
    ),
    value.thumbnail?.url
      ? h(
          "div",
          { class: "embed-thumbnail" },
          image(value.thumbnail, value.thumbnail.description ?? "", scene),
        )
      : null,
    value.image?.url
      ? h("div", { class: "embed-image" }, image(value.image, value.image.description ?? "", scene))
      : null,
    footer.length ? h("div", { class: "embed-footer" }, footer) : null,
  );
  if (value.color !== null && value.color !== undefined)
    node.style.setProperty("--accent", colour(value.color));
  return node;
}

function safe(address) {
  return /^https?:\/\//u.test(String(address)) ? address : null;
}

/** Draw a message's attachments that no embed or component shows already. */
export function attachments(files, scene) {
  return files.map((file) => {
    const pictured =
      (file.content_type ?? "").startsWith("image/") && !(file.filename ?? "").startsWith("SPOILER_");
    if (pictured)
      return h("div", { class: "attachment" }, image(file, file.description || file.filename, scene));
    return h("div", { class: "attachment" }, fileLink(file.filename, file.size, local(file.url, scene)));
  });
}
