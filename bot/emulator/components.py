"""Components: what Discord accepts in a message and in a modal, and how it answers them.

The limits are those of the documented component reference. A message with the flag
IS_COMPONENTS_V2 may hold layouts (containers, sections, text, media); one without it
only rows of buttons and selects.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from bot.emulator.enums import SELECTS, ButtonStyle, ComponentType
from bot.emulator.errors import Form, Json

MAX_TOTAL: Final = 40
MAX_TEXT: Final = 4000
_IN_CONTAINER: Final = (
    ComponentType.ROW,
    ComponentType.TEXT,
    ComponentType.SECTION,
    ComponentType.GALLERY,
    ComponentType.SEPARATOR,
    ComponentType.FILE,
)
_IN_LABEL: Final = (
    ComponentType.TEXT_INPUT,
    *SELECTS,
    ComponentType.UPLOAD,
    ComponentType.RADIOS,
    ComponentType.CHECKBOXES,
    ComponentType.CHECKBOX,
)

Path = tuple[str | int, ...]
Check = Callable[["Layout", Json, Path], None]


def walk(components: list[Json]) -> Iterator[Json]:
    """Yield every component, parents first, in reading order."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        for key in ("accessory", "component"):
            if inner := component.get(key):
                yield from walk([inner])


def find(components: list[Json], custom_id: str) -> Json | None:
    """Return the component with that custom_id."""
    return next((c for c in walk(components) if c.get("custom_id") == custom_id), None)


def text_of(components: list[Json]) -> str:
    """Return all the text that a layout shows, a line each."""
    return "\n".join(c["content"] for c in walk(components) if c["type"] == ComponentType.TEXT)


