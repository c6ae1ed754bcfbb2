# shellcheck shell=bash
# Control's process: which build of it runs, and how it is started. Sourced.
#
# It runs from a copy of what was built, as the edge does: a build replaces files that a running one has yet to read,
# and several homes may run what one checkout has built. The server that it runs in is shared, and as large as it is
# seldom new.

# start_control: the one that was chosen last. What is built by now may be half built.
start_control() {
  # shellcheck disable=SC2034 # read by detach
  local DETACH_UMASK=077 DETACH_IDENTITY=yes
  rotate_log "$BERTH_HOME/logs/control.log"
  stop_orphaned_server
  settle_control || return 1
  forget_old_controls
  mkdir -p "$BERTH_HOME/logs/control"
  use_embedded_database
  detach control "$BERTH_HOME/logs/control.log" env MALLOC_ARENA_MAX=2 JAVA_HOME="$BERTH_JDK" BERTH_CONTROL_RELEASE="$CONTROL" \
    WLP_USER_DIR="$(control_place "$CONTROL")" WLP_OUTPUT_DIR="$BERTH_HOME/control" LOG_DIR="$BERTH_HOME/logs/control" \
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

# built_control: the name of what is built, a hash of its files.
built_control() { hash_of_files "$DIST/control"; }

# chosen_control: the name of the one that runs, or is to.
chosen_control() { setting "$BERTH_HOME/run/control.env" RELEASE; }

# settle_control: sets CONTROL to the control to start: the chosen one, or what is built where none was chosen yet or
# its copy is lost; 1 where there is neither.
settle_control() {
  if [[ ! -x $WLP/bin/server ]]; then
    warn "control: Open Liberty is not in $WLP; build it: ./berth up"
    return 1
  fi
  CONTROL=$(chosen_control)
  if [[ -n $CONTROL && -d $(control_place "$CONTROL") ]]; then return 0; fi
  if [[ ! -d $DIST/control ]]; then
    warn "control: there is no copy of it in $BERTH_HOME/cache/control, and none is built in $DIST"
    return 1
  fi
  CONTROL=$(built_control)
  choose_control "$CONTROL"
}

# control_place NAME: the directory of its server; what is built where a full disk took no copy.
control_place() {
  if [[ -n $1 && ! -d $BERTH_HOME/cache/control/$1 && $(built_control) == "$1" ]]; then
    printf '%s\n' "$DIST/control"
  else
    printf '%s\n' "$BERTH_HOME/cache/control/${1:-none}"
  fi
}

# choose_control NAME: makes what is built the control to start from now on.
choose_control() {
  copy_whole "$DIST/control" "$BERTH_HOME/cache/control/$1" || true
  try_write "$BERTH_HOME/run/control.env" "RELEASE=$1" || true
}

# forget_old_controls: while none runs.
forget_old_controls() {
  local old
  for old in "$BERTH_HOME"/cache/control/*; do
    [[ ${old##*/} == "$CONTROL" || $old == *.new ]] || rm -rf "$old" || true
  done
}
