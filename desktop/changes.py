"""What a message makes of an entry: revised, claimed, given back, over. Pure.

Times of a message are taken as they are: whoever calls has put them on this computer's clock, by
:func:`on_our_clock`.
"""

from dataclasses import replace

from msgspec import structs

from desktop.entry import Entry
from desktop.i18n import mark, tr
from relay.protocol import OVER, Notification, Stage, Update

_WORDS = {
    Stage.CLAIMED: mark("{name} has claimed it already."),
    Stage.DONE: mark("It was done already."),
    Stage.EXPIRED: mark("Its time was over."),
    Stage.WITHDRAWN: mark("It was not needed any more."),
    Stage.PASSED: mark("It was passed on."),
    Stage.OFFERED: mark("It was offered to somebody else."),
}


def is_settled(entry: Entry, agent: str) -> bool:
    """Say whether there is nothing in it for ``agent`` to look at: it is over, or somebody is on it."""
    if entry.stage is Stage.OFFERED:
        return not entry.held_by(agent)
    return entry.stage in OVER or entry.stage in {Stage.CLAIMED, Stage.PASSED}


def arrived(entry: Entry, agent: str) -> Entry:
    """Return a new entry as it is to be stored: what is settled needs no toast and no badge."""
    if not is_settled(entry, agent):
        return entry
    return _settle(entry)


def revised(entry: Entry, message: Notification, received_at: float, agent: str) -> Entry | None:
    """Return what a notification of the same id makes of an entry, None if nothing.

    A higher revision brings new words, unread; a toast of it may be shown, unless somebody else is
    on it. The same revision brings only where it stands among people: it may have come back.
    """
    if message.revision > entry.revision:
        new = Entry.from_notification(message, received_at)
        if is_settled(new, agent) and not (new.stage is Stage.CLAIMED and new.held_by(agent)):
            return _settle(new)
        return new
    if message.revision < entry.revision:
        return None
    new = replace(
        entry,
        stage=message.stage,
        holder=message.holder,
        holder_name=message.holder_name,
        until=message.until,
        expires=message.expires,
        how=message.how,
    )
    if new == entry:
        return None
    over = new.stage in OVER
    return _turned(entry, replace(new, seq=message.seq, done_at=received_at if over else None), agent)


def updated(entry: Entry, update: Update, agent: str) -> Entry:
    """Return what an update makes of an entry.

    What was given up by somebody else may be shown once more; by ``agent``, it stays quiet.
    """
    new = replace(entry, stage=update.stage, until=update.until, note=update.note or entry.note)
    if update.stage in OVER:
        new = replace(new, done_at=update.at)
    # An update that only notes something, or asks to show it again, doesn't say who has it.
    if not (update.note or update.again):
        by = "" if update.stage in {Stage.NEW, Stage.UNROUTED} else update.by
        name = update.to if update.stage is Stage.PASSED else update.name
        new = replace(new, holder=by, holder_name=name if by or update.to else "")
    if update.again and not is_settled(new, agent):
        return replace(new, shown=False, quiet="")
    if not is_settled(new, agent) and update.by.casefold() == agent.casefold() != "":
        return replace(new, shown=True, read=True)
    return _turned(entry, new, agent)


def expired(entry: Entry, now: float) -> Entry:
    """Return an entry whose time is over."""
    return _settle(replace(entry, stage=Stage.EXPIRED, until=None, done_at=now))


def may_wake(entry: Entry, agent: str) -> bool:
    """Say whether an entry that ``agent`` has put off is still the agent's to look at."""
    mine = entry.stage is Stage.CLAIMED and entry.held_by(agent)
    return mine or not is_settled(entry, agent)


def woken(entry: Entry) -> Entry:
    """Return an entry that was put off as it comes back: unread, and to be shown."""
    return replace(entry, shown=False, read=False, quiet="")


def on_our_clock(message: Notification | Update, ahead: float) -> Notification | Update:
    """Return a message with its times by this computer's clock, ``ahead`` seconds ahead of the relay's."""
    until = None if message.until is None else message.until + ahead
    if isinstance(message, Update):
        return structs.replace(message, at=message.at + ahead, until=until)
    expires = None if message.expires is None else message.expires + ahead
    return structs.replace(message, at=message.at + ahead, until=until, expires=expires)


def _turned(old: Entry, new: Entry, agent: str) -> Entry:
    """Return ``new`` with what its turn means for toast and badge."""
    if is_settled(new, agent):
        return _settle(new)
    return replace(new, shown=False, read=False, quiet="") if is_settled(old, agent) else new


def _settle(entry: Entry) -> Entry:
    """Return an entry that nobody here has to look at any more, with the reason if it never was shown."""
    why = "" if entry.shown else tr(_WORDS[entry.stage], name=entry.holder_name or tr("Somebody"))
    over = entry.received_at if entry.stage in OVER else None
    return replace(entry, shown=True, read=True, quiet=entry.quiet or why, done_at=entry.done_at or over)
