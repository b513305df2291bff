"""What Discord has and this local one has not, each answered with 501 and a word on the page.

One path a line, with its methods. A test holds the list against Discord's description.
"""

from collections.abc import Iterator
from typing import Final

_LACKING: Final = """\
GET /applications/{application_id}/activity-instances/{instance_id}
POST /applications/{application_id}/attachment
POST /applications/{application_id}/emojis
GET PATCH DELETE /applications/{application_id}/emojis/{emoji_id}
POST /applications/{application_id}/entitlements
GET DELETE /applications/{application_id}/entitlements/{entitlement_id}
POST /applications/{application_id}/entitlements/{entitlement_id}/consume
PUT /applications/{application_id}/guilds/{guild_id}/commands/{command_id}/permissions
GET PUT /applications/{application_id}/role-connections/metadata
POST /channels/{channel_id}/followers
POST /channels/{channel_id}/invites
POST /channels/{channel_id}/messages/{message_id}/crosspost
GET /channels/{channel_id}/polls/{message_id}/answers/{answer_id}
POST /channels/{channel_id}/polls/{message_id}/expire
PUT DELETE /channels/{channel_id}/recipients/{user_id}
POST /channels/{channel_id}/send-soundboard-sound
GET /channels/{channel_id}/threads/search
PUT /channels/{channel_id}/voice-status
POST /channels/{channel_id}/webhooks
GET /guilds/templates/{code}
GET /guilds/{guild_id}/audit-logs
GET POST /guilds/{guild_id}/auto-moderation/rules
GET PATCH DELETE /guilds/{guild_id}/auto-moderation/rules/{rule_id}
POST /guilds/{guild_id}/emojis
GET PATCH DELETE /guilds/{guild_id}/emojis/{emoji_id}
PUT /guilds/{guild_id}/incident-actions
GET /guilds/{guild_id}/integrations
DELETE /guilds/{guild_id}/integrations/{integration_id}
PUT /guilds/{guild_id}/members/{user_id}
GET /guilds/{guild_id}/messages/search
GET /guilds/{guild_id}/new-member-welcome
GET PUT /guilds/{guild_id}/onboarding
GET POST /guilds/{guild_id}/prune
GET /guilds/{guild_id}/regions
GET /guilds/{guild_id}/requests
PATCH /guilds/{guild_id}/requests/{request_id}
GET /guilds/{guild_id}/roles/member-counts
POST /guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}/exceptions
PATCH DELETE /guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}/exceptions/{exception_id}
GET /guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}/users/counts
GET /guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}/{guild_scheduled_event_exception_id}/users
POST /guilds/{guild_id}/soundboard-sounds
GET PATCH DELETE /guilds/{guild_id}/soundboard-sounds/{sound_id}
POST /guilds/{guild_id}/stickers
GET PATCH DELETE /guilds/{guild_id}/stickers/{sticker_id}
GET POST /guilds/{guild_id}/templates
PUT PATCH DELETE /guilds/{guild_id}/templates/{code}
GET /guilds/{guild_id}/vanity-url
GET PATCH /guilds/{guild_id}/voice-states/@me
GET PATCH /guilds/{guild_id}/voice-states/{user_id}
GET PATCH /guilds/{guild_id}/welcome-screen
GET PATCH /guilds/{guild_id}/widget
GET /guilds/{guild_id}/widget.json
GET /guilds/{guild_id}/widget.png
GET DELETE /invites/{code}
GET PUT /invites/{code}/target-users
GET /invites/{code}/target-users/job-status
POST PUT /lobbies
GET PATCH DELETE /lobbies/{lobby_id}
PATCH /lobbies/{lobby_id}/channel-linking
DELETE /lobbies/{lobby_id}/members/@me
POST /lobbies/{lobby_id}/members/@me/invites
POST /lobbies/{lobby_id}/members/bulk
PUT DELETE /lobbies/{lobby_id}/members/{user_id}
POST /lobbies/{lobby_id}/members/{user_id}/invites
GET POST /lobbies/{lobby_id}/messages
PUT /lobbies/{lobby_id}/messages/{message_id}/moderation-metadata
GET /oauth2/@me
GET /oauth2/keys
GET /oauth2/userinfo
PUT /partner-sdk/dms/{user_id_1}/{user_id_2}/messages/{message_id}/moderation-metadata
POST /partner-sdk/provisional-accounts/unmerge
POST /partner-sdk/provisional-accounts/unmerge/bot
POST /partner-sdk/token
POST /partner-sdk/token/bot
GET /skus/{sku_id}/subscriptions
GET /skus/{sku_id}/subscriptions/{subscription_id}
POST /stage-instances
GET PATCH DELETE /stage-instances/{channel_id}
GET /sticker-packs
GET /sticker-packs/{pack_id}
GET /stickers/{sticker_id}
GET /users/@me/applications/{application_id}/entitlements
GET PUT DELETE /users/@me/applications/{application_id}/role-connection
GET /users/@me/connections
GET /users/@me/guilds/{guild_id}/member
GET /voice/regions
GET PATCH DELETE /webhooks/{webhook_id}
GET PATCH DELETE /webhooks/{webhook_id}/{webhook_token}
POST /webhooks/{webhook_id}/{webhook_token}/github
POST /webhooks/{webhook_id}/{webhook_token}/slack
"""


def lacking() -> Iterator[tuple[str, str]]:
    """Yield each operation that is not built: its method and its template."""
    for line in _LACKING.splitlines():
        *methods, template = line.split()
        for method in methods:
            yield method, template
