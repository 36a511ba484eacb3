"""Reads the built-in playbooks as the agent who has to say them aloud would: samples in, complaints out."""

import json
import re
import uuid
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

import pytest

from relay import samples
from relay.event import Dispatched, Draft, Event, EventState, StoredEvent
from relay.playbooks import Playbook, load
from relay.render import Renderer
from relay.resources import resource

PLAYBOOKS = load(resource("playbooks"))
NOW = 1_772_193_790.0
"""A day in February: its name differs between the languages, and that of the days after it, too."""

TITLE, BODY = 70, 220
"""Characters that a toast shows without cutting."""

RESIDUE = re.compile(
    r"\{\{|\}\}|\{%|\bNone\b|\bnull\b|undefined|“”|„“|\(\)|  |\s[,.;:!?](?!\S)|\.\.|,,|^[,.;:]|\w_\w|</?\w+>"
)
ENGLISH = re.compile(
    r"\b(January|February|March|May|June|July|October|December|and|the|you|your|that|were|with|from|has|have|days?)\b"
)
GERMAN = re.compile(r"\b(Uhr|und|Sie|Ihre?|der|das|dass|ist|nicht|bitte|Januar|Februar|März|Tage?)\b")


def names() -> list[str]:
    """Return every sample as folder and name."""
    return ["/".join(pair) for pair in samples.listed()]


@cache
def decided(sample: str) -> Dispatched:
    """Return what becomes of a fresh sample."""
    return decide(sample, json.loads(fresh(sample)))


def sample_of(sample: str) -> samples.Sample:
    folder, name = sample.split("/")
    return samples.load(folder, name)


def fresh(sample: str) -> bytes:
    return samples.event_data(samples.fresh(sample_of(sample), NOW, str(uuid.UUID(int=7)))[0])


def decide(sample: str, data: object) -> Dispatched:
    return renderer().decide(StoredEvent(seq=1, event=event_of(sample, data), state=EventState.PENDING))


def event_of(sample: str, data: object) -> Event:
    card = sample_of(sample).card
    return Event(
        source=sample.partition("/")[0],
        provider=card.provider,
        id="evt_1",
        type=card.type,
        time=NOW,
        data=json.dumps(data).encode(),
    )


@cache
def renderer() -> Renderer:
    return Renderer(PLAYBOOKS)


def shown(sample: str) -> Draft:
    """Return the one notification that people see of a sample."""
    (draft,) = decided(sample).drafts
    return draft


def with_toast() -> list[str]:
    return [sample for sample in names() if any(not draft.silent for draft in decided(sample).drafts)]


def spoken() -> list[Any]:
    """Return every script of the library with the sample that it was filled in from."""
    return [
        pytest.param(sample, script, id=f"{sample}-{script.name}-{script.language}")
        for sample in with_toast()
        for script in shown(sample).scripts
    ]


def put(document: Any, path: str, value: object) -> None:
    *way, last = path.split(".")
    for part in way:
        document = document[int(part) if isinstance(document, list) else part]
    document[int(last) if isinstance(document, list) else last] = value


def fallbacks(playbook: Playbook) -> set[str]:
    """Return the English words that a playbook's values say instead of what the event doesn't have."""
    said = re.findall(r"""(?:default\(|or |else )(["'])(.*?)\1""", " ".join(playbook.values.values()))
    return {word for _, word in said if re.search(r"[a-z]{2}", word) and not GERMAN.search(word)}


def left_out(document: Any) -> Iterator[Any]:
    """Yield copies of a document, each with another one of its values null or empty."""
    for path in _paths(document):
        for nothing in (None, ""):
            copy = deepcopy(document)
            put(copy, path, nothing)
            yield copy


def _paths(document: Any, before: str = "") -> Iterator[str]:
    inside = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in inside:
        if isinstance(value, dict | list):
            yield from _paths(value, f"{before}{key}.")
        else:
            yield f"{before}{key}"


def complaints(text: str, language: str) -> list[str]:
    """Return what would make an agent stumble over a text, in words; URLs are not read aloud."""
    said = re.sub(r"https?://\S+", "address", text)
    found = [f"residue {match[0]!r}" for match in RESIDUE.finditer(said.replace("\n", "⏎"))]
    other = ENGLISH if language == "de" else GERMAN
    ours = re.sub(r"[„“][^”“]*[”“]", "", said)  # a customer's own words stay in their language
    found += ["a word of the other language"] if other.search(ours) else []
    if language == "de":
        found += ["an English amount"] if re.search(r"€\s?\d|\d\.\d\d\b", said) else []
        found += ["du"] if re.search(r"\b(du|dir|dein\w*)\b", said, re.IGNORECASE) else []
    else:
        found += ["a German amount"] if re.search(r"\d,\d\d\b|\d €", said) else []
    found += ["no end"] if not re.search(r"[.?!]$|address$", said) else []
    found += ["an empty line too many"] if "\n\n\n" in text else []
    return found


def judge(sample: str, result: Dispatched, unsaid: str = "{{") -> None:
    """Fail if a notification cannot be read aloud."""
    assert (result.state, result.detail) == (EventState.NOTIFIED, ""), sample
    (draft,) = result.drafts
    texts = [(draft.title + ".", "en"), (draft.body, "en")]
    texts += [(script.text, script.language) for script in draft.scripts]
    assert (len(draft.title) <= TITLE, len(draft.body) <= BODY) == (True, True), (draft.title, draft.body)
    for text, language in texts:
        wrong = [found for found in complaints(text, language) if text is not draft.body or found != "no end"]
        assert not wrong, text
        assert unsaid not in text
    assert all(script.missing == () for script in draft.scripts)