class Layout:
    """One check of a list of components: collects the faults in a form."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.custom_ids: set[str] = set()
        self.ids: set[int] = set()
        self.total = 0
        self.text = 0

    def message(self, components: list[Any], *, v2: bool, path: Path = ("components",)) -> None:
        """Check a message's components."""
        allowed = (*_IN_CONTAINER, ComponentType.CONTAINER) if v2 else (ComponentType.ROW,)
        if not v2 and len(components) > 5:
            self.form.fault(path, "BASE_TYPE_MAX_LENGTH", "Must be 5 or fewer in length.")
        self._each(components, allowed, path)
        if v2 and self.total > MAX_TOTAL:
            self.form.fault(
                path, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", f"Must be {MAX_TOTAL} or fewer in total."
            )
        if v2 and self.text > MAX_TEXT:
            self.form.fault(
                path,
                "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
                f"Components displayable text size exceeds maximum size of {MAX_TEXT}",
            )

    def modal(self, body: Mapping[str, Any], path: Path) -> None:
        """Check a modal: its name, title and one to five components."""
        self.form.text(body, "custom_id", path, low=1, high=100, required=True)
        self.form.text(body, "title", path, low=1, high=45, required=True)
        components = self.form.items(body, "components", path, low=1, high=5, required=True)
        for number, component in enumerate(components):
            at = (*path, "components", number)
            if self._typed(component, (ComponentType.ROW, ComponentType.LABEL, ComponentType.TEXT), at):
                if component["type"] == ComponentType.ROW:
                    inner = self.form.items(component, "components", at, low=1, high=1, required=True)
                    self._each(inner, (ComponentType.TEXT_INPUT,), (*at, "components"))
                else:
                    self._check(component, at)

    def _each(self, components: list[Any], allowed: tuple[int, ...], path: Path) -> None:
        for number, component in enumerate(components):
            at = (*path, number)
            if self._typed(component, allowed, at):
                self._check(component, at)

    def _typed(self, component: Any, allowed: tuple[int, ...], path: Path) -> bool:
        if not isinstance(component, dict):
            self.form.fault(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
            return False
        return self.form.choice(component, "type", path, allowed, required=True) is not None

    def _check(self, component: Json, path: Path) -> None:
        self.total += 1
        number = self.form.integer(component, "id", path, low=0, high=2**31 - 1)
        if number:
            if number in self.ids:
                self.form.fault((*path, "id"), "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")
            self.ids.add(number)
        _CHECKS[component["type"]](self, component, path)

    def _name(self, component: Json, path: Path) -> None:
        """Check a custom_id: there, short enough, and nobody else's."""
        name = self.form.text(component, "custom_id", path, low=1, high=100, required=True)
        if name is None:
            return
        if name in self.custom_ids:
            self.form.fault(
                (*path, "custom_id"),
                "COMPONENT_CUSTOM_ID_DUPLICATED",
                "Component custom id cannot be duplicated",
            )
        self.custom_ids.add(name)

    def _row(self, component: Json, path: Path) -> None:
        inner = self.form.items(component, "components", path, low=1, high=5, required=True)
        at = (*path, "components")
        self._each(inner, (ComponentType.BUTTON, *SELECTS), at)
        kinds = [c.get("type") for c in inner if isinstance(c, dict)]
        if len(kinds) > 1 and any(kind in SELECTS for kind in kinds):
            self.form.fault(
                at, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "Action row component width exceeds the maximum of 5"
            )

    def _button(self, component: Json, path: Path) -> None:
        style = self.form.choice(component, "style", path, tuple(ButtonStyle), required=True)
        self.form.text(component, "label", path, high=80)
        self.form.text(component, "url", path, high=512)
        self.form.boolean(component, "disabled", path)
        if style == ButtonStyle.LINK:
            if component.get("custom_id"):
                self.form.fault(
                    path,
                    "BUTTON_COMPONENT_CUSTOM_ID_WITH_URL",
                    "A custom id and url cannot both be specified",
                )
            url = component.get("url")
            if not url:
                self.form.fault((*path, "url"), "BASE_TYPE_REQUIRED", "This field is required")
            elif not str(url).startswith(("http://", "https://", "discord://")):
                self.form.fault(
                    (*path, "url"), "URL_TYPE_INVALID_SCHEME", f'Scheme "{url}" is not one of http, https.'
                )
        elif style == ButtonStyle.PREMIUM:
            if not component.get("sku_id"):
                self.form.fault((*path, "sku_id"), "BASE_TYPE_REQUIRED", "This field is required")
        elif style is not None:
            self._name(component, path)
            if component.get("url"):
                self.form.fault(
                    (*path, "url"), "BUTTON_COMPONENT_URL_WITH_STYLE", "A url is for link buttons only"
                )
        if style != ButtonStyle.PREMIUM and not component.get("label") and not component.get("emoji"):
            self.form.fault(
                path, "BUTTON_COMPONENT_EMPTY", "A label or emoji is required on non-premium buttons"
            )
        self._emoji(component, path)

    def _emoji(self, component: Json, path: Path) -> None:
        emoji = component.get("emoji")
        if emoji is None:
            return
        if not isinstance(emoji, dict):
            self.form.fault((*path, "emoji"), "DICT_TYPE_CONVERT", "Only dictionaries may be used")
        elif not emoji.get("id") and (str(emoji.get("name") or "x")).isascii():
            self.form.fault((*path, "emoji", "name"), "COMPONENT_INVALID_EMOJI", "Invalid emoji")

    def _select(self, component: Json, path: Path) -> None:
        self._name(component, path)
        self.form.text(component, "placeholder", path, high=150)
        self.form.boolean(component, "disabled", path)
        low = self.form.integer(component, "min_values", path, low=0, high=25)
        high = self.form.integer(component, "max_values", path, low=1, high=25)
        if low is not None and high is not None and low > high:
            self.form.fault((*path, "min_values"), "NUMBER_TYPE_MAX", "min_values exceeds max_values")
        if component["type"] == ComponentType.STRING_SELECT:
            options = self._options(component, path, low=1, high=25, label=100)
            if (high or 1) > max(len(options), 1):
                self.form.fault(
                    (*path, "max_values"), "NUMBER_TYPE_MAX", "max_values exceeds the number of options"
                )

    def _options(self, component: Json, path: Path, *, low: int, high: int, label: int) -> list[Any]:
        options = self.form.items(component, "options", path, low=low, high=high, required=True)
        seen: set[str] = set()
        for number, option in enumerate(options):
            at = (*path, "options", number)
            if not isinstance(option, dict):
                self.form.fault(at, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
                continue
            self.form.text(option, "label", at, low=1, high=label, required=True)
            value = self.form.text(option, "value", at, low=1, high=100, required=True)
            self.form.text(option, "description", at, high=100)
            self._emoji(option, at)
            if value in seen:
                self.form.fault(
                    (*at, "value"),
                    "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                    "The specified option value is already used",
                )
            seen.add(value or "")
        return options

    def _section(self, component: Json, path: Path) -> None:
        inner = self.form.items(component, "components", path, low=1, high=3, required=True)
        self._each(inner, (ComponentType.TEXT,), (*path, "components"))
        at = (*path, "accessory")
        accessory = component.get("accessory")
        if accessory is None:
            self.form.fault(at, "BASE_TYPE_REQUIRED", "This field is required")
        elif self._typed(accessory, (ComponentType.BUTTON, ComponentType.THUMBNAIL), at):
            self._check(accessory, at)

    def _display(self, component: Json, path: Path) -> None:
        content = self.form.text(component, "content", path, low=1, high=MAX_TEXT, required=True)
        self.text += len(content or "")

    def _media(self, holder: Mapping[str, Any], key: str, path: Path, *, attached: bool = False) -> None:
        item = holder.get(key)
        at = (*path, key)
        if not isinstance(item, dict):
            self.form.fault(at, "BASE_TYPE_REQUIRED", "This field is required")
            return
        url = self.form.text(item, "url", at, low=1, high=2048, required=True)
        schemes = ("attachment://",) if attached else ("attachment://", "http://", "https://")
        if url and not url.startswith(schemes):
            self.form.fault((*at, "url"), "URL_TYPE_INVALID_SCHEME", f'Scheme of "{url}" is not supported.')

    def _thumbnail(self, component: Json, path: Path) -> None:
        self._media(component, "media", path)
        self.form.text(component, "description", path, low=1, high=1024)

    def _gallery(self, component: Json, path: Path) -> None:
        for number, item in enumerate(
            self.form.items(component, "items", path, low=1, high=10, required=True)
        ):
            at = (*path, "items", number)
            if isinstance(item, dict):
                self._media(item, "media", at)
                self.form.text(item, "description", at, low=1, high=1024)
            else:
                self.form.fault(at, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")

    def _file(self, component: Json, path: Path) -> None:
        self._media(component, "file", path, attached=True)

    def _separator(self, component: Json, path: Path) -> None:
        self.form.boolean(component, "divider", path)
        self.form.choice(component, "spacing", path, (1, 2))

    def _container(self, component: Json, path: Path) -> None:
        self.form.integer(component, "accent_color", path, low=0, high=0xFFFFFF)
        self.form.boolean(component, "spoiler", path)
        inner = self.form.items(component, "components", path, low=1, high=MAX_TOTAL, required=True)
        self._each(inner, _IN_CONTAINER, (*path, "components"))

    def _label(self, component: Json, path: Path) -> None:
        self.form.text(component, "label", path, low=1, high=45, required=True)
        self.form.text(component, "description", path, low=1, high=100)
        at = (*path, "component")
        inner = component.get("component")
        if inner is None:
            self.form.fault(at, "BASE_TYPE_REQUIRED", "This field is required")
        elif self._typed(inner, _IN_LABEL, at):
            if inner.get("disabled"):
                self.form.fault((*at, "disabled"), "COMPONENT_DISABLED_IN_MODAL", "Not allowed in a modal")
            self._check(inner, at)

    def _text_input(self, component: Json, path: Path) -> None:
        self._name(component, path)
        self.form.choice(component, "style", path, (1, 2), required=True)
        in_label = "component" in path[-1:]
        self.form.text(component, "label", path, low=1, high=45, required=not in_label)
        low = self.form.integer(component, "min_length", path, low=0, high=4000)
        high = self.form.integer(component, "max_length", path, low=1, high=4000)
        if low is not None and high is not None and low > high:
            self.form.fault((*path, "min_length"), "NUMBER_TYPE_MAX", "min_length exceeds max_length")
        self.form.text(component, "value", path, high=4000)
        self.form.text(component, "placeholder", path, high=100)
        self.form.boolean(component, "required", path)

    def _upload(self, component: Json, path: Path) -> None:
        self._name(component, path)
        self.form.integer(component, "min_values", path, low=0, high=10)
        self.form.integer(component, "max_values", path, low=1, high=10)

    def _radios(self, component: Json, path: Path) -> None:
        self._name(component, path)
        self._options(component, path, low=2, high=10, label=100)

    def _checkboxes(self, component: Json, path: Path) -> None:
        self._name(component, path)
        self._options(component, path, low=1, high=10, label=100)
        self.form.integer(component, "min_values", path, low=0, high=10)
        self.form.integer(component, "max_values", path, low=1, high=10)

    def _checkbox(self, component: Json, path: Path) -> None:
        self._name(component, path)
        self.form.boolean(component, "default", path)


_CHECKS: Final[dict[int, Check]] = {
    ComponentType.ROW: Layout._row,
    ComponentType.BUTTON: Layout._button,
    **dict.fromkeys(SELECTS, Layout._select),
    ComponentType.TEXT_INPUT: Layout._text_input,
    ComponentType.SECTION: Layout._section,
    ComponentType.TEXT: Layout._display,
    ComponentType.THUMBNAIL: Layout._thumbnail,
    ComponentType.GALLERY: Layout._gallery,
    ComponentType.FILE: Layout._file,
    ComponentType.SEPARATOR: Layout._separator,
    ComponentType.CONTAINER: Layout._container,
    ComponentType.LABEL: Layout._label,
    ComponentType.UPLOAD: Layout._upload,
    ComponentType.RADIOS: Layout._radios,
    ComponentType.CHECKBOXES: Layout._checkboxes,
    ComponentType.CHECKBOX: Layout._checkbox,
}


def stored(components: list[Json], media: Callable[[str], Json | None], form: Form) -> list[Json]:
    """Return checked components as Discord gives them back: numbered, media resolved, defaults filled.

    `media` describes the file that an `attachment://` address names, None when there is none.
    """
    taken = {c["id"] for c in walk(components) if c.get("id")}
    numbers = iter(n for n in range(1, 10_000) if n not in taken)
    return [_stored(c, numbers, media, form, ("components", i)) for i, c in enumerate(components)]


def _stored(
    component: Json, numbers: Iterator[int], media: Callable[[str], Json | None], form: Form, path: Path
) -> Json:
    kept = {key: value for key, value in component.items() if value is not None}
    kept["id"] = component.get("id") or next(numbers)
    if "components" in kept:
        kept["components"] = [
            _stored(c, numbers, media, form, (*path, "components", i))
            for i, c in enumerate(kept["components"])
        ]
    for key in ("accessory", "component"):
        if key in kept:
            kept[key] = _stored(kept[key], numbers, media, form, (*path, key))
    if "media" in kept:
        kept["media"] = _resolved(kept["media"], media, form, (*path, "media"))
    if "file" in kept:
        found = media(kept["file"]["url"].removeprefix("attachment://")) or {}
        kept |= {"name": found.get("filename", ""), "size": found.get("size", 0)}
        kept["file"] = _resolved(kept["file"], media, form, (*path, "file"))
    if "items" in kept:
        kept["items"] = [
            {
                "spoiler": False,
                "description": None,
                **item,
                "media": _resolved(item["media"], media, form, (*path, "items", i, "media")),
            }
            for i, item in enumerate(kept["items"])
        ]
    if "options" in kept:
        kept["options"] = [
            {key: value for key, value in option.items() if value is not None} for option in kept["options"]
        ]
    kind = kept["type"]
    if kind == ComponentType.SEPARATOR:
        kept.setdefault("divider", True)
        kept.setdefault("spacing", 1)
    elif kind in SELECTS:
        kept.setdefault("min_values", 1)
        kept.setdefault("max_values", 1)
    if kind in (ComponentType.CONTAINER, ComponentType.FILE, ComponentType.THUMBNAIL):
        kept.setdefault("spoiler", False)
    return kept


def _resolved(item: Json, media: Callable[[str], Json | None], form: Form, path: Path) -> Json:
    url: str = item["url"]
    if not url.startswith("attachment://"):
        media_id = str(zlib.crc32(url.encode()))
        size: Json = {"width": None, "height": None, "loading_state": 2, "flags": 0}
        return {"id": media_id, "url": url, "proxy_url": url, **size}
    found = media(url.removeprefix("attachment://"))
    if found is None:
        form.fault(
            (*path, "url"),
            "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
            "The attachment was not found",
        )
        return {"url": url}
    kept: Json = {key: found[key] for key in ("url", "proxy_url", "content_type") if key in found}
    return {
        **kept,
        "id": found["id"],
        "width": found.get("width"),
        "height": found.get("height"),
        "attachment_id": found["id"],
        "loading_state": 2,
        "flags": 0,
        "placeholder": "",
        "placeholder_version": 1,
    }
