"""Plain values to YAML as a careful person writes it, the same every time.

What always holds: what is written is read back as the same value, by this package and by readers of
YAML 1.1 and 1.2; nothing here depends on the time, the locale or PYTHONHASHSEED.
"""

import re
from collections.abc import Sequence
from typing import Any

import yaml

_WIDTH = 100  # and the word that goes beyond it
# What readers of one version or the other take for something else than text; PyYAML knows its own version's.
_NOT_TEXT = re.compile(
    r"[-+.]?[\d.][\d_.,:eExXoO+-]*|0[xXoObB]?[0-9a-fA-F_]+|\d{4}-\d\d?-\d\d?.*"
    r"|(?i:y|n|yes|no|on|off|true|false|null|none|nan|inf)"
)
_SHORT = 20  # numbers that stand on one line


class _Dumper(yaml.SafeDumper):
    """Indents the items of a list, and repeats a value rather than naming it."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent a list below its name, too."""
        del indentless
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:
        """Write the same list twice where it comes twice."""
        del data
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    is_odd = not text.isprintable() or text != text.strip()
    style = '"' if is_odd else "'" if _NOT_TEXT.fullmatch(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


def _list(dumper: _Dumper, items: Sequence[Any]) -> yaml.SequenceNode:
    is_short = len(items) <= _SHORT and all(isinstance(item, int | float) for item in items)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=is_short)


def _number(dumper: _Dumper, number: float) -> yaml.ScalarNode:
    is_whole = number.is_integer() and abs(number) < 1e15
    return dumper.represent_int(int(number)) if is_whole else dumper.represent_float(number)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(float, _number)
_Dumper.add_representer(list, _list)
_Dumper.add_representer(tuple, _list)


def dump_yaml(plain: Any) -> str:
    """Return `plain` (dicts, lists, strings, numbers, booleans, None) as YAML, the same every time.

    Block style, UTF-8, text folded at about 110 characters, quotes only where YAML 1.1 or 1.2 would
    read something else, no aliases. Lists of numbers stand on one line.
    """
    written: str = yaml.dump(
        plain, Dumper=_Dumper, width=_WIDTH, allow_unicode=True, sort_keys=False, default_flow_style=False
    )
    return written
