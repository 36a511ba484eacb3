#!/bin/bash
# session.sh COMMAND...: run COMMAND inside a real little desktop on a virtual screen.
#
# Window manager, tray, notification service and an unlocked keyring, in a D-Bus session and a home of
# their own. Ends only what it started. Debian: xvfb openbox tint2 dunst gnome-keyring dbus-daemon
# x11-utils scrot xdotool xclip at-spi2-core. Variables: SCREEN (1280x800), NO_TRAY=1, PICOM=1 (a compositor).
if [ -z "$IN_SESSION" ]; then
  PLACE=$(mktemp -d)
  export PLACE IN_SESSION=1 XDG_SESSION_TYPE=x11 XDG_RUNTIME_DIR=$PLACE/run XDG_DATA_HOME=$PLACE/data \
    XDG_CONFIG_HOME=$PLACE/config XDG_CACHE_HOME=$PLACE/cache
  mkdir -m 700 -p "$XDG_RUNTIME_DIR"
  mkdir -p "$XDG_DATA_HOME" "$XDG_CONFIG_HOME" "$XDG_CACHE_HOME"
  unset WAYLAND_DISPLAY QT_QPA_PLATFORM
  # -noreset: otherwise the server forgets everything when its last client leaves for a moment.
  Xvfb -displayfd 3 -screen 0 "${SCREEN:-1280x800}x24" -nolisten tcp -noreset 3>"$PLACE/display" 2>"$PLACE/xvfb.log" &
  server=$!
  for _ in $(seq 100); do [ -s "$PLACE/display" ] && break; sleep .05; done
  DISPLAY=:$(cat "$PLACE/display")
  export DISPLAY
  dbus-run-session -- "$0" "$@"
  status=$?
  kill "$server"
  wait "$server" 2>/dev/null
  rm -rf "$PLACE"
  exit "$status"
fi
printf test | gnome-keyring-daemon --daemonize --unlock --components=secrets >/dev/null 2>&1
openbox >/dev/null 2>&1 & started="$!"
if [ -z "$NO_TRAY" ]; then tint2 >/dev/null 2>&1 & started="$started $!"; fi
dunst >/dev/null 2>&1 & started="$started $!"
if [ -n "$PICOM" ]; then picom --backend xrender >/dev/null 2>&1 & started="$started $!"; fi
for _ in $(seq 60); do xprop -root _NET_SUPPORTING_WM_CHECK | grep -q window && break; sleep .05; done
if [ -z "$NO_TRAY" ]; then
  for _ in $(seq 60); do xwininfo -root -tree | grep -qi tint2 && break; sleep .1; done
fi
"$@"
status=$?
# shellcheck disable=SC2086  # a list of process ids
kill $started 2>/dev/null
exit "$status"
