"""Operators: who looks after this Farside, as the settings have it, or Discord's word on its application."""

from collections.abc import Collection
from typing import Any

import discord
from discord import Interaction

from bot.cogs.messages.reports import FOR_THE_OPERATOR
from bot.errors import NotAllowed


def is_operator(interaction: Interaction[Any], named: Collection[int]) -> bool:
    """Return whether whoever asks is `named` in the settings, or else owns the application.

    Of an application that a team owns, its members are meant who have accepted and may change something.
    """
    return interaction.user.id in (named or _owners(interaction.client.application))


def require_operator(interaction: Interaction[Any], named: Collection[int]) -> None:
    """Raise `NotAllowed` unless whoever asks is an operator."""
    if not is_operator(interaction, named):
        raise NotAllowed(FOR_THE_OPERATOR)


def _owners(application: discord.AppInfo | None) -> set[int]:
    if application is None:
        return set()
    if application.team is None:
        return {application.owner.id}
    return {
        member.id
        for member in application.team.members
        if member.membership_state is discord.TeamMembershipState.accepted
        and member.role is not discord.TeamMemberRole.read_only
    } | ({application.team.owner_id} if application.team.owner_id is not None else set())
