"""How the program logs: lines for people, or JSON for machines, both on standard error."""

import json
import logging
import sys
from typing import Any

import orjson

from bot.config import Config


class JsonFormatter(logging.Formatter):
    """One JSON object a line: `at`, `level`, `logger`, `message`; `event` and `error` where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a line of JSON."""
        line: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if event := getattr(record, "event", None):
            line["event"] = event
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        try:
            return orjson.dumps(line, default=str).decode()
        except orjson.JSONEncodeError:  # half a surrogate pair, out of somebody's name or a file's
            return json.dumps(line, default=str)


def set_up_logging(config: Config) -> None:
    """Log as the config says; libraries speak only from WARNING on, unless all is to be heard."""
    handler = logging.StreamHandler(sys.stderr)
    if config.log_format == "json":
        handler.setFormatter(JsonFormatter())
    else:
        handler.setFormatter(
            logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")
        )
    logging.captureWarnings(capture=True)
    logging.basicConfig(level=config.log_level, handlers=[handler])
    if config.log_level != "DEBUG":
        for library in ("discord", "aiohttp", "aiosqlite", "asyncio"):
            logging.getLogger(library).setLevel(logging.WARNING)
    logging.getLogger("aiosqlite").setLevel(logging.WARNING)
