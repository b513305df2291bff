"""What Discord's answers mean: the table of its codes, row by row, and what is none of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cogs import reminders
from bot.cogs.meanings import MEANINGS, Act, Meaning, code_of, meaning_of, why_lost
from bot.cogs.sender import Lost, Refused
from bot.services.reminders import Unknown, Unwanted

DONE, LATER, GONE, REFUSED, LOST, EXPIRED = Meaning

# By what each code says in Discord's documentation: what follows for a send, an edit and an answer.
ROWS = {
    10003: ("Unknown channel", LOST, LOST, REFUSED),
    10004: ("Unknown guild", LOST, LOST, REFUSED),
    10008: ("Unknown message", LOST, GONE, EXPIRED),
    10013: ("Unknown user", LOST, LOST, REFUSED),
    10015: ("Unknown webhook", LATER, LATER, EXPIRED),
    10062: ("Unknown interaction", LATER, LATER, EXPIRED),
    20009: ("Explicit content cannot be sent to the desired recipient(s)", REFUSED, REFUSED, REFUSED),
    20016: ("This action cannot be performed due to slowmode rate limit", LATER, LATER, LATER),
    20022: ("This message cannot be edited due to announcement rate limits", LATER, LATER, LATER),
    20028: ("The channel you are writing has hit the write rate limit", LATER, LATER, LATER),
    20029: ("The write action on the server has hit the write rate limit", LATER, LATER, LATER),
    30046: ("Maximum number of edits to messages older than 1 hour reached", LATER, LATER, LATER),
    40005: ("Request entity too large", REFUSED, REFUSED, REFUSED),
    40058: ("Cannot send a message in a forum channel", LOST, LOST, REFUSED),
    40060: ("Interaction has already been acknowledged", LATER, LATER, DONE),
    40062: ("Service resource is being rate limited", LATER, LATER, LATER),
    40094: ("This interaction has hit the maximum number of follow up messages", LATER, LATER, EXPIRED),
    40333: ("Cloudflare is blocking your request", LATER, LATER, LATER),
    50001: ("Missing access", LOST, LOST, REFUSED),
    50005: ("Cannot edit a message authored by another user", LATER, GONE, EXPIRED),
    50006: ("Cannot send an empty message", REFUSED, REFUSED, REFUSED),
    50007: ("Cannot send messages to this user", LOST, LOST, REFUSED),
    50008: ("Cannot send messages in a non-text channel", LOST, LOST, REFUSED),
    50009: ("Channel verification level is too high for you to gain access", LOST, LOST, REFUSED),
    50013: ("You lack permissions to perform that action", LOST, LOST, REFUSED),
    50021: ("Cannot execute action on a system message", LATER, GONE, REFUSED),
    50024: ("Cannot execute action on this channel type", LOST, LOST, REFUSED),
    50027: ("Invalid webhook token provided", LATER, LATER, EXPIRED),
    50033: ("Invalid recipient(s)", LOST, LOST, REFUSED),
    50035: ("Invalid form body", REFUSED, REFUSED, REFUSED),
    50045: ("File uploaded exceeds the maximum size", REFUSED, REFUSED, REFUSED),
    50046: ("Invalid file uploaded", REFUSED, REFUSED, REFUSED),
    50068: ("Invalid message type", REFUSED, REFUSED, REFUSED),
    50083: ("Tried to perform an operation on an archived thread", LOST, GONE, REFUSED),
    50109: ("The request body contains invalid JSON", REFUSED, REFUSED, REFUSED),
    50146: ("Uploaded file not found", REFUSED, REFUSED, REFUSED),
    50278: ("Cannot send messages to this user due to having no mutual guilds", LOST, LOST, REFUSED),
    110001: ("The application is not yet available", LATER, LATER, LATER),
    130000: ("API resource is currently overloaded", LATER, LATER, LATER),
    160005: ("Thread is locked", LOST, LOST, REFUSED),
    160006: ("Maximum number of active threads reached", LATER, LATER, LATER),
    200000: ("Message was blocked by automatic moderation", REFUSED, REFUSED, REFUSED),
    200001: ("Title was blocked by automatic moderation", REFUSED, REFUSED, REFUSED),
    240000: ("Message was blocked by harmful links filter", REFUSED, REFUSED, REFUSED),
    400001: ("Access to file uploads has been limited for this guild", REFUSED, REFUSED, REFUSED),
}
STATUSES = [400, 403, 404, 405, 407, 408, 409, 413, 422, 451]


@pytest.mark.parametrize("status", [400, 403, 404])
def test_the_rows_of_the_table(status: int) -> None:
    """Each code means the same whatever 4xx it comes with."""
    for code, (says, *meanings) in ROWS.items():
        answer = {"message": says, "code": code}
        told = [meaning_of(act, status, answer) for act in (Act.SEND, Act.EDIT, Act.ANSWER)]
        assert (code, told) == (code, meanings)
        assert (code, meaning_of(Act.READ, status, answer)) == (code, meanings[0])


def test_only_a_persons_own_refusal_ends_reminders() -> None:
    """What Discord does not take because of what is in it says nothing about who was to read it."""
    with pytest.raises(Unknown), reminders._meanings():
        raise Refused("code 20009", 20009)
    with pytest.raises(Unwanted), reminders._meanings():
        raise Lost("takes no messages", 50278)


def test_no_row_without_a_reason() -> None:
    """The table knows no code that is not told here."""
    assert MEANINGS.keys() == ROWS.keys()


@given(
    st.sampled_from(Act),
    st.sampled_from([*STATUSES, 401, 429, 500, 502, 503, 504, 520, 524]),
    st.one_of(
        st.none(),
        st.text(),
        st.integers(),
        st.lists(st.integers()),
        st.just({}),
        st.fixed_dictionaries({"message": st.text()}),
        st.fixed_dictionaries(
            {"code": st.one_of(st.just(0), st.none(), st.booleans(), st.text(), st.floats())}
        ),
        st.fixed_dictionaries({"code": st.integers().filter(lambda code: code not in ROWS)}),
    ),
)
def test_what_discord_has_not_said(act: Act, status: int, answer: object) -> None:
    """Whatever is not Discord's own word, or a word that nobody knows, is waited out."""
    assert meaning_of(act, status, answer) is LATER


@pytest.mark.parametrize("status", [200, 204, 301, 401, 429, 500, 502, 503])
def test_a_status_that_passes(status: int) -> None:
    """A limit, a fault of Discord's or a login that is refused ends nothing, whatever code it brings."""
    for code in ROWS:
        assert (code, meaning_of(Act.SEND, status, {"code": code})) == (code, LATER)


def test_why_a_channel_is_lost() -> None:
    """The reason is a part of a sentence, about its channel or about the channel."""
    assert why_lost(10003) == "its channel was deleted"
    assert why_lost(50013, "the") == "Farside may not post in the channel"
    for code, (_, send, *_) in ROWS.items():
        if send is LOST:
            assert "{" not in why_lost(code)
    assert code_of({"code": 50035}) == 50035
