# shellcheck shell=bash
# What every part of the launcher uses: messages, the home directory, files of settings, and
# processes that are known by pid *and* start time. Sourced, never run.

say() { printf '%s\n' "$*"; }
warn() { printf 'berth: %s\n' "$*" >&2; }

# die MESSAGE [HINT...]: what is wrong and where, then what to do; hints are indented.
die() {
  printf 'berth: %s\n' "$1" >&2
  shift
  local hint
  for hint in "$@"; do printf '%s\n' "$hint" | sed 's/^/       /' >&2; done
  exit 1
}

# usage_error MESSAGE: a wrong command line; exit code 2 as is usual for it.
usage_error() {
  printf 'berth: %s\n       ./berth help shows all commands.\n' "$1" >&2
  exit 2
}

have() { command -v "$1" >/dev/null 2>&1; }
is_root() { [[ $(id -u) == 0 ]]; }
short_hash() { printf '%s' "$1" | sha256sum | cut -c1-8; }

# await SECONDS COMMAND...: runs COMMAND until it succeeds; 1 when the deadline has passed.
await() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.2
  done
}

# ---- home -------------------------------------------------------------------------------------

# What says that a directory is Berth's.
readonly HOME_MARKER=.berth-home

# Its directories that every start needs; nobody but the owner may look into them.
readonly HOME_PARTS=(run logs cache secrets keys edge control)

default_home() { if is_root; then say /var/lib/berth; else say "$HOME/.berth"; fi; }

# writable_home: the home, for what is going to fill it. What only looks or stops must go on with a full disk.
writable_home() {
  local error
  prepare_home
  error=$(LC_ALL=C head -c 1048576 /dev/zero 2>&1 >"$BERTH_HOME/run/.probe") || home_unusable "$error"
  rm -f "$BERTH_HOME/run/.probe"
}

# prepare_home: makes the home and the directories in it, where they are not there yet.
prepare_home() {
  local error
  if [[ -d $BERTH_HOME ]]; then check_home; else make_home; fi
  # First, so that a start that was cut off is not taken for somebody else's directory.
  error=$(LC_ALL=C; { [[ -e $BERTH_HOME/$HOME_MARKER ]] || say 'Berth keeps its state here.' >"$BERTH_HOME/$HOME_MARKER"; } 2>&1) ||
    home_unusable "$error"
  error=$(LC_ALL=C; umask 077; { cd "$BERTH_HOME" && mkdir -p "${HOME_PARTS[@]}" && close_parts; } 2>&1) || home_unusable "$error"
}

# close_parts: also those that others make here hold what people's apps are given and who visits them.
close_parts() {
  local part
  for part in "${HOME_PARTS[@]}" git last-good sites config.git; do
    [[ ! -e $part ]] || chmod 0700 "$part" || return 1
  done
}

# make_home: it may be entered by all (PostgreSQL runs as another user); what is secret in it may not.
# The mode of a directory that was there already is its owner's affair.
make_home() {
  local error
  error=$(LC_ALL=C mkdir -p "${BERTH_HOME%/*}/" 2>&1 && LC_ALL=C mkdir -m 0711 "$BERTH_HOME" 2>&1) || home_unusable "$error"
}

# check_home: that the directory is Berth's or empty, as that of a new file system is.
check_home() {
  [[ ! -e $BERTH_HOME/$HOME_MARKER ]] || return 0
  # Homes had no marker once.
  [[ ! -d $BERTH_HOME/run || ! -d $BERTH_HOME/logs || ! -d $BERTH_HOME/cache || ! -d $BERTH_HOME/secrets ]] || return 0
  [[ -z $(find "$BERTH_HOME/" -mindepth 1 -maxdepth 1 ! -name lost+found -print -quit 2>/dev/null) ]] ||
    die "$BERTH_HOME holds files that are not Berth's, and berth would put its own among them" \
      "Choose a new or empty directory with --home DIR or BERTH_HOME, such as $BERTH_HOME/berth."
}

