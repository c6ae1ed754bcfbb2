#!/usr/bin/env bash
# The embedded PostgreSQL of one home: postgres.sh start|stop|status. Also sourced by ./berth.
#
# The server binaries come from Maven Central. The server never runs as root: started by root it runs
# as the system user 'berth', else as who started it. It listens on 127.0.0.1 only, on a port that is
# chosen once and kept. Written: $BERTH_HOME/run/postgres.env (BERTH_DATABASE_URL, _USER, _PASSWORD_FILE)
# and $BERTH_HOME/secrets/postgres.password (mode 0600).

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  set -euo pipefail
  BERTH_ROOT=$(cd "$(dirname "$(readlink -f "$0")")/../../../.." && pwd)
  # shellcheck source=/dev/null
  for part in common maven; do . "$BERTH_ROOT/liberty/src/main/scripts/$part.sh"; done
fi

readonly POSTGRES_VERSION=18.6.0 POSTGRES_USER=berth POSTGRES_FIRST_PORT=15432

postgres_main() {
  case ${1:-} in
    start)
      prepare_home
      with_lock "$BERTH_HOME/run/postgres.lock" postgres_start
      ;;
    stop) postgres_stop ;;
    status) postgres_status ;;
    *) usage_error "postgres.sh needs a verb: start, stop or status" ;;
  esac
}

postgres_status() {
  local pid
  if pid=$(running_pid postgres); then
    say "postgres: running (pid $pid), $(setting "$BERTH_HOME/run/postgres.env" BERTH_DATABASE_URL)"
  else
    say "postgres: not running"
    return 3
  fi
}

postgres_stop() {
  [[ -d $BERTH_HOME/run ]] || return 0
  # INT is PostgreSQL's fast shutdown: clients are cut off, nothing committed is lost.
  stop_process postgres 60 INT
}

postgres_start() {
  local pid
  if pid=$(running_pid postgres); then
    record_process postgres "$pid"
    say "postgres: running already (pid $pid)"
    return 0
  fi
  postgres_place
  postgres_install
  postgres_password
  [[ -s $PG_DATA/PG_VERSION ]] || postgres_initialise
  postgres_check_version
  postgres_clear_stale
  if pid=$(postgres_of_data); then
    # Somebody lost the record of it, for example by a crash between start and record.
    record_process postgres "$pid"
    say "postgres: running already (pid $pid)"
    return 0
  fi
  postgres_reset_password
  local port
  port=$(postgres_port)
  postgres_start_at "$port"
}

# postgres_start_at PORT: another Berth that starts at the same time may take it between the look and the start.
postgres_start_at() {
  local port=$1 log=$BERTH_HOME/logs/postgres.log before
  rotate_log "$log"
  before=$(stat -c %s "$log" 2>/dev/null || say 0)
  postgres_launch "$port" "$log" && return 0
  postgres_stop
  tail -c "+$((before + 1))" "$log" | grep -q 'Address already in use' || postgres_failed "PostgreSQL did not come up"
  warn "postgres: port $port was taken just now"
  port=$(free_port_from $((port + 1)))
  postgres_start_at "$port"
}

# ---- place and user ---------------------------------------------------------------------------

# postgres_place: sets PG_BASE, PG_BIN, PG_DATA and PG_RUNNER (the words that change to the user).
postgres_place() {
  PG_RUNNER=()
  PG_BASE=$BERTH_HOME/postgres
  if is_root; then
    id -u "$POSTGRES_USER" >/dev/null 2>&1 ||
      useradd --system --user-group --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin "$POSTGRES_USER" ||
      die "could not create the system user $POSTGRES_USER, as which PostgreSQL runs"
    PG_RUNNER=(setpriv --reuid="$POSTGRES_USER" --regid="$POSTGRES_USER" --init-groups --no-new-privs)
    if ! "${PG_RUNNER[@]}" test -x "$BERTH_HOME"; then
      PG_BASE=/var/lib/berth-postgres/$(short_hash "$BERTH_HOME")
      say "postgres: the user $POSTGRES_USER cannot reach $BERTH_HOME; its data is in $PG_BASE"
    fi
  fi
  PG_BIN=$PG_BASE/bin-$POSTGRES_VERSION
  PG_DATA=$PG_BASE/data
  (umask 022 && mkdir -p "$PG_BASE") || die "cannot create $PG_BASE"
}

