"""``deskbell-relay`` and ``python -m relay``: runs the command line, translates errors once."""

import sys

import typer

from relay.cli import cli
from relay.errors import ConfigError, PlaybookError, RelayError

CALLER_CAN_MEND = 2
FAILED = 1
INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""


def main() -> None:
    """Run the command line and exit with its status."""
    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal's encoding does not know is shown escaped rather than as a crash.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr] # text files, both
    try:
        cli(prog_name="deskbell-relay")
    except RelayError as error:
        typer.echo(str(error), err=True)
        sys.exit(CALLER_CAN_MEND if isinstance(error, ConfigError | PlaybookError) else FAILED)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.exit(FAILED)


if __name__ == "__main__":
    main()
