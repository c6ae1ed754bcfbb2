# shellcheck shell=bash
# The processes of one home: how each is started, and the supervisor that starts them again. Sourced.
#
# All of them have a session of their own, so a Ctrl-C in the terminal of 'berth up' does not reach them.
# The supervisor only watches pids: when it is killed nothing else ends, and a new one takes over.

readonly SUPERVISED='engine postgres edge control'

# remembered_settings: exports what the last 'up' was given, unless the environment says otherwise.
remembered_settings() {
  local file=$BERTH_HOME/run/launcher.env name value
  for name in BERTH_CONFIG BERTH_HTTP_PORT BERTH_HTTPS_PORT BERTH_HTTP3 BERTH_CONTROL_PORT; do
    value=$(setting "$file" "$name")
    [[ -z $value || -n ${!name:-} ]] || export "$name=$value"
  done
  : "${BERTH_HTTP_PORT:=8080}" "${BERTH_HTTPS_PORT:=8443}" "${BERTH_HTTP3:=off}" "${BERTH_CONTROL_PORT:=9080}"
  export BERTH_HTTP_PORT BERTH_HTTPS_PORT BERTH_HTTP3 BERTH_CONTROL_PORT
  export BERTH_CONTROL_URL=http://127.0.0.1:$BERTH_CONTROL_PORT BERTH_EDGE_TOKEN_FILE=$BERTH_HOME/secrets/edge.token
}

# embedded_database: whether PostgreSQL is ours to run.
embedded_database() { [[ $(setting "$BERTH_HOME/run/launcher.env" BERTH_EMBEDDED_DATABASE) == yes ]]; }

# ---- starting ---------------------------------------------------------------------------------

# start_edge: the one that was chosen last. What is built by now may be half built.
start_edge() {
  # shellcheck disable=SC2034 # read by detach
  local DETACH_UMASK=077 name
  rotate_log "$BERTH_HOME/logs/edge.log"
  name=$(chosen_edge)
  if [[ -z $name || ! -d $(edge_place "$name") ]]; then
    name=$(built_edge)
    choose_edge "$name"
  fi
  edge_command "$name"
  detach edge "$BERTH_HOME/logs/edge.log" "${EDGE_COMMAND[@]}"
  record_process edge "$DETACHED_PID"
}

start_control() {
  local DETACH_UMASK=077
  try_write "$BERTH_HOME/run/control.env" "BUILD=$(build_mark)" || true
  rotate_log "$BERTH_HOME/logs/control.log"
  stop_orphaned_server
  mkdir -p "$BERTH_HOME/logs/control"
  use_embedded_database
  detach control "$BERTH_HOME/logs/control.log" env MALLOC_ARENA_MAX=2 JAVA_HOME="$BERTH_JDK" WLP_OUTPUT_DIR="$BERTH_HOME/control" \
    LOG_DIR="$BERTH_HOME/logs/control" PID_DIR="$BERTH_HOME/run" "$WLP/bin/server" run berth
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
  for name in BERTH_DATABASE_URL BERTH_DATABASE_USER BERTH_DATABASE_PASSWORD_FILE; do
    export "$name=$(setting "$BERTH_HOME/run/postgres.env" "$name")"
  done
}

# start_engine: a private engine takes seconds to come up, and the others are not to wait for it.
start_engine() {
  (with_lock "$BERTH_HOME/run/engine.lock" revive_engine) &
}

# revive_engine: while this waited for the lock, an 'engine down' may have held it.
revive_engine() {
  if ! is_tended engine || is_running engine; then return 0; fi
  # A start that fails takes the record away, and with it what says that the engine is to run.
  (engine_up '') || [[ -e $BERTH_HOME/run/engine.pid ]] || : >"$BERTH_HOME/run/engine.pid"
}

# start_postgres: beside the others' watch, as on a full disk its start hangs for minutes.
start_postgres() {
  (with_lock "$BERTH_HOME/run/postgres.lock" revive_postgres) &
  POSTGRES_START=$!
}

# revive_postgres: as the embedded server may come back on another port, control must not keep the old one.
revive_postgres() {
  local before after
  ! is_running postgres || return 0
  before=$(setting "$BERTH_HOME/run/postgres.env" BERTH_DATABASE_URL)
  (postgres_start) || return 0
  after=$(setting "$BERTH_HOME/run/postgres.env" BERTH_DATABASE_URL)
  [[ -z $before || $before == "$after" ]] || stop_process control 30 || true
}

