"""Pages made from the declared settings: the explanation, the reference, the example file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from relay.kinds import Kind, Setting
from relay.settings import SECTIONS, SETTINGS, SOURCE_SETTINGS, Config, SourceSettings
from relay.source import Secret, Source

DEFAULT = "default"
"""Where a value came from that nobody has set."""

_EXAMPLE_SOURCES = """\
# Sources: one section for each sender. Its name is the end of its URL: https://your.address/hooks/NAME
# A secret is never written here: "env:NAME", "file:/path" (chmod 600) or "credential:NAME" (systemd).

#[sources.stripe]
#provider = "stripe"
#secret = "env:STRIPE_WEBHOOK_SECRET"

#[sources.github]
#provider = "github"
#secret = "file:github.secret"
#body_limit = "5 MiB"

#[sources.airline]
#provider = "standard-webhooks"
#secrets = [{ name = "2026", at = "env:AIRLINE_OLD_SECRET", until = 2027-01-31 }, "env:AIRLINE_NEW_SECRET"]
#rate = 50

#[sources.parcel]
#provider = "generic-hmac"
#secret = "credential:parcel-secret"
#
#[sources.parcel.recipe]
#header = "X-Parcel-Signature"
#algorithm = "sha256"
#encoding = "hex"
#id = "body:event_id"
#type = "body:event"
"""


@dataclass(frozen=True, kw_only=True)
class _Row:
    """One line of the explanation."""

    key: str
    value: str
    origin: str
    help: str


def explain(config: Config) -> str:
    """Return a table of every key: its value, where that came from, what it means. Secrets are not shown."""
    blocks = [(f"[{section}]", _section_rows(config, section)) for section in SECTIONS]
    blocks += [
        (f"[sources.{name}]", _source_rows(source, config.origins)) for name, source in config.sources.items()
    ]
    rows = [row for _, block in blocks for row in block]
    widths = [max(len(getattr(row, part)) for row in rows) for part in ("key", "value", "origin")]
    text = "\n\n".join("\n".join([title, *(_line(row, widths) for row in block)]) for title, block in blocks)
    return f"{text}\n" if config.sources else f"{text}\n\nNo sources: no webhook would be accepted.\n"


def reference() -> str:
    """Return the reference of all keys as Markdown: one table for each section."""
    parts = []
    for section, cls in SECTIONS.items():
        settings = {name: item for (owner, name), item in SETTINGS.items() if owner == section}
        parts.append(_markdown(f"[{section}]", cls, settings, environment=section))
    parts.append(_markdown("[sources.NAME]", SourceSettings, SOURCE_SETTINGS, environment=None))
    return "\n".join(parts)


def example() -> str:
    """Return an example file: every key with its default, commented out, and a source of each kind."""
    lines = [
        "# The relay's configuration. Every key is shown with its default; take away the # to change it.",
        "# A key of a section is also set by the environment: DESKBELL_RELAY_SERVER_PORT=9000.",
        "",
    ]
    for section, cls in SECTIONS.items():
        lines += [f"# {_summary(cls)}", f"[{section}]"]
        for (owner, name), item in SETTINGS.items():
            if owner == section:
                lines += [f"# {item.help}", f"#{name} = {_toml(item)}"]
        lines.append("")
    return "\n".join(lines) + "\n" + _EXAMPLE_SOURCES


def _section_rows(config: Config, section: str) -> list[_Row]:
    values = getattr(config, section)
    return [
        _Row(
            key=name,
            value=item.kind.show(getattr(values, name)),
            origin=config.origins.get(f"{section}.{name}", DEFAULT),
            help=item.help,
        )
        for (owner, name), item in SETTINGS.items()
        if owner == section
    ]


def _source_rows(source: Source, origins: Mapping[str, str]) -> list[_Row]:
    return [
        _Row(
            key=name,
            value=value,
            origin=origins.get(f"sources.{source.name}.{name}", DEFAULT),
            help=SOURCE_SETTINGS[name.split(".")[0]].help,
        )
        for name, value in _source_values(source)
    ]


def _source_values(source: Source) -> Iterator[tuple[str, str]]:
    for name, item in SOURCE_SETTINGS.items():
        if name in {"secret", "secrets"}:
            if (len(source.secrets) > 1) == (name == "secrets"):
                yield name, _secrets(source)
            continue
        value = getattr(source, name)
        if name == "url_token":
            yield name, f"set ({value.origin})" if value else "unset"
        elif isinstance(value, Mapping):
            yield from ((f"{name}.{part}", text) for part, text in value.items())
        elif value is None or value in {"", ()}:
            yield name, item.shown_default()
        else:
            yield name, _show(item.kind, value)


def _secrets(source: Source) -> str:
    return f"set ({', '.join(map(_secret, source.secrets))})" if source.secrets else "unset"


def _secret(secret: Secret) -> str:
    until = (
        ""
        if secret.until is None
        else f" until {datetime.fromtimestamp(secret.until, UTC):%Y-%m-%d %H:%M} UTC"
    )
    return f"{secret.name + ': ' if secret.name else ''}{secret.origin}{until}"


def _show(kind: Kind[object], value: object) -> str:
    return kind.show(value)


def _line(row: _Row, widths: list[int]) -> str:
    cells = [cell.ljust(width) for cell, width in zip((row.key, row.value, row.origin), widths, strict=True)]
    return "  ".join(["", *cells, row.help]).rstrip()


def _markdown(title: str, cls: type, settings: Mapping[str, Setting[object]], environment: str | None) -> str:
    lines = [f"### `{title}`", "", _summary(cls), ""]
    if environment:
        lines.append(f"Environment: `DESKBELL_RELAY_{environment.upper()}_` and the key in capitals.\n")
    lines += ["| Key | Values | Default | Meaning |", "|---|---|---|---|"]
    for name, item in settings.items():
        cells = (f"`{name}`", item.kind.describe, item.shown_default(), item.help)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join([*lines, ""])


def _summary(cls: type) -> str:
    return (cls.__doc__ or "").split("\n")[0]


def _toml(item: Setting[object]) -> str:
    """Return a default as TOML, or an example where there is none to write."""
    value = item.default
    if item.example:
        return f'"{item.example}"  # default: {item.shown_default()}'
    if isinstance(value, tuple):
        return "[]"
    if isinstance(value, str):
        return f'"{value}"'
    return f"{value:g}" if isinstance(value, float) else str(value)