as_postgres() { (cd "$PG_BASE" && exec "${PG_RUNNER[@]}" "$@"); }

postgres_install() {
  [[ ! -x $PG_BIN/bin/postgres ]] || return 0
  say "postgres: fetching PostgreSQL $POSTGRES_VERSION"
  (umask 022 && postgres_binaries "$POSTGRES_VERSION" "$PG_BIN.new") >>"$BERTH_HOME/logs/postgres.log" 2>&1 ||
    die "could not fetch PostgreSQL $POSTGRES_VERSION; the last lines of $BERTH_HOME/logs/postgres.log:" \
      "$(tail -n 5 "$BERTH_HOME/logs/postgres.log")" \
      "Or use a server of your own: set BERTH_DATABASE_URL, BERTH_DATABASE_USER and BERTH_DATABASE_PASSWORD_FILE."
  chmod -R go=rX "$PG_BIN.new"
  ! is_root || chown -R root:root "$PG_BIN.new"
  rm -rf "$PG_BIN"
  mv "$PG_BIN.new" "$PG_BIN"
}

# ---- password ---------------------------------------------------------------------------------

postgres_password_file() { printf '%s\n' "$BERTH_HOME/secrets/postgres.password"; }

# postgres_password: makes sure there is one; PG_NEW_PASSWORD says whether it was made just now.
postgres_password() {
  PG_NEW_PASSWORD=''
  [[ ! -s $(postgres_password_file) ]] || return 0
  PG_NEW_PASSWORD=yes
  write_secret "$(postgres_password_file)"
}

# postgres_reset_password: gives an existing cluster the new password when the file was lost.
postgres_reset_password() {
  [[ -n $PG_NEW_PASSWORD ]] || return 0
  postgres_single postgres "ALTER ROLE $POSTGRES_USER PASSWORD '$(<"$(postgres_password_file)")';"
}

# ---- cluster ----------------------------------------------------------------------------------

postgres_initialise() {
  local password=$PG_BASE/.initial-password result=0
  say "postgres: creating the database in $PG_DATA"
  # Left by a first start that was cut off; the version file is written late, so this holds no data.
  rm -rf "$PG_DATA.new"
  (umask 077 && mkdir -p "$PG_DATA.new" && cat "$(postgres_password_file)" >"$password") || die "cannot write to $PG_BASE (is the disk full?)"
  ! is_root || chown "$POSTGRES_USER:" "$PG_DATA.new" "$password"
  as_postgres "$PG_BIN/bin/initdb" -D "$PG_DATA.new" --username="$POSTGRES_USER" --pwfile="$password" --auth=scram-sha-256 \
    --encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8 >>"$BERTH_HOME/logs/postgres.log" 2>&1 || result=$?
  rm -f "$password"
  ((result == 0)) || postgres_failed "could not create the database in $PG_DATA"
  PG_DATA=$PG_DATA.new postgres_single postgres "CREATE DATABASE berth;"
  mv -T "$PG_DATA.new" "$PG_DATA"
  PG_NEW_PASSWORD=''
}

# postgres_single DATABASE STATEMENT: runs STATEMENT with no server running; there is no psql among the binaries.
postgres_single() {
  as_postgres "$PG_BIN/bin/postgres" --single -j -D "$PG_DATA" "$1" <<<"$2"$'\n' >>"$BERTH_HOME/logs/postgres.log" 2>&1 ||
    postgres_failed "could not prepare the database in $PG_DATA"
}

postgres_check_version() {
  local has
  has=$(<"$PG_DATA/PG_VERSION")
  [[ $has == "${POSTGRES_VERSION%%.*}" ]] || die "the database in $PG_DATA is of PostgreSQL $has, this Berth brings ${POSTGRES_VERSION%%.*}" \
    "Move that directory away to start with an empty history (no app is lost), or upgrade it with pg_upgrade."
}

