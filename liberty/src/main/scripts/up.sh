# shellcheck shell=bash
# 'berth up', 'down', 'logs': from a source tree to served apps, and back. Sourced.

# How long 'up' waits for control, and then for the first app.
readonly READY_DEADLINE=180

# After how many ends since its start 'up' gives a process up.
readonly HOPELESS=4

# ---- up ---------------------------------------------------------------------------------------

up_main() {
  local detached=''
  UP_CONFIG='' UP_HTTP='' UP_HTTPS='' UP_HTTP3='' UP_CONTROL='' UP_STARTED='' UP_FOUND='' UP_BEFORE='' UP_BUILD=yes
  while (($#)); do
    case $1 in
      --detach) detached=yes ;;
      --no-build) UP_BUILD=no ;;
      --http3) UP_HTTP3=on ;;
      --http3=on | --http3=off) UP_HTTP3=${1#*=} ;;
      --config | --http | --https | --control)
        [[ -n ${2:-} ]] || usage_error "$1 needs a value"
        set_up_option "$1" "$2"
        shift
        ;;
      --config=* | --http=* | --https=* | --control=*) set_up_option "${1%%=*}" "${1#*=}" ;;
      *) usage_error "unknown option for up: $1" ;;
    esac
    shift
  done
  up_settings
  if is_up; then
    say "berth is running already (home $BERTH_HOME)"
    with_lock "$BERTH_HOME/run/up.lock" up_renew
    up_addresses
    return 0
  fi
  say "berth: home $BERTH_HOME"
  step home writable_home
  trap 'up_interrupted' INT TERM HUP
  with_lock "$BERTH_HOME/run/up.lock" up_start
  step ready up_await_ready
  await_first_app "$detached"
  up_addresses
  # Another 'up' started it while this one waited: that one stays.
  if [[ -n $UP_FOUND ]]; then say "berth is running already (home $BERTH_HOME)"; elif [[ -z $detached ]]; then up_stay; fi
}

# up_renew: what runs gives way to what is built, which is built first where sources have changed, and to what it is now
# told. The edge is replaced without a lost request; control is started again, which no visitor notices.
up_renew() {
  local before
  # A 'down' may have held the lock.
  is_up || return 0
  refuse_what_cannot_change
  [[ $BERTH_CONTROL_PORT == "$(given_to control BERTH_CONTROL_PORT)" ]] || check_port --control "$BERTH_CONTROL_PORT" ''
  require_jdk
  if [[ $UP_BUILD == yes ]] && ! is_built; then
    trap abandon_build EXIT
    start_build
    step build renewed_build
  fi
  before=$(cat "$(launcher_env)" 2>/dev/null || true)
  remember_settings
  if is_outdated_edge; then step edge renew_edge "$before"; else note_running_edge; fi
  if is_outdated_control; then step control renew_control; fi
}

renewed_build() { await_build || die "the build failed; what runs goes on as before"; }

# refuse_what_cannot_change: what another 'up' may not tell an edge and a control that run.
refuse_what_cannot_change() {
  refuse_port --http BERTH_HTTP_PORT
  refuse_port --https BERTH_HTTPS_PORT
  refuse_other BERTH_DATABASE_URL "control keeps its history in another database"
  [[ -z ${DOCKER_HOST:-} ]] || ! engine_answers "$DOCKER_HOST" || refuse_other DOCKER_HOST "the apps run on another engine"
}

# refuse_port FLAG NAME: the listening sockets are handed from one edge to the next, so they stay where they are.
refuse_port() {
  local now
  now=$(given_to edge "$2")
  [[ -z $now || $now == "${!2}" ]] ||
    die "the edge serves on port $now ($1), and cannot be moved to ${!2} while it runs" \
      "Stop Berth first, and it serves nobody until it is up again: ./berth down, then ./berth up $1 ${!2}"
}

# refuse_other NAME WHY
refuse_other() {
  local now
  now=$(given_to control "$1")
  [[ -z ${!1:-} || -z $now || $now == "${!1}" ]] ||
    die "$2 than $1 says now" "Stop Berth first: ./berth down, then ./berth up. Or unset $1 to leave it as it is."
}

# given_to NAME VARIABLE: what the process that runs was started with.
given_to() {
  local pid
  ! pid=$(running_pid "$1") || given "$pid" "$2"
}

