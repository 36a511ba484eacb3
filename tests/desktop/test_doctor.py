"""What the diagnostics say: one sentence and one advice a line, and a report that tells no secret."""

import logging
from dataclasses import replace

import pytest

from desktop import chainwords, doctor, verdicts
from desktop.certificate import Certificate, Name
from desktop.doctor import CHECKS, Finding, Mark
from desktop.entry import LinkState, Status
from desktop.lineage import Lineage, Signer
from desktop.logtail import Tail
from desktop.redaction import redact

NOW = 1_800_000_000.0
DAY = 86_400.0
GOOD = Certificate(
    subject=Name(common="relay.example"),
    issuer=Name(common="R11", organisation="Let's Encrypt"),
    starts=NOW - DAY,
    ends=NOW + 60 * DAY,
)

EVERY = [
    doctor.unpaired("relay"),
    doctor.late("names", 15),
    doctor.broken("tray", "OSError"),
    doctor.names("relay.example", ["10.0.0.1", "10.0.0.2", "10.0.0.3"], proxied=False),
    doctor.names("relay.example", [], proxied=True),
    doctor.names("relay.example", [], proxied=False),
    doctor.route("directly (no proxy is set)"),
    doctor.no_route("This is not the address of a proxy."),
    doctor.reach("relay.example", 0.02),
    doctor.reach("relay.example", 2.5),
    doctor.out_of_reach("relay.example", "does not answer", proxy=False),
    doctor.out_of_reach("relay.example", "asks for a sign-in", proxy=True),
    chainwords.missing("Not needed: the relay is on this computer."),
    chainwords.trusted(Lineage(shown=(GOOD,), root=GOOD.issuer, signer=Signer.PUBLIC), "TLSv1.3", NOW),
    chainwords.distrusted(verdicts.UNSAFE),
    doctor.upgraded("mira@example.com"),
    doctor.answered(401, verdicts.SIGNED_OUT, signed_in=False),
    doctor.answered(401, verdicts.SIGNED_OUT, signed_in=True),
    doctor.refused(verdicts.SIGN_IN_PAGE),
    doctor.link(Status(state=LinkState.LIVE, since=NOW - 200), NOW),
    doctor.link(Status(state=LinkState.OFFLINE, since=NOW, reason=verdicts.PROXY.reason), NOW),
    doctor.link(Status(state=LinkState.CONNECTING, since=NOW), NOW),
    doctor.heartbeat(0.03),
    doctor.heartbeat(None),
    doctor.unlinked("clock"),
    doctor.clock(2.0),
    doctor.clock(-7200.0),
    doctor.tray(available=True),
    doctor.tray(available=False),
    doctor.no_screen("screens"),
    doctor.notifications("dunst", placed=True),
    doctor.notifications("", placed=True),
    doctor.notifications("", placed=False),
    doctor.keyring(works=True, reason="", holds=True),
    doctor.keyring(works=True, reason="", holds=False),
    doctor.keyring(works=False, reason="The keyring of this computer is locked.", holds=False),
    doctor.sound("paplay", ""),
    doctor.sound("", "No sound player was found on this computer."),
    doctor.screens(["DP-1, 1920 × 1080 at 100 %"]),
    doctor.screens(["DP-1, 1920 × 1080 at 100 %", "DP-2, 3840 × 2160 at 200 %"]),
]


@pytest.mark.parametrize("finding", EVERY, ids=lambda finding: f"{finding.check}-{finding.mark}")
def test_every_finding_is_a_sentence(finding: Finding) -> None:
    """Each begins with a capital or a name, ends with a full stop, and what is wrong has an advice."""
    assert finding.check in CHECKS
    assert finding.sentence.endswith(".")
    assert finding.advice == "" or finding.advice.endswith((".", "?"))
    assert finding.advice == "" or finding.mark in {Mark.BAD, Mark.NOTE}


def test_most_problems_come_with_an_advice() -> None:
    """A person is told what to do, except where the sentence itself says it."""
    silent = [each.sentence for each in EVERY if each.mark is Mark.BAD and not each.advice]
    assert silent == [
        "This computer is not signed in any more. Please pair it again.",
        "A sign-in page answers on this network. Please open a browser.",
        "There is no link at the moment.",
    ]


def lineage(root: str = "ISRG", ends: float = NOW + 60 * DAY, signer: Signer = Signer.PUBLIC) -> Lineage:
    """Return the certificate of a relay that an authority has signed."""
    name = Name(organisation=root)
    return Lineage(shown=(replace(GOOD, issuer=name, ends=ends),), root=name, signer=signer)


