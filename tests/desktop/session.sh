#!/bin/bash
# session.sh COMMAND...: run COMMAND inside a real little desktop on a virtual screen.
#
# Window manager, tray, notification service and an unlocked keyring, in a D-Bus session and a home of
# their own. Ends only what it started. Debian: xvfb openbox tint2 dunst gnome-keyring dbus-daemon
# x11-utils scrot xdotool xclip at-spi2-core. Variables: SCREEN (1280x800), NO_TRAY=1, PICOM=1 (a compositor).


# finish PID...: ask them to end, and wait until they have: a client that loses its X server or its bus dumps core.
finish() {
  kill "$@" 2>/dev/null
  for _ in $(seq 100); do kill -0 "$@" 2>/dev/null || return; sleep .05; done
  kill -KILL "$@" 2>/dev/null
}
# client PROGRAM...: start it in a group of its own.
client() {
  setsid "$@" >/dev/null 2>&1 &
  clients="$clients $!"
}

clients='' status=''
# Who ends the whole group (timeout, Ctrl-C) ends COMMAND; what is around it then ends in its order.
trap 'status=143' TERM
trap 'status=130' INT
PLACE=$(mktemp -d)
export PLACE IN_SESSION=1 XDG_SESSION_TYPE=x11 XDG_RUNTIME_DIR=$PLACE/run XDG_DATA_HOME=$PLACE/data \
  XDG_CONFIG_HOME=$PLACE/config XDG_CACHE_HOME=$PLACE/cache
mkdir -m 700 -p "$XDG_RUNTIME_DIR"
mkdir -p "$XDG_DATA_HOME" "$XDG_CONFIG_HOME" "$XDG_CACHE_HOME"
unset WAYLAND_DISPLAY QT_QPA_PLATFORM
# -noreset: otherwise the server forgets everything when its last client leaves for a moment.
setsid Xvfb -displayfd 3 -screen 0 "${SCREEN:-1280x800}x24" -nolisten tcp -noreset 3>"$PLACE/display" 2>"$PLACE/xvfb.log" &
server=$!
setsid dbus-daemon --session --nofork --print-address=3 3>"$PLACE/bus" 2>/dev/null &
bus=$!
for _ in $(seq 100); do [ -s "$PLACE/display" ] && [ -s "$PLACE/bus" ] && break; sleep .05; done
DISPLAY=:$(cat "$PLACE/display")
DBUS_SESSION_BUS_ADDRESS=$(cat "$PLACE/bus")
export DISPLAY DBUS_SESSION_BUS_ADDRESS

printf test | setsid gnome-keyring-daemon --daemonize --unlock --components=secrets >/dev/null 2>&1
client openbox
if [ -z "$NO_TRAY" ]; then client tint2; fi
client dunst
if [ -n "$PICOM" ]; then client picom --backend xrender; fi
for _ in $(seq 60); do xprop -root _NET_SUPPORTING_WM_CHECK | grep -q window && break; sleep .05; done
if [ -z "$NO_TRAY" ]; then
  for _ in $(seq 60); do xwininfo -root -tree | grep -qi tint2 && break; sleep .1; done
fi
if [ -z "$status" ]; then
  "$@"
  status=$?
fi
# shellcheck disable=SC2086  # a list of process ids
finish $clients
finish "$bus"
finish "$server"
rm -rf "$PLACE"
exit "$status"