# is_outdated_edge: whether the one that runs is another build than what is built, or was told something else.
is_outdated_edge() {
  local name
  for name in BERTH_HTTP3 BERTH_EDGE_IO BERTH_CONTROL_URL; do
    [[ $(given_to edge "$name") == "${!name}" ]] || return 0
  done
  [[ $UP_BUILD == yes && $(built_release edge) != "$(given_to edge BERTH_EDGE_RELEASE)" ]]
}

is_outdated_control() {
  local name
  for name in BERTH_CONFIG BERTH_CONTROL_PORT; do
    [[ $(given_to control "$name") == "${!name}" ]] || return 0
  done
  [[ $UP_BUILD == yes && $(built_release control) != "$(given_to control BERTH_CONTROL_RELEASE)" ]]
}

# note_running_edge: one that an interrupted 'up' had put in the old one's place is the chosen one, too.
note_running_edge() {
  local runs
  runs=$(given_to edge BERTH_EDGE_RELEASE)
  if [[ -n $runs && $runs != "$(chosen_release edge)" && -d $(release_place edge "$runs") ]]; then note_edge "$runs" "$(edge_unit)"; fi
}

# renew_edge SETTINGS: and where that fails, all is remembered as it was before, with those SETTINGS.
renew_edge() {
  local next before=$1
  if [[ $UP_BUILD == yes ]]; then next=$(built_release edge); else next=$(given_to edge BERTH_EDGE_RELEASE); fi
  [[ -n $next ]] || next=$(chosen_release edge)
  copy_release edge "$next" || true
  if [[ -n $(edge_unit) ]]; then reload_edge "$next"; else upgrade_edge "$next"; fi && return 0
  try_write "$(launcher_env)" "$before" || true
  die "what is served goes on as before" "To start the new edge all the same: ./berth down, then ./berth up"
}

# reload_edge NAME: the same for an edge that is a process of systemd, which has its unit do it.
reload_edge() {
  local before
  before=$(chosen_release edge)
  note_edge "$1" "$(edge_unit)"
  systemctl reload "$(edge_unit)" && return 0
  note_edge "$before" "$(edge_unit)"
  return 1
}

# renew_control: by the supervisor, where one runs.
renew_control() {
  local old
  old=$(running_pid control) || old=''
  choose_built_control
  ! is_running supervisor || try_write "$BERTH_HOME/run/control.renewed" "$old" || true
  stop_process control 40
  if is_running supervisor; then
    await 60 is_renewed "$old" || die "control did not come back; see $BERTH_HOME/logs/supervisor.log"
    up_await_ready
  else
    start_control
  fi
}

is_renewed() { [[ $(recorded_pid control) != "$1" ]] && is_running control; }

set_up_option() {
  case $1 in
    --config) UP_CONFIG=$2 ;;
    --http) UP_HTTP=$(port_value "$1" "$2") ;;
    --https) UP_HTTPS=$(port_value "$1" "$2") ;;
    --control) UP_CONTROL=$(port_value "$1" "$2") ;;
  esac
}

port_value() {
  if [[ ! $2 =~ ^[0-9]{1,5}$ ]] || ((10#$2 < 1 || 10#$2 > 65535)); then usage_error "$1: not a port (1 to 65535): $2"; fi
  printf '%s\n' "$((10#$2))"
}

# up_settings: flags of this call, else what runs, else the flags of the last call for this home, else the defaults.
up_settings() {
  running_settings
  remembered_settings
  BERTH_HTTP_PORT=${UP_HTTP:-$BERTH_HTTP_PORT} BERTH_HTTPS_PORT=${UP_HTTPS:-$BERTH_HTTPS_PORT}
  BERTH_CONTROL_PORT=${UP_CONTROL:-$BERTH_CONTROL_PORT} BERTH_HTTP3=${UP_HTTP3:-$BERTH_HTTP3}
  if [[ $BERTH_HTTP_PORT == "$BERTH_CONTROL_PORT" || $BERTH_HTTP_PORT == "$BERTH_HTTPS_PORT" || $BERTH_HTTPS_PORT == "$BERTH_CONTROL_PORT" ]]; then
    usage_error "--http ($BERTH_HTTP_PORT), --https ($BERTH_HTTPS_PORT) and --control ($BERTH_CONTROL_PORT) must be three ports"
  fi
  case ${BERTH_EDGE_IO:-auto} in
    auto | epoll | io_uring) ;;
    *) usage_error "BERTH_EDGE_IO ($BERTH_EDGE_IO) must be auto, epoll or io_uring" ;;
  esac
  if [[ -d $UP_CONFIG ]]; then UP_CONFIG=$(realpath "$UP_CONFIG"); fi
  if [[ -n $UP_CONFIG && $UP_CONFIG != *:* && ! -d $UP_CONFIG ]]; then
    usage_error "--config: neither a directory nor a URL: $UP_CONFIG"
  fi
  BERTH_CONFIG=${UP_CONFIG:-${BERTH_CONFIG:-$BERTH_HOME/config.git}}
  export BERTH_CONFIG
  follow_settings
}

