# shellcheck shell=bash
# Control's process: which build of it runs, and how it is started. Sourced.
#
# It runs from a copy (copies.sh) in a server that is not copied: that is large, and seldom new.

# start_control: the one that was chosen last. What is built by now may be half built.
start_control() {
  # shellcheck disable=SC2034 # read by detach
  local DETACH_UMASK=077 DETACH_IDENTITY=yes
  rotate_log "$BERTH_HOME/logs/control.log"
  stop_orphaned_server
  has_server || return 1
  settle_release control || return 1
  forget_old_controls
  mkdir -p "$BERTH_HOME/logs/control"
  use_embedded_database
  detach control "$BERTH_HOME/logs/control.log" env MALLOC_ARENA_MAX=2 JAVA_HOME="$BERTH_JDK" BERTH_CONTROL_RELEASE="$RELEASE" \
    WLP_USER_DIR="$(release_place control "$RELEASE")" WLP_OUTPUT_DIR="$BERTH_HOME/control" LOG_DIR="$BERTH_HOME/logs/control" \
    PID_DIR="$BERTH_HOME/run" "$WLP/bin/server" run berth
  record_process control "$DETACHED_PID"
}

# The recorded process is the server's start script or the JVM that it became. Killing only a script
# with -9 would leave its JVM, which holds the port: it is known by our directories in its environment.
stop_orphaned_server() {
  local dir pid
  for dir in /proc/[0-9]*; do
    pid=${dir#/proc/}
    grep -qzsxF "WLP_OUTPUT_DIR=$BERTH_HOME/control" "$dir/environ" || continue
    warn "control: ending a server that lost its start script (pid $pid)"
    kill -s KILL "$pid" 2>/dev/null || true
    await 5 is_gone "$pid" || true
  done
}

use_embedded_database() {
  local name
  embedded_database || return 0
  for name in $DATABASE_SETTINGS; do
    export "$name=$(setting "$BERTH_HOME/run/postgres.env" "$name")"
  done
}

# ---- which control ----------------------------------------------------------------------------

has_server() {
  [[ ! -x $WLP/bin/server ]] || return 0
  warn "control: Open Liberty is not in $WLP; build it: ./berth up"
  return 1
}

# choose_control NAME: makes what is built the control to start from now on.
choose_control() {
  copy_release control "$1" || true
  try_write "$BERTH_HOME/run/control.env" "RELEASE=$1" || true
}

# forget_old_controls: all but RELEASE, while none runs.
forget_old_controls() {
  local old
  for old in "$BERTH_HOME"/cache/control/*; do
    [[ ${old##*/} == "$RELEASE" || $old == *.new ]] || rm -rf "$old" || true
  done
}
