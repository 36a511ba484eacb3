"""Registering a source's webhook at its provider: find, create, change, rotate, remove.

What is to be done is decided by :func:`plan`, from the provider's list and the wish. Doing it
returns lines for a person; a secret is never in them. Everything may be repeated: a webhook for the
same address is found and changed, not doubled.
"""

import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

import msgspec

from relay.errors import CallFailed, ConfigError, RelayError
from relay.hookplace import same_address, shown, without_query
from relay.log import escape
from relay.registrars.base import Hook, Registrar, SecretFrom, Wish
from relay.secretplace import SecretPlace, Stored, check_room, pending, readable, store
from relay.source import Secret

SECRET_BYTES = 32
"""Of randomness in a secret of our choice: as many as SHA-256 has."""


class Step(StrEnum):
    """What has to be done about a webhook."""

    CREATE = "create"
    CHANGE = "change"
    KEEP = "keep"


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What has to be done: ``mine`` are the webhooks for our address, ``blocked`` those in its way."""

    step: Step
    mine: tuple[Hook, ...] = ()
    blocked: tuple[Hook, ...] = ()


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One run: for which source, by which registrar, what is wished, and what is allowed."""

    registrar: Registrar
    wish: Wish
    place: SecretPlace
    environ: Mapping[str, str]
    replace: bool = False
    """Another secret or address may be overwritten."""
    dry_run: bool = False
    hook_id: str = ""
    """One webhook out of several, for removing."""
    new_secret: Callable[[], str] = lambda: secrets.token_urlsafe(SECRET_BYTES)


def plan(hooks: Sequence[Hook], wish: Wish, registrar: Registrar) -> Plan:
    """Decide what has to be done for a wish, given the webhooks that there are."""
    mine = tuple(hook for hook in hooks if same_address(hook.url, wish.url))
    others = (hook for hook in hooks if hook not in mine)
    blocked = tuple(hook for hook in others if registrar.in_the_way(hook, wish))
    if not mine or (blocked and registrar.additive):
        return Plan(step=Step.CHANGE if mine else Step.CREATE, mine=mine, blocked=blocked)
    # A secret of ours can't be read back, so whether it is right is not known.
    right = registrar.secret_from is not SecretFrom.OURS and all(
        hook.active and _has_events(hook, wish, additive=registrar.additive) for hook in mine
    )
    return Plan(step=Step.KEEP if right else Step.CHANGE, mine=mine)


async def listing(job: Job) -> list[str]:
    """Return a line for each webhook of the place; ours are marked."""
    hooks = await job.registrar.hooks()
    if not hooks:
        return [f"There is no webhook at {job.registrar.title}."]
    return [_line(hook, mine=same_address(hook.url, job.wish.url)) for hook in hooks]


async def register(job: Job) -> list[str]:
    """Make the webhook, or make it right; return what was done.

    Raises:
        ConfigError: something is missing, or in the way; nothing was changed.
        CallFailed: the provider did not do it.
    """
    registrar = job.registrar
    todo = plan(await registrar.hooks(), job.wish, registrar)
    if todo.blocked and not job.replace:
        taken = ", ".join(sorted({shown(hook.url) for hook in todo.blocked}))
        hint = "To send them to this source instead: --replace"
        raise ConfigError("--url", f"{registrar.title} sends these events to {taken}.", hint=hint)
    instead = [f"It takes the place of {shown(hook.url)}." for hook in todo.blocked]
    if todo.step is Step.CREATE:
        return [*await _create(job), *instead]
    if todo.step is Step.CHANGE:
        return [*await _change(job, todo), *instead]
    names = ", ".join(hook.id for hook in todo.mine)
    return [f"{names} is there already and right.", *await _known_secret(job, todo)]


async def rotate(job: Job) -> list[str]:
    """Have a new secret, so that nothing is refused meanwhile where the provider allows that.

    Raises:
        ConfigError: there is no webhook, a rotation is under way, or the secret isn't the webhook's.
        CallFailed: the provider did not do it.
    """
    registrar, wish = job.registrar, job.wish
    if registrar.secret_from is SecretFrom.ACCOUNT:
        hint = f"Its deliveries are signed with {registrar.secret_note}: have that renewed there."
        raise ConfigError("--rotate", f"{registrar.title} has no secret of this webhook's own.", hint=hint)
    mine = plan(await registrar.hooks(), wish, registrar).mine
    if not mine:
        raise ConfigError("--rotate", f"{registrar.title} has no webhook for {shown(wish.url)} yet.")
    if len(mine) > 1:
        names = ", ".join(hook.id for hook in mine)
        hint = "When the new secret is in use, remove the older one: --remove --id ID"
        raise ConfigError("--rotate", f"there are several for {shown(wish.url)}: {names}.", hint=hint)
    check_room(job.place, replace=True, drop_old=job.replace)
    if job.dry_run:
        return [f"Would have a new secret for {mine[0].id} and put it into {job.place.path}."]
    if registrar.secret_from is SecretFrom.OURS:
        return _rotate_ours(job)
    if registrar.secret_from is SecretFrom.ONCE:
        return await _rotate_by_second(job, mine[0])
    kept = _keep(job, await registrar.renew_secret(mine[0]), replace=True)
    urgent = "From now on deliveries are signed with it: do this at once."
    return [f"{registrar.title} made a new secret for {mine[0].id}. {urgent}", *_both(job, kept)]


