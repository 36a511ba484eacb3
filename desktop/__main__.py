"""``deskbell`` and ``python -m desktop``: reads the options, looks for a screen, and runs the app."""

import logging
import os
import sys

import platformdirs

from desktop import display, options, policy_command
from desktop.identity import claim_identity


def main() -> int:
    """Run the tray app; return its exit status: 0 quit, 1 nothing was painted in time, 2 no screen."""
    home = platformdirs.user_data_path("deskbell", appauthor=False) / "desktop"
    preferences = platformdirs.user_config_path("deskbell", appauthor=False) / "preferences.json"
    if sys.argv[1:2] == ["doctor"]:
        from desktop import doctor_command

        return doctor_command.main(sys.argv[2:], home, preferences)
    if sys.argv[1:2] == ["policy"]:
        return policy_command.main(sys.argv[2:], preferences)
    chosen = options.read(sys.argv[1:], os.environ, home, preferences)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        platform = display.choose(os.environ, sys.platform)
    except options.NoDisplayError as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    if platform is not None:
        os.environ["QT_QPA_PLATFORM"] = platform
    claim_identity()
    # Loading Qt takes a moment, and --help should not.
    from desktop.app import run

    return run(chosen)


if __name__ == "__main__":
    sys.exit(main())
