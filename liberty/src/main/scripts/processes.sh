# shellcheck shell=bash
# The processes of one home: how each is started, and the supervisor that starts them again. Sourced.
#
# All of them have a session of their own, so a Ctrl-C in the terminal of 'berth up' does not reach them.
# The supervisor only watches pids: when it is killed nothing else ends, and a new one takes over.

readonly SUPERVISED='engine postgres edge control'

# What an 'up' is told and a process is started with; kept in run/launcher.env.
readonly SETTINGS='BERTH_CONFIG BERTH_HTTP_PORT BERTH_HTTPS_PORT BERTH_HTTP3 BERTH_EDGE_IO BERTH_CONTROL_PORT'
readonly DATABASE_SETTINGS='BERTH_DATABASE_URL BERTH_DATABASE_USER BERTH_DATABASE_PASSWORD_FILE'

launcher_env() { printf '%s\n' "$BERTH_HOME/run/launcher.env"; }

# remembered_settings: exports what the last 'up' was given, unless the environment says otherwise.
remembered_settings() {
  local name value
  for name in $SETTINGS; do
    value=$(setting "$(launcher_env)" "$name")
    [[ -z $value || -n ${!name:-} ]] || export "$name=$value"
  done
  follow_settings
}

# recorded_settings: exports the same for what lives longer than an 'up', so that a later one may change them.
recorded_settings() {
  local name value
  for name in $SETTINGS $DATABASE_SETTINGS; do
    value=$(setting "$(launcher_env)" "$name")
    [[ -z $value ]] || export "$name=$value"
  done
  follow_settings
}

# running_settings: exports what those processes were given that run, unless the environment says otherwise.
running_settings() {
  local pid
  ! pid=$(running_pid edge) || take_given "$pid" BERTH_HTTP_PORT BERTH_HTTPS_PORT BERTH_HTTP3 BERTH_EDGE_IO
  ! pid=$(running_pid control) || take_given "$pid" BERTH_CONFIG BERTH_CONTROL_PORT
}

take_given() {
  local pid=$1 name value
  shift
  for name in "$@"; do
    value=$(given "$pid" "$name")
    [[ -z $value || -n ${!name:-} ]] || export "$name=$value"
  done
}

# follow_settings: exports what follows from them.
follow_settings() {
  : "${BERTH_HTTP_PORT:=8080}" "${BERTH_HTTPS_PORT:=8443}" "${BERTH_HTTP3:=off}" "${BERTH_EDGE_IO:=auto}" "${BERTH_CONTROL_PORT:=9080}"
  export BERTH_HTTP_PORT BERTH_HTTPS_PORT BERTH_HTTP3 BERTH_EDGE_IO BERTH_CONTROL_PORT
  export BERTH_CONTROL_URL=http://127.0.0.1:$BERTH_CONTROL_PORT BERTH_EDGE_TOKEN_FILE=$BERTH_HOME/secrets/edge.token
}

# embedded_database: whether PostgreSQL is ours to run.
embedded_database() { [[ $(setting "$(launcher_env)" BERTH_EMBEDDED_DATABASE) == yes ]]; }

# ---- starting ---------------------------------------------------------------------------------

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

# ---- supervising ------------------------------------------------------------------------------

# The supervisor gets the identity, which it starts control again with, where nobody sees it: by a pipe.
start_supervisor() {
  # shellcheck disable=SC2034 # read by detach
  local DETACH_INPUT=${SOPS_AGE_KEY:-}
  ! is_running supervisor || return 0
  rm -f "$BERTH_HOME/run/failures.env"
  rotate_log "$BERTH_HOME/logs/supervisor.log"
  detach supervisor "$BERTH_HOME/logs/supervisor.log" "$BASH" "$BERTH_ROOT/berth" --home "$BERTH_HOME" __supervise
  record_process supervisor "$DETACHED_PID"
}

# supervise: looks twice a second; starts again what is gone, at once at first, later after up to 60 s.
supervise() {
  local name
  IFS= read -r -d '' SOPS_AGE_KEY || true
  SOPS_AGE_KEY=${SOPS_AGE_KEY%$'\n'}
  exec </dev/null
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

# is_tended NAME: whether NAME is to be kept running by us. An engine is when we started one and nobody stopped it.
is_tended() {
  case $1 in
    engine) [[ -e $BERTH_HOME/run/engine.pid ]] ;;
    postgres) embedded_database ;;
    edge) [[ -z $(edge_unit) ]] ;; # else systemd starts it again
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
  if [[ $name == edge ]] && is_being_replaced; then return 0; fi
  if ((NEXT[$name] < 0)); then
    # Gone just now. A minute of running makes up for all failures before it.
    ((SECONDS - STARTED[$name] < 60)) || FAILURES[$name]=0
    # Nor is it a failure where an 'up' has ended it to have it started anew.
    [[ ! -e $BERTH_HOME/run/$name.renewed ]] || { FAILURES[$name]=0 && rm -f "$BERTH_HOME/run/$name.renewed"; }
    delay=$((FAILURES[$name] == 0 ? 0 : FAILURES[$name] < 6 ? 1 << FAILURES[$name] : 60))
    NEXT[$name]=$((SECONDS + delay))
    supervisor_log "$name ended; starting it again in $delay s"
  fi
  ((SECONDS >= NEXT[$name])) || return 0
  FAILURES[$name]=$((FAILURES[$name] + 1)) STARTED[$name]=$SECONDS NEXT[$name]=-1
  try_write "$BERTH_HOME/run/failures.env" "edge=${FAILURES[edge]}" "control=${FAILURES[control]}" || true
  recorded_settings
  "start_$name" || supervisor_log "$name could not be started"
}

supervisor_log() { printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" 2>/dev/null || true; }