@pytest.mark.parametrize(
    ("root", "ends", "signer", "mark", "word"),
    [
        ("ISRG", NOW + 60 * DAY, Signer.PUBLIC, Mark.GOOD, "good until 2027-03-16"),
        ("ISRG", NOW + 3 * DAY, Signer.PUBLIC, Mark.NOTE, "good until"),
        ("Zscaler Inc.", NOW + 60 * DAY, Signer.LOCAL, Mark.NOTE, "read on the way"),
        ("Our Company", NOW + 60 * DAY, Signer.LOCAL, Mark.NOTE, "not by a public authority"),
        ("Our Company", NOW + 60 * DAY, Signer.ADDED, Mark.GOOD, "issued by"),
    ],
)
def test_a_trusted_certificate_says_by_whom(
    root: str, ends: float, signer: Signer, mark: Mark, word: str
) -> None:
    """Who signed it and until when; who reads along is named, an early end is told."""
    found = chainwords.trusted(lineage(root, ends, signer), "TLSv1.3", NOW)
    assert found.mark is mark
    assert root in found.sentence
    assert word in found.sentence
    assert found.details[-1] == f"2. {root}, known to this computer"


def test_the_summary_names_what_is_wrong() -> None:
    """One sentence says whether all is well, and else what is not, in the order of the list."""
    fine = [doctor.reach("relay.example", 0.1), doctor.tray(available=False)]
    assert doctor.summary(fine) == "Everything that could be checked works."
    assert doctor.healthy(fine)
    wrong = [doctor.clock(9000.0), doctor.names("relay.example", [], proxied=False), *fine]
    assert doctor.summary(wrong) == "2 problems: name of the relay, clock."
    assert not doctor.healthy(wrong)


TOKEN = "dbt_Zm9vYmFyYmF6cXV4cXV1eGNvcmdlZ3JhdWx0Z2FycA"
SECRETS = [
    TOKEN,
    f"Authorization: Bearer {TOKEN}",
    "http://mira:hunter2secret@proxy.example:3128",
    "mira.silva@example.com",
    "/home/mira.silva/.local/share/deskbell",
    r"C:\Users\mira.silva\AppData\Local",
    "/Users/mira.silva/Library",
    "K7QF-92MX-4TRB",
    "https://relay.example/x?token=abc123secret",
    "Mira.Silva",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_nothing_secret_is_in_a_report(secret: str) -> None:
    """Tokens, sign-ins, people and codes are taken out, wherever in the report they were."""
    finding = chainwords.missing(f"It said {secret} to us.")
    for text in (
        doctor.bundle([finding], {}, users=["mira.silva"]),
        doctor.bundle([], {"Place": secret}, users=["mira.silva"]),
        doctor.bundle([], {}, [f"noted {secret}"], users=["mira.silva"]),
    ):
        for word in ("Zm9v", "hunter2", "mira", "Mira", "silva", "K7QF", "abc123", TOKEN):
            assert word not in text


def test_a_report_keeps_what_helps() -> None:
    """Hosts of companies, proxies and mail stay, and so do versions and file names."""
    text = redact(
        "mira@shop.example via http://a:b@proxy.example:3128 to relay.example, "
        "/home/mira/.config/deskbell/x.toml, Qt 6.11.3 (x86_64)",
        users=["mira"],
    )
    assert text == (
        "***@shop.example via http://[sign-in]@proxy.example:3128 to relay.example, "
        "/home/***/.config/deskbell/x.toml, Qt 6.11.3 (x86_64)"
    )


def test_a_known_secret_is_taken_out_whatever_it_looks_like() -> None:
    """The token in use is replaced by itself, not only by its looks."""
    assert redact("it was swordfish, yes", secrets=["swordfish", ""]) == "it was [secret], yes"


def test_the_log_is_kept_without_values() -> None:
    """What a customer wrote can't get into a report by the log: only our own sentences are kept."""
    tail, logger = Tail(most=2), logging.getLogger("desktop.test_doctor")
    logger.setLevel(logging.INFO)
    logger.addHandler(tail)
    logger.warning("the first is pushed out")
    logger.warning("could not store %s", "Ana Souza's card was declined")
    try:
        raise ValueError("Ana Souza")  # noqa: TRY301 - an error with a customer in it
    except ValueError:
        logger.exception("the link failed")
    logger.removeHandler(tail)
    text = doctor.bundle([], {}, tail.lines())
    assert "could not store %s" in text
    assert "the link failed (ValueError)" in text
    assert "Ana" not in text
    assert "pushed out" not in text


def test_lines_come_in_one_order() -> None:
    """However the checks end, they are told from the network to the screen."""
    said = doctor.lines([doctor.screens(["A, 1 × 1 at 100 %"]), doctor.names("h", [], proxied=False)])
    assert said[0].startswith("Problem      Name of the relay: ")
    assert said[-1].startswith("Good         Screens: ")


@pytest.mark.parametrize("path", ["/home/mira/x", "/Users/mira/x", r"C:\Users\mira\x", "/var/home/mira/x"])
def test_a_path_tells_no_name(path: str) -> None:
    """The name of a home folder is taken out although nobody said who sits here."""
    assert "mira" not in redact(f"see {path}")
