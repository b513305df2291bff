"""The parts that stand beneath Discord's surface: config, store, bank and services, joined.

Nothing here knows Discord; the store is open and every service is ready before it is asked anything.
"""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass

from bot import __version__
from bot.bank import Bank, BankError, load_bank
from bot.clock import ShiftedClock, SystemClock
from bot.config import Config, ConfigError, DatabaseAddress
from bot.errors import CannotGoOn
from bot.services.boards import BoardsService
from bot.services.challenges import Challenges
from bot.services.cluster import Cluster
from bot.services.day_questions import DayQuestions
from bot.services.discord_clock import DiscordClock
from bot.services.duels import Duels
from bot.services.facts import FactsService
from bot.services.games import Play
from bot.services.learning import LearningService
from bot.services.library import Library
from bot.services.nights import Nights
from bot.services.papers import Papers
from bot.services.privacy import PrivacyService
from bot.services.reports import ReportsService
from bot.services.retention import Retention
from bot.services.reviews import ReviewsService
from bot.services.schedules import Almanacs, SchedulesService
from bot.services.sent import SentCommands
from bot.services.settings import SettingsService
from bot.services.sky import SkyService
from bot.services.supervisor import Supervisor
from bot.services.timers import Timers
from bot.services.zones import ZonesService
from bot.store.database import Database
from bot.store.migrator import NotNow, SchemaError
from bot.store.ownership import SOLE, Ownership
from bot.store.postgres.leases import Leases


@dataclass(frozen=True, slots=True)
class Parts:
    """What stands beneath Discord's surface: there before Discord is asked anything."""

    config: Config
    clock: DiscordClock
    library: Library
    database: Database
    supervisor: Supervisor
    timers: Timers
    guild_settings: SettingsService
    play: Play
    nights: Nights
    almanacs: Almanacs
    facts: FactsService
    schedules: SchedulesService
    zones: ZonesService
    boards: BoardsService
    retention: Retention
    sky: SkyService
    privacy: PrivacyService
    day_questions: DayQuestions
    sent: SentCommands
    challenges: Challenges
    duels: Duels
    learning: LearningService
    reports: ReportsService
    reviews: ReviewsService
    ownership: Ownership = SOLE
    cluster: Cluster | None = None  # where the database is shared with other processes


async def wire(config: Config, stack: AsyncExitStack) -> Parts:
    """Read the bank, open the store and join the services on them; `stack` closes what was opened.

    Raises `ConfigError` with all that stands in the way of bank and store.
    """
    cluster = _cluster_of(config)
    ownership = SOLE if cluster is None else cluster.ownership
    bank, database = await _bank_and_database(config, stack, ownership)
    clock = DiscordClock(ShiftedClock(config.clock_file) if config.clock_file else SystemClock())
    library = Library(bank, config.questions, supplement=config.supplement)
    if cluster is not None:
        await database.limit_idle(config.lease)
        await cluster.open()
    timers = Timers(database, clock, ownership)
    timers.before_looks(clock.follow)
    clock.on_moved(timers.look)
    guild_settings = SettingsService(database, clock, timers)
    play = Play.join(database, library, clock, timers)
    almanacs = Almanacs(library)
    learning = LearningService(database, library, clock)
    return Parts(
        config=config,
        clock=clock,
        library=library,
        database=database,
        supervisor=Supervisor(clock),
        timers=timers,
        guild_settings=guild_settings,
        play=play,
        nights=Nights(database, clock, timers, play.games, guild_settings),
        almanacs=almanacs,
        facts=FactsService(library, almanacs),
        schedules=SchedulesService(database, clock, timers, almanacs),
        zones=ZonesService(),
        boards=BoardsService(database, clock, guild_settings),
        retention=Retention(database, clock, config.kept),
        sky=SkyService(),
        privacy=PrivacyService(database, clock, timers, play, guild_settings),
        sent=SentCommands(database),
        challenges=Challenges(
            database, clock, timers, play, guild_settings, Papers(database, library, clock)
        ),
        learning=learning,
        reviews=ReviewsService(database, library, learning, clock),
        duels=Duels(database, clock, timers, play, Papers(database, library, clock)),
        reports=ReportsService(database, library, clock),
        ownership=ownership,
        cluster=cluster,
        day_questions=DayQuestions(database, clock, timers, play, library, guild_settings),
    )


async def _bank_and_database(
    config: Config, stack: AsyncExitStack, ownership: Ownership
) -> tuple[Bank, Database]:
    """Read the bank and open the database, side by side; raise `ConfigError` with the faults of both."""
    bank, database = await asyncio.gather(
        asyncio.to_thread(load_bank, config.questions, supplement=config.supplement),
        Database.open(config.database, ownership),
        return_exceptions=True,
    )
    if isinstance(database, Database):
        stack.push_async_callback(database.close)
    if faults := [*_faults(bank), *_faults(database)]:
        raise ConfigError(faults)
    assert isinstance(bank, Bank)  # noqa: S101 - else there were faults
    assert isinstance(database, Database)  # noqa: S101 - as above
    return bank, database


def _cluster_of(config: Config) -> Cluster | None:
    """Return the cluster of processes that share the database; None for a SQLite file, which has one."""
    if not isinstance(config.database, DatabaseAddress):
        return None
    leases = Leases(config.database.url, config.member, __version__, config.lease)
    return Cluster(leases, config.lease, Ownership())


def _faults(found: object) -> list[str]:
    """Return a sentence for each fault that an operator can mend; raise any other exception."""
    match found:
        case BankError():
            return [str(problem) for problem in found.problems]
        case NotNow():
            raise CannotGoOn(str(found))
        case SchemaError():
            return [f"FARSIDE_DATABASE: {found}"]
        case BaseException():
            raise found
    return []