# postgres_of_data: prints the pid of the server that holds PG_DATA, recorded or not.
postgres_of_data() {
  local pid
  pid=$(head -n 1 "$PG_DATA/postmaster.pid" 2>/dev/null) || return 1
  [[ $pid =~ ^[0-9]+$ && $(readlink "/proc/$pid/cwd" 2>/dev/null) == "$(realpath "$PG_DATA")" ]] || return 1
  printf '%s\n' "$pid"
}

# find_postgres: the same without a start, in each place where the data may be.
find_postgres() {
  local PG_DATA
  for PG_DATA in "$BERTH_HOME/postgres/data" "/var/lib/berth-postgres/$(short_hash "$BERTH_HOME")/data"; do
    ! postgres_of_data || return 0
  done
  return 1
}

# A lock file whose pid now belongs to some other program would stop the start. It is removed only
# when no process works in the data directory: backends may outlive a killed server for a moment.
postgres_clear_stale() {
  [[ -e $PG_DATA/postmaster.pid ]] || return 0
  ! postgres_of_data >/dev/null || return 0
  await 20 postgres_data_unused || die "processes of a killed PostgreSQL still use $PG_DATA" "See: fuser -v $PG_DATA"
  rm -f "$PG_DATA/postmaster.pid"
}

postgres_data_unused() {
  local link data
  data=$(realpath "$PG_DATA")
  for link in /proc/[0-9]*/cwd; do
    [[ $(readlink "$link" 2>/dev/null) != "$data" ]] || return 1
  done
}

# ---- start ------------------------------------------------------------------------------------

# postgres_port: the port of the last start if it is still free, else another one.
postgres_port() {
  local last port
  last=$(setting "$BERTH_HOME/run/postgres.env" BERTH_DATABASE_PORT)
  port=$(free_port_from "${last:-$POSTGRES_FIRST_PORT}")
  [[ -z $last || $last == "$port" ]] || warn "postgres: port $last was taken by $(port_owner "$last"); now on $port"
  printf '%s\n' "$port"
}

free_port_from() {
  local port=$1
  while port_taken "$port"; do
    ((port < 65000)) || die "no free port for PostgreSQL above $POSTGRES_FIRST_PORT"
    port=$((port + 1))
  done
  printf '%s\n' "$port"
}

# postgres_launch PORT LOG: 1 when it does not come up.
postgres_launch() {
  local port=$1 log=$2
  detach postgres "$log" env -C "$PG_BASE" "${PG_RUNNER[@]}" "$PG_BIN/bin/postgres" -D "$PG_DATA" -c listen_addresses=127.0.0.1 -c port="$port" \
    -c unix_socket_directories= -c shared_buffers=16MB -c max_connections=40 -c max_wal_size=256MB -c min_wal_size=32MB \
    -c password_encryption=scram-sha-256 -c max_parallel_workers=2 -c log_line_prefix='%m [%p] '
  # One that ended at once is seen below.
  record_process postgres "$DETACHED_PID" || true
  await 60 postgres_ready_or_dead "$DETACHED_PID" || true
  postgres_ready || return 1
  write_settings "$BERTH_HOME/run/postgres.env" "BERTH_DATABASE_URL=jdbc:postgresql://127.0.0.1:$port/berth" \
    "BERTH_DATABASE_USER=$POSTGRES_USER" "BERTH_DATABASE_PASSWORD_FILE=$(postgres_password_file)" "BERTH_DATABASE_PORT=$port"
  say "postgres: jdbc:postgresql://127.0.0.1:$port/berth (pid $DETACHED_PID)"
}

# The server keeps its state in line 8 of its lock file.
postgres_ready() { [[ $(sed -n '8s/ *$//p' "$PG_DATA/postmaster.pid" 2>/dev/null) == ready ]]; }
postgres_ready_or_dead() { postgres_ready || is_gone "$1"; }

postgres_failed() {
  die "$1; the last lines of $BERTH_HOME/logs/postgres.log:" "$(tail -n 6 "$BERTH_HOME/logs/postgres.log")"
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  [[ -n ${BERTH_HOME:-} ]] || BERTH_HOME=$(default_home)
  export BERTH_HOME
  postgres_main "$@"
fi
