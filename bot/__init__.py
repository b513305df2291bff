"""Farside: a quiz bot for Discord whose every question can show where it comes from."""

__version__ = "0.1.0"
