"""What there is to tell about a provider, from its row of the table: for people, programs and pages.

Pure: a row in, lines out. Nothing here is written twice; what a page says is what verification does.
"""

from collections.abc import Iterator, Mapping

import msgspec

from relay.errors import ConfigError
from relay.schemes.asymmetric import Ecdsa, Ed25519, Rsa
from relay.schemes.header import HeaderForm
from relay.schemes.jws import Jws
from relay.schemes.mac import Equality, Mac, PlainHash
from relay.schemes.pairs import PairsForm
from relay.schemes.pipeline import Binds
from relay.schemes.place import Part, Place, Where
from relay.schemes.provider import DAY, HOUR, Category, Provider, Trust, Wiring
from relay.schemes.template import Template
from relay.source import Source

MARK = "<!-- Made from the table of providers: deskbell-relay providers --table -->"
"""What follows this line in the documentation is :func:`table`."""

RECIPE = {"header": "X-Signature", "id": "body:id", "type": "body:type"}
"""The least that a sender of one's own has to be described by."""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one provider. Times are in seconds, None if they aren't known."""

    name: str
    title: str
    category: str
    trust: str
    scheme: str
    binds: tuple[str, ...]
    handshake: str
    id: str
    type: str
    batch: bool
    methods: tuple[str, ...]
    retry_span: float | None
    deadline: float | None
    documentation: str
    setup: str
    options: Mapping[str, str]
    required: tuple[str, ...]
    configuration: str


def page(name: str, row: Provider) -> Page:
    """Return what there is to tell about a row."""
    wiring = wiring_of(name, row)
    return Page(
        name=name,
        title=row.title,
        category=str(row.category),
        trust=str(row.trust),
        scheme=scheme_text(wiring) if wiring else "as its options say",
        binds=tuple(str(bind.name).lower() for bind in wiring.scheme.form.binds) if wiring else (),
        handshake=_handshake(row),
        id=_where(wiring.id) if wiring else "as its options say",
        type=_where(wiring.type) if wiring else "as its options say",
        batch=bool(wiring and wiring.items is not None),
        methods=tuple(dict.fromkeys(row.methods + row.greet_methods)),
        retry_span=row.retry_span,
        deadline=row.deadline,
        documentation=row.documentation,
        setup=row.setup,
        options={**row.needs, **row.takes},
        required=tuple(row.needs),
        configuration=configuration(name, row),
    )


def wiring_of(name: str, row: Provider) -> Wiring | None:
    """Return a row's wiring, with example options if it depends on them; None if examples won't do."""
    if row.wiring is not None or row.build is None:
        return row.wiring
    options = {option: f"X-{option.replace('_', '-')}" for option in row.needs}
    example = Source(name="example", provider=name, secrets=(), options=options)
    for recipe in ({}, RECIPE):
        try:
            return row.build(msgspec.structs.replace(example, recipe=recipe))
        except (ConfigError, ValueError):
            continue
    return None


def lines(found: Page) -> Iterator[str]:
    """Yield a provider's page for a person."""
    yield f"{found.title} ({found.name}), {found.category}"
    yield ""
    facts = {
        "signature": found.scheme,
        "proves": ", ".join(found.binds) or "as its options say",
        "handshake": found.handshake,
        "event id": found.id,
        "event type": found.type + (", one event per item" if found.batch else ""),
        "retries": span_text(found.retry_span),
        "answer within": "not known" if found.deadline is None else f"{found.deadline:g} s",
        "how we know": found.trust,
        "documentation": found.documentation,
    }
    width = max(map(len, facts))
    for name, text in facts.items():
        yield f"{name.ljust(width)}  {text}"
    yield from ("", "At the provider:", f"  {found.setup}", "", "In relay.toml:")
    yield from (f"  {line}".rstrip() for line in found.configuration.splitlines())
    for name, meaning in found.options.items():
        yield f"  # {name}: {meaning}{'' if name in found.required else ' (optional)'}"
    yield ""
    yield f"Then: deskbell-relay check, and deskbell-relay simulate {found.name} --list"


def listing(rows: Mapping[str, Provider]) -> Iterator[str]:
    """Yield all providers by category, for a person."""
    width = max(map(len, rows), default=0)
    titles = max((len(row.title) for row in rows.values()), default=0)
    for category, members in by_category(rows):
        yield f"{category}:"
        for name, row in members:
            wiring = wiring_of(name, row)
            scheme = scheme_text(wiring) if wiring else "as its options say"
            yield f"  {name.ljust(width)}  {row.title.ljust(titles)}  {row.trust}; {scheme}"


def by_category(rows: Mapping[str, Provider]) -> Iterator[tuple[Category, list[tuple[str, Provider]]]]:
    """Yield each category that has rows, with them by name."""
    for category in Category:
        if members := sorted((name, row) for name, row in rows.items() if row.category is category):
            yield category, members


def table(rows: Mapping[str, Provider]) -> str:
    """Return the page of all providers in Markdown, a table for each category."""
    return "\n".join(_table_lines(rows))


