"""Config: what the operator sets in the environment or in a `.env` file in the current folder, read once.

The environment wins over `.env`. Every fault is found before the program gives
up, so that an operator mends them in one go. Nothing here is ever logged.
"""

import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

import platformdirs
from dotenv import dotenv_values

T = TypeVar("T")

EX_CONFIG = 78  # sysexits.h: the exit status when config or bank cannot be used
DISCORD_API_URL = "https://discord.com/api/v10"
DISCORD_GATEWAY_URL = "wss://gateway.discord.gg/"
KEPT = timedelta(days=400)  # rounds and answers after a game, unless the operator says otherwise
GET_READY = timedelta(seconds=5)  # between a game's announcement and its first question
_MOST_DAYS = 36_500
LEASE = timedelta(seconds=3)  # of several processes: how long one may be silent
_LEASES = (1.0, 60.0)  # seconds, from and to
_MOST_SECONDS = 60
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LOG_FORMATS = ("text", "json")


class ConfigError(Exception):
    """Settings that cannot be used; `faults` holds one sentence for each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Config:
    """What an operator can set; a table in `.container/README.md` lists each with its default."""

    token: str = field(repr=False)
    api_url: str
    gateway_url: str
    database: "Path | DatabaseAddress"
    questions: Path
    supplement: bool
    log_level: str
    log_format: str
    kept: timedelta
    get_ready: timedelta
    operators: frozenset[int]
    reload: bool
    clock_file: Path | None
    http: "Address | None" = None
    member: str = ""
    lease: timedelta = LEASE
    manager: "ServiceManager | None" = None


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """Where a PostgreSQL server keeps the database. `url` may hold a password: it is for the driver alone."""

    url: str = field(repr=False)

    def __str__(self) -> str:
        """Return the address as it may be shown: without a password, and without further parameters."""
        parts = urlsplit(self.url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
        user = f"{parts.username}@" if parts.username else ""
        return f"postgresql://{user}{host}{port}{parts.path}"


class Address(NamedTuple):
    """Where to listen for HTTP."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class ServiceManager(NamedTuple):
    """The systemd that has started us: its socket, and within which time its watchdog wants to hear of us."""

    socket: str
    watchdog_seconds: float | None


def read_config(environ: Mapping[str, str] | None = None, *, need_token: bool = True) -> Config:
    """Return the config in `environ` (default: the process's, with `.env` below it).

    Raises `ConfigError` with every fault at once.
    """
    if environ is None:
        environ = {**_dot_env(), **os.environ}
    config, faults = _read(environ, need_token=need_token)
    if faults:
        raise ConfigError(faults)
    return config


def read_what_can_be() -> tuple[Config, list[str]]:
    """Return the config, with the defaults in place of wrong ones, and the faults of these."""
    try:
        beside = _dot_env()
    except ConfigError as error:
        config, faults = _read(os.environ, need_token=True)
        return config, [*error.faults, *faults]
    return _read({**beside, **os.environ}, need_token=True)


def _read(environ: Mapping[str, str], *, need_token: bool) -> tuple[Config, list[str]]:
    reader = _Reader(environ)
    config = Config(
        token=reader.read("DISCORD_TOKEN", _token, None if need_token else ""),
        api_url=reader.read("DISCORD_API_URL", _url("http", "https"), DISCORD_API_URL),
        gateway_url=reader.read("DISCORD_GATEWAY_URL", _url("ws", "wss"), DISCORD_GATEWAY_URL),
        database=reader.read("FARSIDE_DATABASE", database_named, None),
        questions=reader.read("FARSIDE_QUESTIONS", _questions, shipped_questions()),
        supplement=reader.read("FARSIDE_SUPPLEMENT", _one_of("0", "1"), "1") == "1",
        log_level=reader.read("FARSIDE_LOG_LEVEL", _one_of(*LOG_LEVELS, fold=str.upper), "INFO"),
        log_format=reader.read("FARSIDE_LOG_FORMAT", _one_of(*LOG_FORMATS, fold=str.lower), "text"),
        kept=reader.read("FARSIDE_KEEP_DAYS", _days, KEPT),
        get_ready=reader.read("FARSIDE_GET_READY", _seconds, GET_READY),
        operators=reader.read("FARSIDE_OPERATORS", _user_ids, frozenset()),
        reload=reader.read("FARSIDE_RELOAD", _one_of("0", "1"), "0") == "1",
        clock_file=reader.read("FARSIDE_CLOCK_FILE", lambda text: _path(text) if text else None, None),
        http=reader.read_if_set("FARSIDE_HTTP", _address),
        member=reader.read("FARSIDE_MEMBER", _member, f"{platform.node() or 'farside'}:{os.getpid()}"),
        lease=reader.read("FARSIDE_LEASE_SECONDS", _lease, LEASE),
        manager=_manager(environ),
    )
    return config, reader.faults