async def remove(job: Job) -> list[str]:
    """Take the webhook for our address away; with several, the one that was named.

    Raises:
        ConfigError: there are several, or the named one isn't for our address.
        CallFailed: the provider did not do it.
    """
    hooks = await job.registrar.hooks()
    mine = plan(hooks, job.wish, job.registrar).mine
    if job.hook_id:
        near = without_query(job.wish.url)
        ours = (hook for hook in hooks if same_address(without_query(hook.url), near))
        chosen = [hook for hook in ours if hook.id == job.hook_id]
        if not chosen:
            raise ConfigError(
                "--id", f"no webhook for {shown(job.wish.url)} has this id.", hint="See --list."
            )
    else:
        chosen = list(mine)
    if not chosen:
        return [f"There is none for {shown(job.wish.url)}; nothing to remove."]
    if len(chosen) > 1:
        names = ", ".join(hook.id for hook in chosen)
        raise ConfigError("--remove", f"there are several: {names}.", hint="Say which: --id ID")
    if job.dry_run:
        return [f"Would remove {_line(chosen[0], mine=True)}"]
    await job.registrar.remove(chosen[0])
    return [f"Removed {chosen[0].id}. Its secret stays in its place."]


async def ping(job: Job) -> list[str]:
    """Have the provider send a test delivery to our webhook.

    Raises:
        ConfigError: there is no webhook, or the provider can't.
        CallFailed: the provider did not do it.
    """
    mine = plan(await job.registrar.hooks(), job.wish, job.registrar).mine
    if not mine:
        raise ConfigError("--ping", f"there is no webhook for {shown(job.wish.url)} yet.")
    if not job.dry_run:
        await job.registrar.ping(mine[0])
    return [f"{'Would ask' if job.dry_run else 'Asked'} for a test delivery of {mine[0].id}."]


async def _create(job: Job) -> list[str]:
    registrar = job.registrar
    wish = _with_events(job)
    if registrar.secret_from in {SecretFrom.ONCE, SecretFrom.READABLE}:
        check_room(job.place, replace=job.replace, drop_old=job.replace)
    if job.dry_run:
        events = ", ".join(wish.events)
        return [f"Would create a webhook at {registrar.title} for {shown(wish.url)} with: {escape(events)}."]
    told: list[str] = []
    if registrar.secret_from is SecretFrom.OURS:
        wish, told = _with_secret(job, wish)
    made = await registrar.create(wish)
    first = f"Created {made.id} at {registrar.title} for {shown(wish.url)}."
    if registrar.secret_from is SecretFrom.ACCOUNT:
        return [first, f"Deliveries are signed with {registrar.secret_note}."]
    if registrar.secret_from is not SecretFrom.OURS:
        told = _where(job, await _keep_or_undo(job, made, replace=job.replace))
    return [first, *told]


async def _change(job: Job, todo: Plan) -> list[str]:
    registrar, wish, told = job.registrar, job.wish, list[str]()
    names = ", ".join(hook.id for hook in todo.mine)
    if job.dry_run:
        events = ", ".join(wish.events) or "the events that it has"
        return [f"Would change {names} at {registrar.title}: active, with {escape(events)}."]
    if registrar.secret_from is SecretFrom.OURS:
        known = readable(job.place, job.environ) or (None if job.place.direct else pending(job.place))
        if known is None:
            problem = (
                f"{job.place.newest} can't be read here, and {registrar.title} needs it with each change."
            )
            hint = "Run this where it can be read; or have a new one: --rotate"
            raise ConfigError(job.place.key, problem, hint=hint)
        registrar.api.hide(known)
        wish, told = msgspec.structs.replace(wish, secret=known), [f"It signs with {known.origin}."]
    for hook in todo.mine:
        await registrar.change(hook, wish)
    return [f"Changed {names} at {registrar.title}.", *told, *await _known_secret(job, todo)]


async def _known_secret(job: Job, todo: Plan) -> list[str]:
    """Say, and find out where that is possible, whether the relay has the secret of an existing webhook."""
    match job.registrar.secret_from:
        case SecretFrom.ACCOUNT:
            return [f"Deliveries are signed with {job.registrar.secret_note}."]
        case SecretFrom.ONCE:
            return [_shown_once(job)]
        case SecretFrom.READABLE:
            return await _compare_secret(job, todo.mine[0])
    return []


def _shown_once(job: Job) -> str:
    place = job.place
    once = f"{job.registrar.title} shows a webhook's secret only once, when it is made"
    if place.direct and readable(place, job.environ) is None:
        return f"{once}, and {place.path} does not exist. For a new one: --rotate"
    return f"{once}: if {place.newest} does not hold it, have a new one by --rotate"


