"""Permissions as Discord documents their computation."""

from hypothesis import given
from hypothesis import strategies as st

from bot.emulator import permissions as perms
from bot.emulator.objects import Channel, Guild, Member, Overwrite, Role, User

SETS = st.integers(0, perms.ALL).map(lambda bits: bits & perms.ALL)
SEEN = perms.VIEW_CHANNEL | perms.SEND_MESSAGES


def made(
    everyone: int, role: int, overwrites: dict[str, tuple[int, int]] | None = None
) -> tuple[Guild, Channel, Member]:
    """Make a server with one member who has one role, and a channel with overwrites by id."""
    guild = Guild("1", "server", owner_id="9")
    guild.roles = {"1": Role("1", "@everyone", everyone), "2": Role("2", "role", role)}
    member = Member(User("5", "one"), "", roles=["2"])
    guild.members["5"] = member
    channel = Channel("7", 0, "1", "talk")
    for key, (allow, deny) in (overwrites or {}).items():
        channel.overwrites[key] = Overwrite(key, int(key == "5"), allow, deny)
    guild.channels["7"] = channel
    return guild, channel, member


@given(SETS, SETS)
def test_roles_add_up(everyone: int, role: int) -> None:
    """A member has what any of their roles allows; an administrator has everything."""
    guild, _, member = made(everyone, role)
    both = everyone | role
    assert perms.in_guild(guild, member) == (perms.ALL if both & perms.ADMINISTRATOR else both)


@given(SETS, SETS)
def test_the_owner_may_do_everything(allow: int, deny: int) -> None:
    """No overwrite takes anything from the owner, nor from an administrator."""
    guild, channel, member = made(0, perms.ADMINISTRATOR, {"1": (allow, deny), "5": (allow, deny)})
    assert perms.in_channel(guild, channel, member) == perms.ALL
    guild, channel, member = made(0, 0, {"1": (allow, deny)})
    guild.owner_id = member.user.id
    assert perms.in_channel(guild, channel, member) == perms.ALL


@given(SETS.filter(lambda bits: not bits & perms.ADMINISTRATOR))
def test_later_overwrites_win(bits: int) -> None:
    """Everyone's overwrite yields to a role's, and a role's to the member's own."""
    bits &= ~SEEN
    guild, channel, member = made(SEEN, 0, {"1": (0, bits), "2": (bits, 0)})
    assert perms.in_channel(guild, channel, member) & bits == bits
    guild, channel, member = made(SEEN, 0, {"2": (bits, 0), "5": (0, bits)})
    assert perms.in_channel(guild, channel, member) & bits == 0


def test_what_cannot_be_seen_cannot_be_used() -> None:
    """Without the right to see, nothing is allowed; without the right to write, no files or mentions."""
    guild, channel, member = made(perms.EVERYONE, 0, {"1": (0, perms.VIEW_CHANNEL)})
    assert perms.in_channel(guild, channel, member) == 0
    guild, channel, member = made(perms.EVERYONE, 0, {"1": (0, perms.SEND_MESSAGES)})
    held = perms.in_channel(guild, channel, member)
    assert not held & (perms.ATTACH_FILES | perms.EMBED_LINKS | perms.MENTION_EVERYONE)
    assert held & perms.READ_MESSAGE_HISTORY


def test_a_thread_goes_by_its_parent() -> None:
    """A thread has no overwrites of its own."""
    guild, channel, member = made(perms.EVERYONE, 0, {"5": (0, perms.VIEW_CHANNEL)})
    thread = Channel("8", 11, "1", "thread", parent_id=channel.id)
    assert perms.in_channel(guild, thread, member) == 0


def test_a_time_out_leaves_reading() -> None:
    """Who is timed out may see and read, nothing else."""
    guild, channel, member = made(perms.EVERYONE, 0)
    held = perms.in_channel(guild, channel, member, timed_out=True)
    assert held == perms.VIEW_CHANNEL | perms.READ_MESSAGE_HISTORY


@given(SETS)
def test_names_and_sets_translate(bits: int) -> None:
    """A set's names make the same set again."""
    assert perms.named(perms.names(bits)) == bits


def test_documented_bits() -> None:
    """The bits are the documented ones."""
    assert perms.BITS["administrator"] == 0x8
    assert perms.BITS["send_messages"] == 0x800
    assert perms.BITS["use_application_commands"] == 0x80000000
    assert perms.BITS["send_messages_in_threads"] == 0x4000000000
    assert perms.BITS["send_polls"] == 0x2000000000000
    assert perms.BITS["pin_messages"] == 1 << 51
