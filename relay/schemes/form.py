"""A form that is a named function: for providers whose proof no row of data can describe."""

from collections.abc import Callable, Sequence
from typing import NoReturn

import msgspec

from relay.schemes.pipeline import Asked, Binds, Sign, Signed, Unit, Unsigned


def cannot_sign(request: Unsigned, sign: Sign) -> NoReturn:
    """Refuse to sign: nobody but the provider can.

    Raises:
        NotImplementedError: always.
    """
    raise NotImplementedError("requests of this provider can't be made here")


class FunctionForm(msgspec.Struct, frozen=True, kw_only=True):
    """``reader`` finds the units of a request, ``writer`` proves one; both are pure functions."""

    reader: Callable[[Asked], Sequence[Unit]]
    writer: Callable[[Unsigned, Sign], Signed] = cannot_sign
    binds: Binds
    signs_url: bool = False

    def read(self, asked: Asked) -> Sequence[Unit]:
        """Return the units of the request."""
        return self.reader(asked)

    def write(self, request: Unsigned, sign: Sign) -> Signed:
        """Return what proves a request."""
        return self.writer(request, sign)