async def _compare_secret(job: Job, hook: Hook) -> list[str]:
    """Store the secret that the provider shows, unless we have it."""
    place = job.place
    theirs = await job.registrar.shown_secret(hook)
    ours = readable(place, job.environ)
    if ours is not None and ours.reveal() == theirs.reveal():
        return [f"{place.newest} is its secret."]
    if job.dry_run:
        return [f"{place.newest} is not its secret, or can't be read here."]
    return _where(job, _keep(job, theirs, replace=job.replace))


def _rotate_ours(job: Job) -> list[str]:
    """Make a new secret of our choice; the provider learns of it when the relay already takes both."""
    stored = store(job.place, Secret(job.new_secret()), replace=True, drop_old=job.replace)
    command = f"deskbell-relay register {job.wish.name}"
    return [
        "A new secret is made; the provider does not use it yet, so that nothing is refused meanwhile.",
        *_both(job, stored),
        f"Then run {command} again, as the first time: from then on it signs with the new one.",
    ]


async def _rotate_by_second(job: Job, hook: Hook) -> list[str]:
    """Make a second webhook for the same address: the first one goes on until the relay takes both."""
    events = job.wish.events or hook.events
    made = await job.registrar.create(msgspec.structs.replace(job.wish, events=events))
    stored = await _keep_or_undo(job, made, replace=True)
    return [
        f"Created {made.id} beside {hook.id}; events come by both, and count once.",
        *_both(job, stored),
        f"Then remove the older one: --remove --id {hook.id}",
    ]


async def _keep_or_undo(job: Job, made: Hook, *, replace: bool) -> Stored:
    """Store the secret of a new webhook. Without it the webhook is of no use, so it is taken away again."""
    try:
        secret = made.secret or await job.registrar.shown_secret(made)
        return _keep(job, secret, replace=replace)
    except RelayError as error:
        try:
            await job.registrar.remove(made)
        except CallFailed as second:
            raise CallFailed(f"{error} And {made.id} could not be taken away again: {second}") from None
        raise


def _keep(job: Job, secret: Secret, *, replace: bool) -> Stored:
    return store(job.place, secret, replace=replace, drop_old=job.replace)


def _with_events(job: Job) -> Wish:
    """Return the wish for a new webhook, which has to say what it wants."""
    events = job.wish.events or job.registrar.default_events
    if not events:
        problem = f"has to say what {job.registrar.title} shall send, such as {job.registrar.events_help}."
        raise ConfigError("--event", problem, hint=f"See {job.registrar.documentation}")
    return msgspec.structs.replace(job.wish, events=events)


def _with_secret(job: Job, wish: Wish) -> tuple[Wish, list[str]]:
    """Return the wish with the configured secret, or with a new one that is stored first."""
    known = readable(job.place, job.environ) or (None if job.place.direct else pending(job.place))
    if known is not None:
        job.registrar.api.hide(known)
        told = [f"It signs with {known.origin}."]
        return msgspec.structs.replace(wish, secret=known), told
    new = Secret(job.new_secret())
    job.registrar.api.hide(new)
    told = _where(job, store(job.place, new, replace=False, drop_old=False))
    return msgspec.structs.replace(wish, secret=new), told


def _where(job: Job, stored: Stored) -> list[str]:
    """Return where a new secret is, and what has to be done with it."""
    if stored.old:
        return _both(job, stored)
    first = f"Its secret is in {stored.path}, which only {_owner(stored.path)} can read."
    if job.place.direct:
        return [first, "Start the relay anew, so that it counts."]
    return [
        first,
        f"Put it where {job.place.newest} comes from, delete the file, and start the relay anew;",
        f'or leave it there and write into the configuration: secret = "file:{stored.path.as_posix()}"',
    ]


def _both(job: Job, stored: Stored) -> list[str]:
    """Return how the relay is made to take the old secret beside the new one."""
    older = f"file:{stored.old.as_posix()}" if stored.old else job.place.newest
    listed = f'secrets = ["{older}", "file:{stored.path.as_posix()}"]'
    first = f"The new secret is in {stored.path}, which only {_owner(stored.path)} can read."
    if job.place.direct and not stored.old:
        return [first, "Start the relay anew."]
    section = f"[sources.{job.place.source}]"
    return [
        first,
        f"Write into {section}, in place of secret or secrets:",
        f"  {listed}",
        "and start the relay anew: it then takes both.",
    ]


def _owner(path: Path) -> str:
    """Return who can read a private file; root's own is of no use to a relay that runs as somebody else."""
    if os.name == "posix" and path.stat().st_uid == 0:
        return "root (if the relay runs as somebody else, chown it)"
    return "its owner"


def _line(hook: Hook, *, mine: bool) -> str:
    events = escape(", ".join(hook.events), 200) or "-"
    state = "active" if hook.active else "off"
    return f"{escape(hook.id, 100)}  {state}  {shown(hook.url)}  {events}{'  (this source)' if mine else ''}"


def _has_events(hook: Hook, wish: Wish, *, additive: bool) -> bool:
    have, want = set(hook.events), set(wish.events)
    return want <= have if additive or not want else want == have