# check_secrets: control does not start when what it keeps encrypted has lost its key; said before anything is started.
check_secrets() {
  [[ ! -e $BERTH_HOME/keys/secrets.key && -n $(find "$BERTH_HOME/secrets" -maxdepth 1 -name '*.sealed' -print -quit 2>/dev/null) ]] || return 0
  die "$BERTH_HOME/keys/secrets.key is missing, but $BERTH_HOME/secrets holds secrets encrypted with it" \
    "Restore that file from your copy, and start again." \
    "If it is lost: rm $BERTH_HOME/secrets/*.sealed; apps then wait for their secrets until the config repo can be read."
}

is_up() { is_running supervisor && is_running edge && is_running control; }

# up_start: everything that is to be done by one 'up' at a time.
up_start() {
  if is_up; then
    UP_FOUND=yes
    return 0
  fi
  refuse_what_cannot_change
  check_secrets
  check_ports
  require_jdk
  [[ $UP_BUILD == yes ]] || nothing_new
  [[ $UP_BUILD == no ]] || start_build
  trap abandon_build EXIT
  step engine with_lock "$BERTH_HOME/run/engine.lock" engine_up ''
  DOCKER_HOST=$(find_engine) || die "the engine went away while berth was starting"
  export DOCKER_HOST
  UP_BEFORE=$(cat "$(launcher_env)" 2>/dev/null || true)
  remember_settings
  if [[ $BERTH_CONFIG == "$BERTH_HOME/config.git" ]]; then
    [[ $UP_BUILD == no ]] || step images example_images
    step config example_config
  fi
  if embedded_database; then
    is_running postgres || UP_STARTED+=' postgres'
    step postgres postgres_start
  fi
  [[ $UP_BUILD == no ]] || step build built_or_stop
  step processes start_processes
}

# nothing_new: what 'up --no-build' starts is what ran last, also with the database that it had.
nothing_new() {
  is_laid_out || [[ -d $(release_place edge "$(chosen_release edge)") ]] || die "nothing is built in $BERTH_ROOT" "Build it: ./berth up"
  BUILD_PID=''
  [[ $(setting "$(launcher_env)" BERTH_EMBEDDED_DATABASE) != no ]] || recorded_database
}

recorded_database() {
  local name value
  for name in $DATABASE_SETTINGS; do
    value=$(setting "$(launcher_env)" "$name")
    [[ -z $value || -n ${!name:-} ]] || export "$name=$value"
  done
}

built_or_stop() {
  if ! await_build; then
    stop_started
    exit 1
  fi
}