def _dot_env() -> dict[str, str]:
    """Return what the `.env` file of this folder sets; nothing when there is none."""
    try:
        found = dotenv_values(".env", encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise ConfigError([f".env: this file cannot be read as text in UTF-8 ({error})"]) from error
    return {name: value for name, value in found.items() if value is not None}


def default_database() -> Path:
    """Return the database's place in the user's data directory. Raises `ValueError` where there is none."""
    try:
        folder = platformdirs.user_data_path("farside", appauthor=False)
    except RuntimeError:  # older versions return a "~" that nobody can resolve
        folder = Path("~")
    if not folder.is_absolute():
        raise ValueError("it is not set, and this user has no home folder to keep it in; name a file")
    return folder / "farside.sqlite3"


def shipped_questions() -> Path:
    """Return the folder of the bank that ships: in the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / "questions"
    return installed if installed.is_dir() else package.parent / "questions"


def named_questions() -> Path | None:
    """Return the bank that FARSIDE_QUESTIONS names, here or in `.env`; None where it names none."""
    try:
        named = {**_dot_env(), **os.environ}.get("FARSIDE_QUESTIONS", "").strip()
    except ConfigError:
        named = os.environ.get("FARSIDE_QUESTIONS", "").strip()
    return Path(named).expanduser() if named else None


def child_environment(**changes: str) -> dict[str, str]:
    """Return this process's environment with `changes`, for a program that is started from here."""
    return {**os.environ, **changes}


class _Reader:
    """Reads one setting at a time and keeps the faults for the end."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.faults: list[str] = []

    def read(self, name: str, parse: Callable[[str], T], default: T | None) -> T:
        """Return the parsed setting, or `default` when it is unset or empty; None makes it required."""
        text = self._environ.get(name, "").strip()
        try:
            if text or default is None:
                return parse(text)
        except ValueError as fault:
            self.faults.append(f"{name}: {fault}")
            return default  # type: ignore[return-value]  # None: a missing token, which is a fault
        return default

    def read_if_set(self, name: str, parse: Callable[[str], T]) -> T | None:
        """Return the parsed setting; None when it is unset, empty or wrong."""
        return self.read(name, parse, None) if self._environ.get(name, "").strip() else None


def _token(text: str) -> str:
    if not text:
        raise ValueError(
            "it is not set; put your bot's token into the environment or into a .env file"
            " (to see Farside at work without a token, run: farside preview)"
        )
    if not (text.isascii() and text.isprintable()) or any(sign in text for sign in " \"'"):
        raise ValueError(
            "a token is plain letters and signs, with no spaces in it, no quotes around it and no 'Bot '"
            " before it; copy it again from the developer portal"
        )
    return text


def _url(*schemes: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        begin = " or ".join(f"{scheme}://" for scheme in schemes)
        try:
            parts = urlsplit(text)
            is_address = parts.scheme in schemes and parts.hostname and parts.port != 0
        except ValueError:  # a port that is none, a bracket left open
            is_address = False
        if not is_address:
            raise ValueError(f"'{text}' is not an address that begins with {begin}")
        return text

    return parse


def _one_of(*choices: str, fold: Callable[[str], str] = str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if fold(text) not in choices:
            raise ValueError(f"'{text}' is not one of {', '.join(choices)}")
        return fold(text)

    return parse


def _address(text: str) -> Address:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not (port.isascii() and port.isdecimal()) or not 0 < int(port) < 65536:
        raise ValueError(f"'{text}' is not a host and a port, such as 127.0.0.1:9100")
    return Address(host.strip("[]"), int(port))


def _member(text: str) -> str:
    if len(text) > 64 or not text.isprintable():
        raise ValueError(f"'{text}' is not a name of at most 64 printable characters")
    return text


def _lease(text: str) -> timedelta:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    least, most = _LEASES
    if not least <= seconds <= most:
        raise ValueError(f"'{text}' is not a number of seconds from {least:g} to {most:g}")
    return timedelta(seconds=seconds)


def _manager(environ: Mapping[str, str]) -> ServiceManager | None:
    """Return what systemd has told us; a watchdog that is meant for another process is none."""
    path, micros = environ.get("NOTIFY_SOCKET", ""), environ.get("WATCHDOG_USEC", "")
    if not path.startswith(("/", "@")):
        return None
    is_ours = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    seconds = int(micros) / 1e6 if micros.isdecimal() and is_ours else 0
    return ServiceManager(path, seconds or None)


def _days(text: str) -> timedelta:
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= _MOST_DAYS:
        raise ValueError(f"'{text}' is not a number of days from 1 to {_MOST_DAYS}")
    return timedelta(days=int(text))


def database_named(text: str) -> Path | DatabaseAddress:
    """Return the file or the server's database that `text` names. Raises `ValueError` with what is wrong."""
    if text.startswith(("postgresql://", "postgres://")):
        return _database_address(text)
    return _database(text)


def _database_address(text: str) -> DatabaseAddress:
    try:
        parts = urlsplit(text)
        is_whole = len(parts.path) > 1 and parts.port != 0
    except ValueError:  # a port that is none, a bracket left open
        is_whole = False
    if not is_whole:
        raise ValueError(
            "this address of PostgreSQL cannot be read; write it as postgresql://user:password@host:5432/farside"
        )
    return DatabaseAddress(text.replace("postgres://", "postgresql://", 1))


def _seconds(text: str) -> timedelta:
    if not (text.isascii() and text.isdecimal()) or not int(text) <= _MOST_SECONDS:
        raise ValueError(f"'{text}' is not a number of seconds from 0 to {_MOST_SECONDS}")
    return timedelta(seconds=int(text))


def _user_ids(text: str) -> frozenset[int]:
    words = text.replace(",", " ").split()
    wrong = [word for word in words if not (word.isascii() and word.isdecimal()) or not 0 < int(word) < 2**63]
    if wrong:
        raise ValueError(f"'{wrong[0]}' is not a user's id, such as 80351110224678912")
    return frozenset(map(int, words))


def _database(text: str) -> Path:
    if not text:
        return default_database()
    if "://" in text:
        raise ValueError(
            "an address of a database begins with postgresql://; for SQLite name a file without any address"
        )
    path = _path(text)
    if text.startswith(":memory:"):
        raise ValueError("scores are to outlive the program; name a file")
    if _look(path, Path.is_dir):
        raise ValueError(
            f"'{text}' is a folder; name a file in it, such as {text.rstrip('/')}/farside.sqlite3"
        )
    return path


def _questions(text: str) -> Path:
    path = _path(text)
    if not _look(path, Path.exists):
        raise ValueError(f"'{text}' does not exist; name a folder with question files, or leave it unset")
    return path


def _path(text: str) -> Path:
    if "\0" in text:
        raise ValueError("a path has no NUL in it")
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ValueError(f"'{text}' begins with a home that is not known; write it in full") from None


def _look(path: Path, question: Callable[[Path], bool]) -> bool:
    """Ask something of a path; what cannot be looked at is a fault of the configuration."""
    try:
        return question(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ValueError(f"'{path}' cannot be looked at: {reason}") from None
