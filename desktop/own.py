"""What this desktop tells by itself, such as a test toast: an entry like any other, but never stored."""

import time
import uuid

from desktop.entry import Entry
from desktop.text import OWN
from relay.protocol import How, Priority, Script


def own_entry(title: str, body: str, scripts: tuple[Script, ...]) -> Entry:
    """Return an entry that says something of our own, as of now; it is in no inbox."""
    now = time.time()
    return Entry(
        id=uuid.uuid4().hex,
        seq=0,
        source=OWN,
        provider=OWN,
        type=OWN,
        priority=Priority.NORMAL,
        title=title,
        body=body,
        scripts=scripts,
        links=(),
        how=How.TOAST,
        at=now,
        received_at=now,
    )