home_unusable() {
  rm -f "$BERTH_HOME/run/.probe" 2>/dev/null || true
  case $1 in
    *"No space left"*) die "no space left for $BERTH_HOME" \
      "Free some space on that file system, or choose another place with --home DIR or BERTH_HOME." ;;
    *) die "cannot write to $BERTH_HOME: ${1##*: }" \
      "Choose a directory that you may write to with --home DIR or BERTH_HOME, or run as root." ;;
  esac
}

# ---- the identity in the environment ------------------------------------------------------------

# SOPS_AGE_KEY opens every secret. It stays in this shell, and is handed on to those who open secrets alone:
# not to the edge, the engine, PostgreSQL, a build or the supervisor, whose environment others may look at.
declare +x SOPS_AGE_KEY 2>/dev/null || true

# export_identity: for what is started next.
export_identity() { [[ -z ${SOPS_AGE_KEY:-} ]] || export SOPS_AGE_KEY; }

# ---- files of NAME=VALUE lines ----------------------------------------------------------------

# setting FILE NAME: the value, empty when there is none. Read, not sourced: values are data.
setting() {
  local line
  [[ -r $1 ]] || return 0
  while IFS= read -r line; do
    [[ $line == "$2="* ]] && printf '%s\n' "${line#*=}" && return 0
  done <"$1"
  return 0
}

# write_settings FILE NAME=VALUE...: replaces FILE in one step, so a reader never sees half of it.
write_settings() { try_write "$@" || die "cannot write $1 (is the disk full?)"; }

# try_write FILE LINE...: the same; 1 when it could not be written, and then FILE is what it was.
try_write() {
  local file=$1
  shift
  if { printf '%s\n' "$@" >"$file.new" && mv -f "$file.new" "$file"; } 2>/dev/null; then return 0; fi
  rm -f "$file.new" 2>/dev/null || true
  return 1
}

# write_secret FILE: a new random secret, for nobody but the owner to read.
write_secret() {
  (umask 077 && head -c 24 /dev/urandom | base64 | tr '+/' '-_' >"$1.new" && mv -f "$1.new" "$1") ||
    die "cannot write $1 (is the disk full?)"
}

# rotate_log FILE: keeps one older file of at least 10 MB beside it.
rotate_log() {
  local size
  size=$(stat -c %s "$1" 2>/dev/null || say 0)
  ((size < 10000000)) || mv -f "$1" "$1.1"
}

# ---- ports ------------------------------------------------------------------------------------

# port_taken PORT: whether some process of this network namespace listens on it, on any address.
port_taken() {
  grep -qsE "^ *[0-9]+: [0-9A-F]+:$(printf '%04X' "$1") [0-9A-F]+:0000 0A " /proc/net/tcp /proc/net/tcp6
}

# port_owner PORT: the process that listens there, as far as this user may know.
port_owner() {
  local owner=''
  ! have ss || owner=$(ss -Hltnp "sport = :$1" 2>/dev/null | sed -nE 's/.*users:\(\("([^"]+)",pid=([0-9]+).*/\1 (pid \2)/p' | head -n 1)
  printf '%s\n' "${owner:-another process}"
}

# ---- processes --------------------------------------------------------------------------------

