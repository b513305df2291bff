"""Addresses of the web, as far as a button can open them."""

from urllib.parse import urlsplit

_LONGEST = 512  # characters


def is_address(url: str) -> bool:
    """Return whether Discord takes `url` as a link: http or https, a host, no spaces, no password."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port  # a port that is none raises
    except ValueError:
        return False
    is_whole = not any(character.isspace() or not character.isprintable() for character in url)
    has_host = "." in host.strip(".") and not host.startswith(".") and ".." not in host
    is_open = parts.username is None
    return parts.scheme in ("https", "http") and has_host and is_whole and is_open and len(url) <= _LONGEST