step() {
  local name=$1 started=${EPOCHREALTIME//[!0-9]/} ms
  shift
  "$@"
  ms=$(((${EPOCHREALTIME//[!0-9]/} - started) / 1000))
  printf '  %-10s %4d.%d s\n' "$name" $((ms / 1000)) $((ms % 1000 / 100))
}

# remember_settings: the database and the engine of a control that runs are what they are.
remember_settings() {
  local embedded=yes host=${DOCKER_HOST:-} name
  local -a lines=()
  [[ -z ${BERTH_DATABASE_URL:-} ]] || embedded=no
  if is_running control; then
    embedded=$(setting "$(launcher_env)" BERTH_EMBEDDED_DATABASE) host=$(setting "$(launcher_env)" DOCKER_HOST)
    recorded_database
  fi
  for name in $SETTINGS; do lines+=("$name=${!name}"); done
  [[ $embedded == yes ]] || for name in $DATABASE_SETTINGS; do lines+=("$name=${!name:-}"); done
  (umask 077 && write_settings "$(launcher_env)" "${lines[@]}" "BERTH_EMBEDDED_DATABASE=$embedded" "DOCKER_HOST=$host")
}

# check_ports: before anything is started, that nobody else listens where Berth is to.
check_ports() {
  if [[ -z $(edge_unit) ]]; then # else systemd listens
    check_port --http "$BERTH_HTTP_PORT" edge
    check_port --https "$BERTH_HTTPS_PORT" edge
  fi
  check_port --control "$BERTH_CONTROL_PORT" control
}

# check_port FLAG PORT NAME: a port held by our own process NAME, left by a killed supervisor, is ours; '' for none.
check_port() {
  local least
  least=$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start 2>/dev/null || say 1024)
  is_root || (($2 >= least)) || die "port $2 ($1) can only be used by root" "Choose one from $least up: $1 PORT"
  if port_taken "$2" && ! { [[ -n $3 ]] && is_running "$3"; }; then
    die "port $2 ($1) is taken by $(port_owner "$2")" "Stop that process, or choose another port: ./berth up $1 PORT"
  fi
}

# start_processes: those that a killed supervisor has left running get what they are told now.
start_processes() {
  [[ -s $BERTH_EDGE_TOKEN_FILE ]] || write_secret "$BERTH_EDGE_TOKEN_FILE"
  local name
  for name in edge control supervisor; do
    if ! is_running "$name"; then
      UP_STARTED+=" $name"
      "fresh_$name"
    elif [[ $name != supervisor ]] && "is_outdated_$name"; then
      "renew_$name" "$UP_BEFORE"
    fi
  done
}

# fresh_edge: a unit that is no more on this machine has left the edge to us.
fresh_edge() {
  local unit
  unit=$(edge_unit)
  if [[ -n $unit ]] && ! systemctl cat "$unit" >/dev/null 2>&1; then unit=''; fi
  if [[ $UP_BUILD == yes ]]; then choose_edge "$(built_release edge)"; fi
  note_edge "$(chosen_release edge)" "$unit"
  if [[ -n $unit ]]; then
    systemctl start "$unit" || die "systemd could not start the edge ($unit)" "See: journalctl -u $unit"
    await 60 is_running edge || die "the edge that systemd started ($unit) ended" "See: journalctl -u $unit"
  else
    start_edge
  fi
  forget_old_edges
}

fresh_control() {
  choose_built_control
  start_control || [[ $UP_BUILD != yes ]] || die "control could not be started"
}

choose_built_control() { [[ $UP_BUILD != yes ]] || choose_control "$(built_release control)"; }

fresh_supervisor() { start_supervisor; }

# ---- the example ------------------------------------------------------------------------------

# example_images: the base images that the example's files name, where no registry gives them.
example_images() {
  local image
  local -a named=()
  while read -r image; do
    ! recipe_of "$image" >/dev/null || named+=("$(recipe_of "$image")")
  done < <(grep -rhoE '^FROM +[^ ]+|\<image: *[^ ,}]+' "$BERTH_ROOT/example-config-repo" | sed -E 's/^(FROM +|image: *)//; s/["'\'']//g' | sort -u)
  ((${#named[@]})) || return 0
  images_engine
  with_lock "$BERTH_HOME/run/images.lock" images_fill '' "${named[@]}"
}

# example_config: makes the config repo, once, with the example as its first commit.
example_config() {
  local repo=$BERTH_HOME/config.git example=$BERTH_ROOT/example-config-repo tree commit
  [[ ! -d $repo ]] || return 0
  [[ -d $example ]] || die "there is no $example to start from" "Name a config repo: ./berth up --config URL|DIR"
  have git || die "git is not on the PATH" "Install git, then run ./berth up again."
  rm -rf "$repo.new"
  (umask 077 && mkdir "$repo.new")
  git init -q --bare --initial-branch=main "$repo.new"
  (
    export GIT_DIR=$repo.new GIT_WORK_TREE=$example GIT_AUTHOR_NAME=Berth GIT_AUTHOR_EMAIL=berth@localhost
    export GIT_COMMITTER_NAME=Berth GIT_COMMITTER_EMAIL=berth@localhost
    cd "$example" && git add -A . && tree=$(git write-tree) &&
      commit=$(git commit-tree "$tree" -m "Start with Berth's example") && git update-ref refs/heads/main "$commit"
  ) || die "could not make the config repo $repo"
  rm -f "$repo.new/index"
  mv -T "$repo.new" "$repo"
  say "config: made $repo"
}

# is_untouched_example: whether what runs is the example as it came: then its apps are known.
is_untouched_example() {
  [[ $BERTH_CONFIG == "$BERTH_HOME/config.git" ]] &&
    [[ $(git -c safe.directory='*' --git-dir="$BERTH_CONFIG" rev-list --count main 2>/dev/null) == 1 ]]
}

# example_apps: names of the example's apps, those in documents with 'kind: App'.
example_apps() {
  git -c safe.directory='*' --git-dir="$BERTH_CONFIG" grep -hE '^(---|kind:|metadata:|  name:)' main -- '*.yaml' '*.yml' | awk '
    /^---/ { kind = "" } /^kind:/ { kind = $2 }
    kind == "App" && match($0, /name: *[a-z0-9-]+/) { n = substr($0, RSTART, RLENGTH); sub(/name: */, "", n); print n; kind = "" }'
}

# ---- waiting ----------------------------------------------------------------------------------

# http_status PORT HOST PATH: status code of a GET on 127.0.0.1; nothing when there is no answer in 5 s.
# By hand, as curl need not be on the machine; in a subshell, as a peer that goes away means SIGPIPE.
http_status() (
  exec 2>/dev/null {HTTP}<>"/dev/tcp/127.0.0.1/$1" || exit 1
  printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$3" "$2" >&"$HTTP"
  IFS= read -r -t 5 line <&"$HTTP" || exit 1
  [[ $line =~ ^HTTP/1\.[01]\ ([0-9]{3}) ]] && printf '%s\n' "${BASH_REMATCH[1]}"
)

answers_200() { [[ $(http_status "$@") == 200 ]]; }

up_await_ready() {
  UP_VERDICT=''
  await "$READY_DEADLINE" up_decided ||
    up_failed "control was not ready on port $BERTH_CONTROL_PORT, or the edge not on port $BERTH_HTTP_PORT, within $READY_DEADLINE s"
  case $UP_VERDICT in
    ready) ;;
    stopped) die "berth was stopped while it was starting" ;;
    *) up_failed "$UP_VERDICT ends again and again" ;;
  esac
}

# up_decided: sets UP_VERDICT to ready, stopped, or the name of a process that does not stay.
up_decided() {
  local name ended
  if answers_200 "$BERTH_CONTROL_PORT" 127.0.0.1 /health/ready && port_taken "$BERTH_HTTP_PORT"; then
    UP_VERDICT=ready
    return 0
  fi
  is_running supervisor || UP_VERDICT=stopped
  for name in edge control; do
    ended=$(setting "$BERTH_HOME/run/failures.env" "$name")
    ((${ended:-0} < HOPELESS)) || UP_VERDICT=$name
  done
  [[ -n $UP_VERDICT ]]
}

# up_failed MESSAGE: shows what there is to see, and leaves nothing of this 'up' running.
up_failed() {
  local -a lines=()
  local log
  for log in edge control supervisor; do
    lines+=("--- last lines of $BERTH_HOME/logs/$log.log" "$(tail -n 8 "$BERTH_HOME/logs/$log.log" 2>/dev/null)")
  done
  stop_started
  die "$1" "${lines[@]}"
}

# await_first_app DETACHED: a fresh example is only up when it is served.
await_first_app() {
  local app
  is_untouched_example || return 0
  app=$(example_apps | grep -x hello || example_apps | head -n 1)
  [[ -n $app ]] || return 0
  if await "$READY_DEADLINE" answers_200 "$BERTH_HTTP_PORT" "$app.localhost" /; then
    say "  $app is served"
    return 0
  fi
  warn "http://$app.localhost:$BERTH_HTTP_PORT did not answer 200 within $READY_DEADLINE s; see ./berth status"
  [[ -z $1 ]] || die "berth runs, but its example is not served" "Stop it with: ./berth down"
}

up_addresses() {
  local app
  if is_untouched_example; then
    for app in $(example_apps); do say "  http://$app.localhost:$BERTH_HTTP_PORT"; done
  fi
  say "  http://127.0.0.1:$BERTH_CONTROL_PORT   status page"
  [[ $BERTH_CONFIG == *:* ]] || say "  git clone $BERTH_CONFIG   to change what runs: edit, commit, push"
}

# ---- staying and stopping ---------------------------------------------------------------------

up_stay() {
  UP_STAYS=yes
  say "Ctrl-C stops berth; the apps' containers go on."
  # 'down' removes the record; a supervisor that is only gone was killed.
  while [[ -e $BERTH_HOME/run/supervisor.pid ]]; do
    is_running supervisor || with_lock "$BERTH_HOME/run/up.lock" revive_supervisor
    sleep 1 &
    wait $! || true
  done
  say "berth was stopped"
}

# With the lock held no 'down' is between stopping the supervisor and removing its record.
revive_supervisor() { [[ ! -e $BERTH_HOME/run/supervisor.pid ]] || start_supervisor || true; }

# up_interrupted: one that waits for another 'up' has started nothing, and that one's Berth goes on.
up_interrupted() {
  trap '' INT TERM HUP
  abandon_build
  say ''
  if [[ -n ${UP_STAYS:-} ]]; then stop_all; else stop_started; fi
  exit 130
}

# stop_all: the supervisor first, else it would start again what is stopped after it.
stop_all() { stop_these supervisor edge control postgres; }

# stop_started: only what this 'up' started.
stop_started() {
  local name
  for name in supervisor edge control postgres; do
    [[ " $UP_STARTED " != *" $name "* ]] || stop_these "$name"
  done
}

stop_these() {
  local name
  for name in "$@"; do
    case $name in
      supervisor) stop_process "$name" 10 ;;
      postgres) postgres_stop ;;
      edge) stop_edges_unless_in_unit ;;
      *) stop_process "$name" 40 ;;
    esac
  done
}

