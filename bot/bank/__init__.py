"""The question bank: YAML files in, an immutable bank of questions out. The only YAML of the house.

    from bot.bank import load_bank

    bank = load_bank("questions")
    asked = bank.draw(rng, topic="rover", seen=seen)

Importing this, and loading a bank that was loaded before, needs neither YAML nor pydantic.
"""

from bot.bank.bank import Bank, Pool
from bot.bank.files import bank_fingerprint
from bot.bank.loader import load_bank
from bot.bank.problem import BankError, Problem
from bot.bank.seen import Seen

__all__ = ["Bank", "BankError", "Pool", "Problem", "Seen", "bank_fingerprint", "load_bank"]