# start_time PID: clock ticks after boot at which PID started (field 22 of /proc/PID/stat); 1 when
# there is no such process or it is a zombie.
start_time() {
  local stat
  local -a fields
  { IFS= read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  # The name in the second field may hold blanks and brackets.
  read -ra fields <<<"${stat##*) }"
  [[ ${fields[0]} != Z && ${fields[0]} != X ]] || return 1
  printf '%s\n' "${fields[19]}"
}

# Records by name, as in their files: on a full disk only this shell knows them, until it can write.
declare -A RECORDS=()

# record_process NAME PID: remembers PID together with its start time, since pids are used again; 1
# when there is no such process.
record_process() {
  local started
  started=$(start_time "$2") || return 1
  RECORDS[$1]="$2 $started"
  try_write "$BERTH_HOME/run/$1.pid" "$2 $started" || true
}

# given PID NAME: the value of a variable that the process was started with; nothing when there is none, or it cannot be known.
given() { { tr '\0' '\n' <"/proc/$1/environ" | sed -n "s/^$2=//p" | sed -n 1p; } 2>/dev/null || true; }

# forget_process NAME
forget_process() {
  unset "RECORDS[$1]"
  rm -f "$BERTH_HOME/run/$1.pid"
}

# recorded_pid NAME: prints the pid of the process that is recorded in the file; 1 when that very process is gone.
recorded_pid() {
  local record=''
  [[ -r $BERTH_HOME/run/$1.pid ]] || return 1
  IFS= read -r record <"$BERTH_HOME/run/$1.pid" || true
  living_pid "$record"
}

living_pid() {
  local pid='' started=''
  read -r pid started <<<"$1"
  [[ $pid =~ ^[0-9]+$ && -n $started ]] || return 1
  [[ $(start_time "$pid") == "$started" ]] || return 1
  printf '%s\n' "$pid"
}

# running_pid NAME: prints the pid of the process, recorded or not; 1 when there is none.
running_pid() { recorded_pid "$1" || living_pid "${RECORDS[$1]:-}" || find_process "$1"; }

# find_process NAME: prints the pid of a process whose record was lost or could not be written.
find_process() {
  case $1 in
    edge) find_edge ;;
    control | supervisor) find_marked "$1" | sed -n 1p | grep . ;;
    postgres) find_postgres ;;
    engine) find_engine_process ;;
  esac
}

# find_edge: of several edges the one that serves; the others have been replaced and are about to end. One that has
# not written that it serves, or could not, has started since another one did.
find_edge() {
  local serving pid pids
  serving=$(serving_edge)
  pids=$(find_marked edge)
  if [[ -n $serving ]] && grep -x "$serving" <<<"$pids"; then return 0; fi
  for pid in $pids; do
    if [[ -z $serving ]] || started_after "$pid" "$BERTH_HOME/edge/serving"; then
      printf '%s\n' "$pid"
      return 0
    fi
  done
  return 1
}

# started_after PID FILE: whether the process has started since the file was written. To the clock tick: one edge may take
# another's place in the second in which that began to serve.
started_after() {
  local ticks uptime
  ticks=$(start_time "$1") || return 1
  read -r uptime _ </proc/uptime
  awk -v now="${EPOCHREALTIME/,/.}" -v up="$uptime" -v ticks="$ticks" -v hz="$(getconf CLK_TCK)" -v written="$(stat -c %.3Y "$2" 2>/dev/null || say 0)" \
    'BEGIN { exit !(now - up + ticks / hz + 0.05 >= written) }'
}

