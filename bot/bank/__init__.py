"""The question bank: YAML files in, an immutable bank of questions out. The only YAML of the house."""

from bot.bank.problem import BankError, Problem

__all__ = ["BankError", "Problem"]
