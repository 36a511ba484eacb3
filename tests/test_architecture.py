"""The shape of the house: no circles, levels, pure modules stay pure, one door between the halves."""

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path
    for package in ("relay", "desktop")
    for path in sorted((ROOT / package).rglob("*.py"))
    if path.name != "__init__.py"
}

# A file imports only files of a lower line.
LEVELS = {
    "relay": (
        {
            "relay.peer",
            "relay.pace",
            "relay.resources",
            "relay.moments",
            "relay.templatetext",
            "relay.names",
            "relay.steadyclock",
            "relay.renewal",
            "relay.wirewords",
            "relay.subjects",
            "relay.patterns",
        },
        {
            "relay.protocol",
            "relay.source",
            "relay.formats",
            "relay.guards",
            "relay.kinds",
            "relay.log",
            "relay.networks",
            "relay.calls",
        },
        {
            "relay.errors",
            "relay.event",
            "relay.settings",
            "relay.credentials",
            "relay.wheel",
            "relay.egress",
            "relay.templates",
        },
        {
            "relay.claims",
            "relay.links",
            "relay.tomltext",
            "relay.jsonbody",
            "relay.restraint",
            "relay.playbookfiles",
        },
        {"relay.tomlrecord", "relay.places"},
        {
            "relay.moves",
            "relay.cases",
            "relay.filters",
            "relay.presence",
            "relay.hours",
            "relay.notices",
            "relay.storms",
            "relay.config_pages",
            "relay.playbooks",
            "relay.identity",
            "relay.session",
            "relay.handshake",
            "relay.refusals",
            "relay.inflate",
            "relay.remote",
            "relay.hookplace",
            "relay.secretplace",
            "relay.complaints",
            "relay.recorded",
        },
        {
            "relay.config",
            "relay.schemes",
            "relay.journal.base",
            "relay.journal",
            "relay.connection",
            "relay.registrars",
            "relay.asked",
            "relay.catchup",
            "relay.fields",
            "relay.people",
        },
        {
            "relay.peoplefile",
            "relay.partition",
            "relay.noise",
            "relay.filter_changes",
            "relay.circles",
            "relay.verify",
            "relay.drafts",
            "relay.keypairs",
            "relay.provider_pages",
            "relay.tunnels",
            "relay.variants",
            "relay.recent",
            "relay.requests",
            "relay.filterwatch",
            "relay.registering",
            "relay.answers",
            "relay.refusal_buffer",
            "relay.signing",
        },
        {
            "relay.fanout",
            "relay.desk",
            "relay.render",
            "relay.conformance",
            "relay.routing",
            "relay.why",
            "relay.preview",
            "relay.compared",
            "relay.roster",
            "relay.broadcast",
            "relay.keyfetch",
            "relay.door",
            "relay.asgi",
            "relay.fingerprints",
            "relay.specimen",
        },
        {
            "relay.actionplan",
            "relay.shown",
            "relay.inquiry",
            "relay.shelf",
            "relay.addressing",
            "relay.doctor",
            "relay.samples",
            "relay.replay",
        },
        {"relay.resends"},
        {"relay.timekeeper"},
        {
            "relay.outgoing",
            "relay.intake",
            "relay.listening",
            "relay.onlyone",
            "relay.dispatch",
            "relay.dryrun",
            "relay.gateway",
            "relay.api",
            "relay.server",
        },
        {"relay.rest"},
        {"relay.polling"},
        {"relay.app", "relay.tour"},
        {"relay.demo", "relay.command"},
        {
            "relay.cli_register",
            "relay.cli_actions",
            "relay.cli_desk",
            "relay.cli_filters",
            "relay.cli_dryrun",
        },
        {"relay.cli_playbooks", "relay.cli_providers"},
        {"relay.cli"},
        {"relay.__main__"},
    ),
    "desktop": (
        {"desktop.i18n", "desktop.objc"},
        {
            "desktop.entry",
            "desktop.placement",
            "desktop.snooze",
            "desktop.identity",
            "desktop.languages",
            "desktop.clipboard",
            "desktop.countdown",
            "desktop.fading",
            "desktop.guard",
            "desktop.quiet",
            "desktop.search",
            "desktop.kinds",
            "desktop.preferences_file",
            "desktop.garbage",
            "desktop.crossing",
            "desktop.motion",
            "desktop.assets",
            "desktop.address",
            "desktop.trust",
            "desktop.options",
            "desktop.certificate",
            "desktop.paths",
            "desktop.pulse",
            "desktop.elapsed",
            "desktop.redaction",
            "desktop.logtail",
            "desktop.keys",
            "desktop.xlib",
            "desktop.sideloop",
            "desktop.announce",
            "desktop.autostart",
            "desktop.turn",
        },
        {"desktop.limits"},
        {
            "desktop.translator",
            "desktop.proxies",
            "desktop.chain",
            "desktop.lineage",
            "desktop.workarea",
            "desktop.front",
            "desktop.windows_keys",
            "desktop.x11_keys",
            "desktop.x11_focus",
            "desktop.portal_keys",
            "desktop.settings",
            "desktop.changes",
            "desktop.inbox_file",
            "desktop.inbox_rows",
            "desktop.verdicts",
            "desktop.requests",
        },
        {"desktop.inbox_store"},
        {
            "desktop.policy",
            "desktop.way",
            "desktop.gate",
            "desktop.holding",
            "desktop.text",
            "desktop.theme",
            "desktop.session",
            "desktop.rules",
            "desktop.inbox",
            "desktop.tunnel",
            "desktop.doctor",
            "desktop.system_proxy",
            "desktop.speech",
            "desktop.shortcut",
        },
        {
            "desktop.display",
            "desktop.logfile",
            "desktop.policy_places",
            "desktop.chainwords",
            "desktop.traymenu",
            "desktop.veil",
            "desktop.waiting",
            "desktop.ticker",
            "desktop.burst",
            "desktop.posted",
            "desktop.clamped",
            "desktop.archive",
            "desktop.shelter",
            "desktop.soundness",
            "desktop.errand",
            "desktop.flow",
            "desktop.form",
            "desktop.inputs",
            "desktop.savedialog",
            "desktop.export",
            "desktop.filterwords",
            "desktop.standing",
            "desktop.told",
            "desktop.panel",
            "desktop.card",
            "desktop.own",
            "desktop.compositor",
            "desktop.instance",
            "desktop.signals",
            "desktop.keychain",
            "desktop.sound",
            "desktop.surroundings",
        },
        {"desktop.gathered"},
        {
            "desktop.wishes",
            "desktop.policy_command",
            "desktop.offers",
            "desktop.groups",
            "desktop.missed",
            "desktop.remarks",
            "desktop.degrade",
            "desktop.archivist",
            "desktop.badge",
            "desktop.timeline",
            "desktop.linux_session",
            "desktop.macos_session",
            "desktop.windows_session",
            "desktop.x11",
        },
        {"desktop.readers", "desktop.native", "desktop.exporter"},
        {
            "desktop.bundle",
            "desktop.controls",
            "desktop.fields",
            "desktop.dial",
            "desktop.pace",
            "desktop.outgoing",
            "desktop.pairing",
            "desktop.exportbar",
            "desktop.models",
            "desktop.tray",
        },
        {"desktop.api", "desktop.polling"},
        {
            "desktop.recipients",
            "desktop.filter_grid",
            "desktop.pausing",
            "desktop.scriptbox",
            "desktop.claimbar",
            "desktop.filterbar",
            "desktop.exporting",
            "desktop.undobar",
            "desktop.story",
            "desktop.course",
            "desktop.actionrow",
            "desktop.steps",
            "desktop.several",
            "desktop.chip",
            "desktop.offerbar",
            "desktop.firstrun",
            "desktop.rows",
            "desktop.connection",
            "desktop.checks",
            "desktop.signin",
        },
        {
            "desktop.face",
            "desktop.filter_model",
            "desktop.menu",
            "desktop.roll",
            "desktop.whybox",
            "desktop.equipment",
        },
        {
            "desktop.historyframe",
            "desktop.toast",
            "desktop.passing",
            "desktop.detail",
            "desktop.bridge",
            "desktop.diagnostics",
            "desktop.doctor_command",
        },
        {"desktop.fitting", "desktop.ahead", "desktop.caller", "desktop.warmup"},
        {"desktop.ground", "desktop.inquirer"},
        {"desktop.pages"},
        {
            "desktop.stack",
            "desktop.housekeeping",
            "desktop.report",
            "desktop.history",
            "desktop.enrolment",
            "desktop.checkup",
            "desktop.leaving",
            "desktop.handover",
        },
        {"desktop.casework", "desktop.snoozer", "desktop.records", "desktop.reach", "desktop.starting"},
        {"desktop.screen", "desktop.presenter"},
        {"desktop.filters", "desktop.tidings"},
        {"desktop.sample"},
        {"desktop.preferences"},
        {"desktop.comforts", "desktop.linkcard", "desktop.keptpause"},
        {"desktop.attention", "desktop.filterdesk", "desktop.historydesk"},
        {"desktop.carddesk"},
        {"desktop.windowmode"},
        {"desktop.app"},
        {"desktop.__main__"},
    ),
}

