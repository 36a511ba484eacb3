"""Who is behind a relay's certificate: a public authority, the company's own, or who listens. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from desktop.certificate import Certificate, Name
from desktop.i18n import tr

_INSPECTORS = (
    "zscaler", "netskope", "fortinet", "fortigate", "palo alto", "blue coat", "bluecoat", "symantec web",
    "sophos", "kaspersky", "eset ssl", "avast", "avg web", "bitdefender", "cisco umbrella", "forcepoint",
    "mcafee web", "skyhigh", "watchguard", "barracuda", "check point", "sonicwall", "cato networks",
    "mitmproxy",
)  # fmt: skip
"""Words in the names of authorities by which gateways and virus scanners read TLS."""


class Signer(StrEnum):
    """Whose authority stands at the end of a chain."""

    PUBLIC = "public"
    """One that browsers know."""
    ADDED = "added"
    """One from the file with additional authorities."""
    LOCAL = "local"
    """One that only this computer knows, or nobody."""


@dataclass(frozen=True, kw_only=True)
class Lineage:
    """What a server has shown, its own certificate first, and who is behind the last of it."""

    shown: tuple[Certificate, ...]
    root: Name
    signer: Signer

    @property
    def issuer(self) -> str:
        """Return who issued the server's own certificate, and who stands behind that."""
        issuer, root = str(self.shown[0].issuer), str(self.root)
        return issuer if issuer == root else tr("{issuer}, signed by {root}", issuer=issuer, root=root)

    @property
    def inspected(self) -> bool:
        """Say whether a gateway or a virus scanner is known to sign so."""
        names = " ".join([str(self.root), *(str(each.issuer) for each in self.shown)]).casefold()
        return any(word in names for word in _INSPECTORS)


def trace(
    shown: Sequence[Certificate],
    proven: Sequence[Certificate],
    *,
    public: frozenset[Name],
    added: frozenset[Name],
) -> Lineage:
    """Say who is behind a chain; ``proven`` goes up to an authority that is known, if it was trusted."""
    root = (proven or shown)[-1].issuer
    signer = Signer.ADDED if root in added else Signer.PUBLIC if root in public else Signer.LOCAL
    return Lineage(shown=tuple(shown), root=root, signer=signer)