# An edge of systemd's would only be started again.
stop_edges_unless_in_unit() {
  if [[ -n $(edge_unit) ]] && is_running edge; then
    say "the edge goes on, as a process of systemd; systemctl stop $(edge_unit) and its sockets stop it, too"
  else
    stop_edges
  fi
}

down_main() {
  (($# == 0)) || usage_error "unknown option for down: $1"
  if [[ ! -d $BERTH_HOME/run ]]; then
    say "berth is not running (home $BERTH_HOME)"
    return 0
  fi
  with_lock "$BERTH_HOME/run/up.lock" down_locked
}

down_locked() {
  local name any=''
  for name in supervisor edge control postgres; do ! is_running "$name" || any=yes; done
  stop_all
  if [[ -z $any ]]; then
    say "berth is not running (home $BERTH_HOME)"
    return 0
  fi
  say "berth is stopped; the apps' containers and the engine go on"
  [[ $(setting "$BERTH_HOME/run/engine.env" BERTH_ENGINE_PRIVATE) != 1 ]] || say "  ./berth engine down   stops them too"
}

# ---- logs and status --------------------------------------------------------------------------

logs_main() {
  case ${1:-} in
    control | edge | '')
      logs_of_process "$@"
      ;;
    -*) usage_error "logs: name first, options after it: ./berth logs ${2:-control} $1" ;;
    *) run_cli logs "$@" ;;
  esac
}

# logs_of_process [NAME [-f]]: of both when no name is given.
logs_of_process() {
  local name
  local -a files=() options=(-n 200)
  for name in ${1:-control edge}; do
    [[ $name != control || ! -e $BERTH_HOME/logs/control/messages.log ]] || files+=("$BERTH_HOME/logs/control/messages.log")
    [[ ! -e $BERTH_HOME/logs/$name.log ]] || files+=("$BERTH_HOME/logs/$name.log")
  done
  case ${2:-} in
    -f | --follow) options+=(-F) ;;
    '') ;;
    *) usage_error "unknown option for logs: $2" ;;
  esac
  ((${#files[@]})) || die "there are no logs yet in $BERTH_HOME/logs" "Start berth with: ./berth up"
  exec tail "${options[@]}" "${files[@]}"
}

# status_main: a berth that never ran here is not built just to say so.
status_main() {
  if ! is_laid_out || [[ ! -d $BERTH_HOME/run ]]; then
    die "berth is not running (home $BERTH_HOME)" "Start it with: ./berth up"
  fi
  run_cli status "$@"
}