# These decide: values in, values out. They neither wait, nor draw, nor ask what time it is.
PURE = {
    "relay.protocol", "relay.wirewords", "relay.subjects", "relay.errors", "relay.event", "relay.source", "relay.formats", "relay.playbooks",
    "relay.render", "relay.session", "relay.verify", "relay.schemes", "relay.conformance", "relay.wheel", "relay.kinds",
    "relay.settings", "relay.config_pages", "relay.recent", "relay.peer", "relay.pace", "relay.inflate",
    "relay.refusals", "relay.answers", "relay.door", "relay.networks", "relay.tomltext",
    "relay.complaints", "relay.doctor", "relay.fingerprints", "relay.provider_pages", "relay.recorded",
    "relay.specimen", "relay.variants", "relay.broadcast", "relay.claims", "relay.cases", "relay.moves", "relay.filters", "relay.calls", "relay.signing", "relay.actionplan", "relay.jsonbody",
    "relay.shown", "relay.tomlrecord", "relay.moments", "relay.templatetext", "relay.names", "relay.guards", "relay.templates", "relay.links", "relay.fields", "relay.drafts",
    "relay.asked", "relay.people", "relay.presence", "relay.hours", "relay.peoplefile",
    "relay.partition", "relay.filter_changes", "relay.patterns", "relay.circles", "relay.routing", "relay.renewal",
    "relay.notices", "relay.storms", "relay.noise", "relay.addressing", "relay.resends",
    "relay.why", "relay.preview", "relay.compared", "relay.dryrun",
    "desktop.quiet", "desktop.keys", "desktop.gate", "desktop.holding", "desktop.kinds", "desktop.limits", "desktop.settings", "desktop.policy",
    "desktop.placement", "desktop.snooze", "desktop.i18n", "desktop.filterwords", "desktop.languages", "desktop.veil", "desktop.waiting", "desktop.groups", "desktop.gathered", "desktop.missed", "desktop.remarks", "desktop.offers",
    "desktop.entry", "desktop.session", "desktop.rules", "desktop.text", "desktop.options",
    "desktop.changes", "desktop.verdicts", "desktop.requests", "desktop.standing", "desktop.degrade", "desktop.burst", "desktop.posted",
    "desktop.certificate", "desktop.lineage", "desktop.chainwords", "desktop.proxies", "desktop.way", "desktop.pulse", "desktop.redaction", "desktop.doctor", "desktop.search", "desktop.timeline", "desktop.recipients", "desktop.badge", "desktop.told", "desktop.story", "desktop.course",
}  # fmt: skip
IMPURE_LIBRARIES = {
    "asyncio", "threading", "socket", "sqlite3", "apsw", "httpx", "websockets", "uvicorn", "starlette",
    "PySide6", "keyring", "subprocess", "time", "random", "structlog",
}  # fmt: skip
# Qt and the network stay at the rim of the desktop.
WITHOUT_QT = {
    "desktop.quiet", "desktop.objc", "desktop.keys", "desktop.gate", "desktop.holding", "desktop.kinds", "desktop.limits", "desktop.settings", "desktop.policy",
    "desktop.policy_places", "desktop.preferences_file", "desktop.autostart",
    "desktop.placement", "desktop.snooze", "desktop.i18n", "desktop.filterwords", "desktop.languages", "desktop.veil", "desktop.waiting", "desktop.groups", "desktop.gathered", "desktop.missed", "desktop.offers",
    "desktop.entry", "desktop.text", "desktop.session", "desktop.rules", "desktop.inbox", "desktop.keychain",
    "desktop.api", "desktop.burst", "desktop.posted",
    "desktop.connection", "desktop.sideloop", "desktop.pairing", "desktop.address", "desktop.trust", "desktop.dial", "desktop.polling", "desktop.options",
    "desktop.changes", "desktop.inbox_file", "desktop.inbox_rows", "desktop.inbox_store", "desktop.verdicts", "desktop.requests", "desktop.outgoing", "desktop.standing",
    "desktop.certificate", "desktop.chain", "desktop.lineage", "desktop.chainwords", "desktop.proxies", "desktop.way", "desktop.tunnel", "desktop.paths", "desktop.pulse",
    "desktop.redaction", "desktop.doctor", "desktop.logtail", "desktop.logfile", "desktop.display", "desktop.checks", "desktop.search", "desktop.archive", "desktop.timeline", "desktop.export",
}  # fmt: skip