# find_marked NAME: the processes that were started as NAME for this home: they have our mark in their environment,
# lead a session (their own children, which have the mark too, do not), and are this user's.
find_marked() {
  local file pid stat
  local -a fields
  while IFS= read -r file; do
    pid=${file//[!0-9]/}
    [[ $(sed -n 's/^Uid:[[:space:]]*\([0-9]*\).*/\1/p' "/proc/$pid/status" 2>/dev/null) == "$UID" ]] || continue
    { IFS= read -r stat <"/proc/$pid/stat"; } 2>/dev/null || continue
    read -ra fields <<<"${stat##*) }"
    if [[ ${fields[3]} == "$pid" ]] && start_time "$pid" >/dev/null; then
      printf '%s\n' "$pid"
    fi
  done < <(grep -lzsxF "BERTH_PROCESS=$1:$BERTH_HOME" /proc/[0-9]*/environ)
}

is_running() { running_pid "$1" >/dev/null; }
is_gone() { ! start_time "$1" >/dev/null; }

# stop_process NAME SECONDS [SIGNAL]: asks the recorded process to end, and after SECONDS makes it.
stop_process() {
  local pid
  if pid=$(running_pid "$1"); then
    kill -s "${3:-TERM}" "$pid" 2>/dev/null || true
    if ! await "$2" is_gone "$pid"; then
      warn "$1 (pid $pid) did not end within $2 s and is killed"
      kill -s KILL "$pid" 2>/dev/null || true
      await 5 is_gone "$pid" || return 1
    fi
  fi
  forget_process "$1"
}

# Held locks, by descriptor. What is left running must not inherit them, or they would be held on.
LOCK_FDS=()

# with_lock FILE COMMAND...: runs COMMAND, one at a time for all who name FILE. COMMAND is run
# plainly, so that a failing step in it still ends the launcher (and with it the lock).
with_lock() {
  local file=$1 fd
  shift
  exec {fd}>"$file"
  if ! flock -n "$fd"; then
    warn "waiting for another berth command that holds $file"
    flock -w 600 "$fd" || die "another berth command has held $file for more than 10 minutes"
  fi
  LOCK_FDS+=("$fd")
  "$@"
  unset 'LOCK_FDS[-1]'
  exec {fd}>&-
}

# detach NAME LOGFILE COMMAND...: starts COMMAND in a session of its own and sets DETACHED_PID. What it makes
# has the modes that DETACH_UMASK leaves, where the caller has set that. It has nothing to read but what the
# caller has set DETACH_INPUT to, and the identity in its environment only where DETACH_IDENTITY is set.
detach() {
  local name=$1 log=$2
  shift 2
  (
    local fd
    for fd in "${LOCK_FDS[@]}"; do exec {fd}>&-; done
    [[ -z ${DETACH_UMASK:-} ]] || umask "$DETACH_UMASK"
    [[ -z ${DETACH_IDENTITY:-} ]] || export_identity
    [[ -z ${DETACH_INPUT:-} ]] || exec <<<"$DETACH_INPUT"
    BERTH_PROCESS=$name:$BERTH_HOME exec setsid "$@"
  ) >>"$log" 2>&1 </dev/null &
  # shellcheck disable=SC2034 # the result, for the caller
  DETACHED_PID=$!
}

# ---- packages ---------------------------------------------------------------------------------

# install_packages WHY PACKAGE...: Debian packages; services of theirs are not started.
install_packages() {
  local why=$1 log=$BERTH_HOME/logs/apt.log
  shift
  if ! is_root || ! have apt-get; then
    die "$why needs: $*" \
      "Install them with your package manager, or run this as root on Debian to have it done."
  fi
  warn "$why: installing $* (log: $log)"
  with_services_held run_apt "$log" "$@" || die "could not install $*; the last lines of $log:" \
    "$(tail -n 5 "$log")"
}

run_apt() {
  local log=$1
  shift
  local -a install=(apt-get install -qy --no-install-recommends -o DPkg::Lock::Timeout=120 "$@")
  DEBIAN_FRONTEND=noninteractive "${install[@]}" >>"$log" 2>&1 </dev/null && return 0
  # Package lists may be missing or old.
  apt-get update -q >>"$log" 2>&1 </dev/null || true
  DEBIAN_FRONTEND=noninteractive "${install[@]}" >>"$log" 2>&1 </dev/null
}

# What decides whether packages may start services, and the line by which Berth knows its own.
POLICY_FILE=/usr/sbin/policy-rc.d
readonly POLICY_MARK='# Put here by Berth while it installs packages; removed afterwards.'

# with_services_held COMMAND...: runs COMMAND while the machine's policy says that packages may not
# start services (exit code 101). In a subshell, whose trap puts the machine's own policy back also
# when a Ctrl-C ends this: else no package could start a service ever again.
with_services_held() (
  trap release_services EXIT
  trap 'exit 130' INT TERM HUP
  hold_services
  "$@"
)

# A policy of Berth's that is there already was left by a berth that was killed, and so is the saved one.
hold_services() {
  if [[ -e $POLICY_FILE ]] && ! is_own_policy; then mv -f "$POLICY_FILE" "$POLICY_FILE.berth-saved"; fi
  printf '#!/bin/sh\n%s\nexit 101\n' "$POLICY_MARK" >"$POLICY_FILE"
  chmod 0755 "$POLICY_FILE"
}

release_services() {
  if [[ -e $POLICY_FILE.berth-saved ]]; then
    mv -f "$POLICY_FILE.berth-saved" "$POLICY_FILE"
  elif is_own_policy; then
    rm -f "$POLICY_FILE"
  fi
}

is_own_policy() { grep -qsxF "$POLICY_MARK" "$POLICY_FILE"; }