# ---- which edge, and the next one -------------------------------------------------------------
#
# An edge runs from a copy of what was built: a build replaces files that a running one has yet to read.

# built_edge: the name of what is built, a hash of its files.
built_edge() {
  (cd "$DIST/lib/edge" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum | sha256sum | cut -c1-12)
}

# chosen_edge: the name of the one that runs, or is to.
chosen_edge() { setting "$BERTH_HOME/run/edge.env" RELEASE; }

# edge_place NAME: the directory of its jars; what is built where a full disk took no copy.
edge_place() {
  if [[ -n $1 && ! -d $BERTH_HOME/cache/edge/$1 && $(built_edge) == "$1" ]]; then
    printf '%s\n' "$DIST/lib/edge"
  else
    printf '%s\n' "$BERTH_HOME/cache/edge/${1:-none}"
  fi
}

# choose_edge NAME: makes what is built the edge to start from now on.
choose_edge() {
  copy_edge "$1" || true
  try_write "$BERTH_HOME/run/edge.env" "RELEASE=$1" || true
}

copy_edge() {
  local place=$BERTH_HOME/cache/edge/$1
  [[ ! -d $place ]] || return 0
  { rm -rf "$place.new" && mkdir -p "${place%/*}" && cp -R "$DIST/lib/edge" "$place.new" && mv -T "$place.new" "$place"; } 2>/dev/null &&
    return 0
  rm -rf "$place.new" || true
  return 1
}

# edge_command NAME [ARG...]: sets EDGE_COMMAND. The class archive is made when an edge stops, and made anew when
# Java has changed; a start with it takes half the work. Without a good one an edge starts as well.
edge_command() {
  local name=$1
  shift
  EDGE_COMMAND=(env MALLOC_ARENA_MAX=2 "$BERTH_JDK/bin/java"
    -Xmx64m -XX:+UseSerialGC -XX:+UseCompactObjectHeaders -XX:MaxDirectMemorySize=64m
    -XX:+AutoCreateSharedArchive -XX:SharedArchiveFile="$BERTH_HOME/cache/edge-$name.jsa"
    --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
    -cp "$(edge_place "$name")/*" dev.berth.proxy.Main "$@")
}

# upgrade_edge: has the running edge replaced by what is built, without a lost request: the new one takes over its
# sockets, and the old one ends when it has answered what it has. 1 when that fails: then the old one serves on.
upgrade_edge() {
  # shellcheck disable=SC2034 # read by detach
  local DETACH_UMASK=077 next pid old
  old=$(running_pid edge) || old=''
  next=$(built_edge)
  copy_edge "$next" || true
  edge_command "$next" upgrade
  detach edge "$BERTH_HOME/logs/edge.log" "${EDGE_COMMAND[@]}"
  pid=$DETACHED_PID
  # Not before it is sure that the old one still listens: on a full disk the new one serves and cannot say so.
  await 90 edge_serves_or_gone "$pid" || ! listens "$old" || kill -s KILL "$pid" 2>/dev/null || true
  if is_gone "$pid" || { [[ $(serving_edge) != "$pid" ]] && listens "$old"; }; then
    warn "the edge could not be replaced, and goes on as it is; the last lines of $BERTH_HOME/logs/edge.log:"
    tail -n 3 "$BERTH_HOME/logs/edge.log" | sed 's/^/       /' >&2
    return 1
  fi
  record_process edge "$pid" || true
  choose_edge "$next"
  forget_old_edges
}

edge_serves_or_gone() { [[ $(serving_edge) == "$1" ]] || is_gone "$1"; }

# listens PID: whether that process has a TCP socket that listens.
listens() {
  local fd socket listening
  listening=$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '$4 == "0A" { print "socket:[" $10 "]" }')
  for fd in "/proc/$1/fd/"*; do
    socket=$(readlink "$fd") || continue
    if [[ $'\n'$listening$'\n' == *$'\n'"$socket"$'\n'* ]]; then return 0; fi
  done
  return 1
}

# serving_edge: the pid that the edge wrote which serves; nothing when none has yet.
serving_edge() { cat "$BERTH_HOME/edge/serving" 2>/dev/null || true; }