def imports(path: Path) -> set[str]:
    """Return every module that a file imports, inside functions too: that is how circles hide."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


GRAPH = {name: imports(path) & FILES.keys() for name, path in FILES.items()}


def half(name: str) -> str:
    """Return the package: ``relay`` or ``desktop``."""
    return name.partition(".")[0]


def parent(name: str) -> str:
    """Return the folder a module is in, as a dotted name."""
    return name.rpartition(".")[0]


def level_of(name: str) -> int:
    """Return the line of ``LEVELS`` on which a module, or the folder it is in, stands."""
    for number, line in enumerate(LEVELS[half(name)]):
        if name in line or parent(name) in line:
            return number
    pytest.fail(f"{name} stands on no level; add it to LEVELS")


def libraries(name: str) -> set[str]:
    """Return the top-level names of what a module imports from outside."""
    return {module.split(".")[0] for module in imports(FILES[name])}


def test_imports_make_no_circle() -> None:
    """Every module can be read after the ones it imports."""
    TopologicalSorter({name: GRAPH[name] - {name} for name in FILES}).prepare()


@pytest.mark.parametrize("name", FILES)
def test_a_module_imports_only_lower_levels(name: str) -> None:
    """A file imports files of a lower level only, or its neighbours in the same sub-folder."""
    for other in GRAPH[name]:
        in_one_folder = name.count(".") > 1 and parent(name) == parent(other)
        if half(other) == half(name) and not in_one_folder:
            assert level_of(other) < level_of(name), f"{name} imports {other}"


def test_the_halves_meet_at_the_protocol() -> None:
    """The desktop knows nothing of the relay but the wire, and the relay nothing of the desktop."""
    across = {
        (name, other) for name, others in GRAPH.items() for other in others if half(name) != half(other)
    }
    assert {other for _, other in across} <= {"relay.protocol"}


@pytest.mark.parametrize("name", sorted(FILES))
def test_pure_modules_stay_pure(name: str) -> None:
    """A module that decides imports nothing that waits, draws or tells the time."""
    if name in PURE or parent(name) in PURE:
        assert not libraries(name) & IMPURE_LIBRARIES


@pytest.mark.parametrize("name", sorted(WITHOUT_QT))
def test_qt_stays_at_the_rim(name: str) -> None:
    """What stores, decides and connects on the desktop runs without Qt."""
    assert "PySide6" not in libraries(name)


def test_nothing_is_called_a_drawer() -> None:
    """Every file is named for its noun; there is no drawer for the rest."""
    drawers = {"utils", "util", "helpers", "helper", "misc", "common", "manager", "managers"}
    assert not [name for name in FILES if drawers & set(name.split("."))]


def test_no_item_is_taken_out_of_a_layout() -> None:
    """Shiboken would still have a name for its address; see docs/decisions.md. Qt asks a layout of ours."""
    forbidden = re.compile(r"\.(takeAt|itemAt|itemAtPosition|replaceWidget)\(")
    assert not [name for name, path in FILES.items() if forbidden.search(path.read_text(encoding="utf-8"))]
