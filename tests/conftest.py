"""What every test needs: Qt without a screen, unless the test's environment says otherwise."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
