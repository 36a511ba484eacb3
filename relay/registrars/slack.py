"""The manifest of a Slack app that sends its events to the relay: text to paste.

Source: https://docs.slack.dev/reference/app-manifest and the page of each event.
"""

from collections.abc import Sequence

import msgspec

SCOPES = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "reaction_added": "reactions:read",
    "team_join": "users:read",
    "channel_created": "channels:read",
    "member_joined_channel": "channels:read",
    "file_shared": "files:read",
}
"""The scope that each of the usual events needs."""

WITHOUT_SCOPE = frozenset({"app_home_opened", "app_uninstalled", "tokens_revoked"})


def manifest(name: str, url: str, events: Sequence[str]) -> str:
    """Return the JSON of an app named ``name`` that sends ``events`` to ``url``."""
    scopes = sorted({SCOPES[event] for event in events if event in SCOPES})
    document = {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {"name": name[:35]},
        "features": {"bot_user": {"display_name": name[:35], "always_online": False}},
        "oauth_config": {"scopes": {"bot": scopes}},
        "settings": {
            "event_subscriptions": {"request_url": url, "bot_events": list(events)},
            "org_deploy_enabled": False,
            "socket_mode_enabled": False,
            "token_rotation_enabled": False,
        },
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def steps(name: str, url: str, events: Sequence[str]) -> list[str]:
    """Return what to do in Slack, the manifest included."""
    unknown = [event for event in events if event not in SCOPES and event not in WITHOUT_SCOPE]
    lines = [
        "At Slack an app is made from a manifest.",
        "1. At https://api.slack.com/apps choose Create New App, From a manifest, JSON, and paste:",
        "",
        *manifest(name, url, events).splitlines(),
        "",
        "2. Under Basic Information, App Credentials copy the Signing Secret to where the source's secret",
        "   is kept, and start the relay anew.",
        "3. Under Event Subscriptions press Retry or Verify: Slack asks the address whether it is ours.",
        "4. Install the app to the workspace, and invite it to the channels that it should hear.",
    ]
    if unknown:
        lines.append(f"Add the bot scopes that these events need (see their pages): {', '.join(unknown)}.")
    return lines
