"""Finds every text that is translated, and brings the German catalogue up to date by Qt's own tools.

Run ``python -m tests.desktop.catalogue`` after a text was changed: new ones are put into
``resources/i18n/de.ts`` as unfinished, to be translated there (Qt Linguist, or any editor); run it again,
and the finished file is compiled to ``de.qm``.
"""

import ast
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import PySide6

from desktop.i18n import CONTEXT
from desktop.settings import SETTINGS

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "resources" / "i18n"


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """A text of the code."""

    text: str
    counted: bool
    """Whether it has a form for one and a form for many."""
    file: str


@dataclass(kw_only=True)
class Entry:
    """A text in the catalogue."""

    forms: list[str] = field(default_factory=list)
    """One, or two if it is counted; empty strings if nobody has translated it."""
    finished: bool = True


def phrases() -> dict[str, Phrase]:
    """Return every text that ``tr`` or ``mark`` is called with, and those of the settings, by itself."""
    found: dict[str, Phrase] = {}
    for path in sorted((ROOT / "desktop").glob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            phrase = _phrase(call, path)
            if phrase is not None:
                found.setdefault(phrase.text, phrase)
    for row in SETTINGS.values():
        kind = row.kind
        labels = getattr(kind, "labels", {}).values()
        words = (row.section.value, row.label, row.help, *labels)
        for text in (*words, getattr(kind, "unit", ""), getattr(kind, "hint", "")):
            if text:
                found.setdefault(text, Phrase(text=text, counted=False, file="settings.py"))
    return found


def _phrase(node: ast.AST, path: Path) -> Phrase | None:
    if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in {"tr", "mark"}:
        return None
    text = node.args[0]
    if not isinstance(text, ast.Constant) or not text.value:
        return None
    counted = any(keyword.arg == "n" for keyword in node.keywords)
    return Phrase(text=str(text.value), counted=counted, file=path.name)


def read(language: str) -> dict[str, Entry]:
    """Return the catalogue of a language as it is written."""
    found: dict[str, Entry] = {}
    for message in ET.parse(FOLDER / f"{language}.ts").iter("message"):
        said = message.find("translation")
        assert said is not None
        forms = [form.text or "" for form in said.findall("numerusform")] or [said.text or ""]
        found[message.findtext("source") or ""] = Entry(forms=forms, finished=said.get("type") is None)
    return found


def write(language: str, entries: dict[str, Entry]) -> None:
    """Write a catalogue: what the code has, in the order of its files; what it has no more is left out."""
    root = ET.Element("TS", version="2.1", language=language, sourcelanguage="en")
    context = ET.SubElement(root, "context")
    ET.SubElement(context, "name").text = CONTEXT
    for text, phrase in phrases().items():
        entry = entries.get(text) or Entry(forms=[""] * (2 if phrase.counted else 1), finished=False)
        message = ET.SubElement(context, "message", {"numerus": "yes"} if phrase.counted else {})
        ET.SubElement(message, "location", filename=f"desktop/{phrase.file}")
        ET.SubElement(message, "source").text = text
        said = ET.SubElement(message, "translation", {} if entry.finished else {"type": "unfinished"})
        if not phrase.counted:
            said.text = entry.forms[0]
        for form in entry.forms if phrase.counted else ():
            ET.SubElement(said, "numerusform").text = form
    ET.indent(root)
    head = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n'
    (FOLDER / f"{language}.ts").write_text(f"{head}{ET.tostring(root, 'unicode')}\n", "utf-8")


def release(language: str) -> None:
    """Compile a catalogue by Qt's ``lrelease``."""
    tool = Path(PySide6.__file__).parent / "lrelease"
    subprocess.run([tool, "-silent", FOLDER / f"{language}.ts"], check=True)


if __name__ == "__main__":
    write("de", read("de"))
    release("de")
    left = [text for text, entry in read("de").items() if not entry.finished]
    sys.stdout.write("".join(f"not translated: {text}\n" for text in left))