# forget_old_edges: the last three stay, as one that was replaced may run for some minutes more.
forget_old_edges() {
  local old
  while IFS= read -r old; do
    rm -rf "$old" "$BERTH_HOME/cache/edge-${old##*/}.jsa" || true
  done < <(find "$BERTH_HOME/cache/edge" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %p\n' 2>/dev/null | sort -rn | tail -n +4 | cut -d' ' -f2-)
}

# stop_edges: also one that has been replaced and still answers what it has.
stop_edges() {
  local pid
  for pid in $(find_marked edge); do kill -s TERM "$pid" 2>/dev/null || true; done
  stop_process edge 40
  for pid in $(find_marked edge); do
    await 40 is_gone "$pid" || kill -s KILL "$pid" 2>/dev/null || true
  done
}

# edge_main [upgrade]: for systemd, which opens the sockets (liberty/src/main/systemd): becomes the edge, or replaces it.
edge_main() {
  build_if_needed
  prepare_home
  remembered_settings
  [[ -s $BERTH_EDGE_TOKEN_FILE ]] || write_secret "$BERTH_EDGE_TOKEN_FILE"
  if [[ ${1:-} == upgrade ]]; then
    with_lock "$BERTH_HOME/run/up.lock" upgrade_edge # plainly: in a condition its failure would be lost
    [[ -z ${NOTIFY_SOCKET:-} ]] || systemd-notify "MAINPID=$(recorded_pid edge)"
    return 0
  fi
  choose_edge "$(built_edge)"
  edge_command "$(chosen_edge)"
  umask 077
  record_process edge "$$" || true
  BERTH_PROCESS=edge:$BERTH_HOME exec "${EDGE_COMMAND[@]}"
}

# build_mark: changes with each build.
build_mark() { stat -c %y "$DIST/.stamp" 2>/dev/null || true; }

# ---- supervising ------------------------------------------------------------------------------

start_supervisor() {
  ! is_running supervisor || return 0
  rm -f "$BERTH_HOME/run/failures.env"
  rotate_log "$BERTH_HOME/logs/supervisor.log"
  detach supervisor "$BERTH_HOME/logs/supervisor.log" "$BASH" "$BERTH_ROOT/berth" --home "$BERTH_HOME" __supervise
  record_process supervisor "$DETACHED_PID"
}

# supervise: looks twice a second; starts again what is gone, at once at first, later after up to 60 s.
supervise() {
  local name
  declare -A STARTED=() FAILURES=() NEXT=()
  # What is being started must not come up after a 'down'.
  trap '[[ -z ${POSTGRES_START:-} ]] || kill "$POSTGRES_START" 2>/dev/null; exit 0' TERM INT
  remembered_settings
  for name in $SUPERVISED; do STARTED[$name]=$SECONDS FAILURES[$name]=0 NEXT[$name]=-1; done
  while :; do
    for name in $SUPERVISED; do
      ! is_tended "$name" || tend "$name"
    done
    sleep 0.5 &
    # Unlike a sleep in the foreground, a wait is cut short by a signal.
    wait $!
  done
}

# is_tended NAME: whether NAME is to run. An engine is when we started one and nobody stopped it.
is_tended() {
  case $1 in
    engine) [[ -e $BERTH_HOME/run/engine.pid ]] ;;
    postgres) embedded_database ;;
    *) true ;;
  esac
}

# tend NAME: nothing in it may end the supervisor, which is needed most when the disk is full.
tend() {
  local name=$1 delay pid
  ! recorded_pid "$name" >/dev/null || return 0
  if pid=$(running_pid "$name"); then
    # It could not be recorded when it was started.
    record_process "$name" "$pid" || true
    return 0
  fi
  if ((NEXT[$name] < 0)); then
    # Gone just now. A minute of running makes up for all failures before it.
    ((SECONDS - STARTED[$name] < 60)) || FAILURES[$name]=0
    delay=$((FAILURES[$name] == 0 ? 0 : FAILURES[$name] < 6 ? 1 << FAILURES[$name] : 60))
    NEXT[$name]=$((SECONDS + delay))
    supervisor_log "$name ended; starting it again in $delay s"
  fi
  ((SECONDS >= NEXT[$name])) || return 0
  FAILURES[$name]=$((FAILURES[$name] + 1)) STARTED[$name]=$SECONDS NEXT[$name]=-1
  try_write "$BERTH_HOME/run/failures.env" "edge=${FAILURES[edge]}" "control=${FAILURES[control]}" || true
  "start_$name" || supervisor_log "$name could not be started"
}

supervisor_log() { printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" 2>/dev/null || true; }