def _table_lines(rows: Mapping[str, Provider]) -> Iterator[str]:
    for category, members in by_category(rows):
        yield f"\n### {category.capitalize()}\n"
        yield "| Provider | Who | Signature | Event id | Event type | Retries | Answer within | How we know |"
        yield "|---|---|---|---|---|---|---|---|"
        for name, row in members:
            found = page(name, row)
            limit = "" if found.deadline is None else f"{found.deadline:g} s"
            cells = (
                f"`{name}`", f"[{row.title}]({row.documentation})", found.scheme, found.id, found.type,
                span_text(found.retry_span), limit, found.trust,
            )  # fmt: skip
            yield f"| {' | '.join(cell.replace('|', '¦') if cell else '–' for cell in cells)} |"


def configuration(name: str, row: Provider) -> str:
    """Return the lines of configuration to paste."""
    found = [f"[sources.{name}]", f'provider = "{name}"']
    wiring = wiring_of(name, row)
    if wiring is None or wiring.scheme.key is not None:
        found.append(f'secret = "env:{name.upper().replace("-", "_")}_SECRET"')
    if wiring is not None and wiring.scheme.form.signs_url:
        found.append('public_url = "https://hooks.example.com"')
    if row.trust is Trust.UNCONFIRMED:
        found.append("allow_unconfirmed = true")
    if row.needs:
        found += ["", f"[sources.{name}.options]", *(f'{option} = "…"' for option in row.needs)]
    if row.wiring is None and not row.needs and _wants_recipe(name, row):
        found += ["", f"[sources.{name}.recipe]", *(f'{key} = "{text}"' for key, text in RECIPE.items())]
    return "\n".join(found)


def _wants_recipe(name: str, row: Provider) -> bool:
    if row.build is None:
        return False
    try:
        row.build(Source(name="example", provider=name, secrets=()))
    except (ConfigError, ValueError):
        return True
    return False


def scheme_text(wiring: Wiring) -> str:
    """Return how a provider proves that a request is its own, in a few words."""
    form, how = wiring.scheme.form, primitive_text(wiring.scheme.primitive)
    if isinstance(form, HeaderForm):
        prefix = f", after {form.prefix.decode()}" if form.prefix else ""
        return f"{how} of {template_text(form.signed)} in {_header(form.header)}{prefix}"
    if isinstance(form, PairsForm):
        return f"{how} of {template_text(form.signed)} in {_header(form.header)}"
    if isinstance(wiring.scheme.primitive, Equality):
        return how
    return f"{how} of {_covered(form.binds)}"


def _covered(binds: Binds) -> str:
    words = {Binds.BODY: "body", Binds.URL: "URL", Binds.TIME: "time", Binds.ID: "id"}
    found = [word for bind, word in words.items() if bind in binds]
    return ", ".join(found) if found else "itself: it covers the sender only"


def primitive_text(primitive: object) -> str:
    """Return the name of what proves a request."""
    match primitive:
        case Equality():
            return "a secret that is sent as it is"
        case Ed25519():
            return "Ed25519"
        case Jws(algorithms=algorithms):
            return f"a token ({', '.join(algorithms)})"
        case _:
            return _with_hash(primitive)


def _with_hash(primitive: object) -> str:
    match primitive:
        case Mac(algorithm=algorithm, encoding=encoding):
            return f"HMAC-{algorithm.upper()} ({encoding})"
        case PlainHash(algorithm=algorithm, encoding=encoding):
            return f"{algorithm.upper()} ({encoding})"
        case Ecdsa(algorithm=algorithm):
            return f"ECDSA-{algorithm.upper()}"
        case Rsa(algorithm=algorithm):
            return f"RSA-{algorithm.upper()}"
        case _:
            return "a signature"


def template_text(template: Template) -> str:
    """Return a template as it was written."""
    return "".join(
        f"{{{piece}}}" if isinstance(piece, str) else piece.decode("ascii") for piece in template.pieces
    )


def _header(name: bytes) -> str:
    return "-".join(part.capitalize() for part in name.decode("ascii").split("-"))


def _where(where: Where) -> str:
    return " + ".join(map(_part, where.parts))


def _part(part: Part) -> str:
    text = " or ".join(dict.fromkeys(map(place_text, part.places)))
    return text if part.required else f"({text})"


def place_text(place: Place) -> str:
    """Return where something stands, for a person."""
    if place.arrival:
        return "the moment of arrival"
    if place.text is not None:
        return f"“{place.text}”"
    if place.header is not None:
        return _header(place.header)
    if place.query is not None:
        return f"?{place.query}="
    return f"{'each item’s ' if place.item else ''}{'.'.join(place.path)}"


def _handshake(row: Provider) -> str:
    found = []
    if row.greet is not None:
        found.append(f"answered ({', '.join(row.greet_methods) or ', '.join(row.methods)}) before verifying")
    if row.answer is not None:
        found.append("answered once it was verified")
    return "; ".join(found) or "none"


def span_text(seconds: float | None) -> str:
    """Return for how long a provider tries again."""
    if seconds is None:
        return "not known"
    if not seconds:
        return "none"
    return f"{seconds / DAY:g} days" if seconds >= 2 * DAY else f"{seconds / HOUR:.3g} hours"
