"""Forms: what somebody has typed into one, as Discord sends it back."""

from typing import Any

from discord import Interaction


def typed(interaction: Interaction[Any], custom_id: str) -> str:
    """Return what was typed into the field of that custom_id, however deep Discord nests it."""
    submitted: Any = interaction.data
    waiting: list[Any] = list(submitted.get("components", []))
    while waiting:
        component = waiting.pop()
        if component.get("custom_id") == custom_id:
            return str(component.get("value", ""))
        waiting += component.get("components", [])
        if "component" in component:
            waiting.append(component["component"])
    return ""


def chosen(interaction: Interaction[Any], custom_id: str) -> str:
    """Return the value chosen from the form's menu of that custom_id; empty when there is none."""
    submitted: Any = interaction.data
    waiting: list[Any] = list(submitted.get("components", []))
    while waiting:
        component = waiting.pop()
        if component.get("custom_id") == custom_id:
            return str(next(iter(component.get("values") or ()), ""))
        waiting += component.get("components", [])
        if "component" in component:
            waiting.append(component["component"])
    return ""


def plain_words(text: str) -> str:
    """Return what somebody has written on one line, without what cannot be seen."""
    return " ".join("".join(sign if sign.isprintable() else " " * sign.isspace() for sign in text).split())
