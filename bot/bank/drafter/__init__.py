"""The drafter: from an article to candidate facts that a person then checks, rewords and completes.

Nothing here asks a model or a network: rules, word lists and shallow grammar, the same draft every time.
Every fact
comes out with `status: draft`, so that none is asked before a person has set it to reviewed. A file that
cannot
be read as an article raises a `BankError` that says what to do.

    paragraphs -> clutter left out -> sentences -> values (numbers, dates, names, terms) -> stems, distractors
"""

from bot.bank.drafter.draft import Draft, draft, draft_file, draft_report, report_file

__all__ = ["Draft", "draft", "draft_file", "draft_report", "report_file"]
