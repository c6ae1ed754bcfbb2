# shellcheck shell=bash
# 'berth up', 'down', 'logs': from a source tree to served apps, and back. Sourced.

# How long 'up' waits for control, and then for the first app.
readonly READY_DEADLINE=180

# After how many ends since its start 'up' gives a process up.
readonly HOPELESS=4

# ---- up ---------------------------------------------------------------------------------------

up_main() {
  local detached=''
  UP_CONFIG='' UP_HTTP='' UP_HTTPS='' UP_HTTP3='' UP_CONTROL='' UP_STARTED='' UP_FOUND=''
  while (($#)); do
    case $1 in
      --detach) detached=yes ;;
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

# up_renew: what runs gives way to what is built, which is built first where sources have changed. The edge is
# replaced without a lost request; control is started again, which no visitor notices.
up_renew() {
  # A 'down' may have held the lock.
  is_up || return 0
  require_jdk
  if ! is_built; then
    trap abandon_build EXIT
    start_build
    step build renewed_build
  fi
  if [[ $(built_edge) != "$(chosen_edge)" ]]; then step edge renew_edge; fi
  if [[ $(build_mark) != "$(setting "$BERTH_HOME/run/control.env" BUILD)" ]]; then step control renew_control; fi
}

renewed_build() { await_build || die "the build failed; what runs goes on as before"; }

renew_edge() {
  upgrade_edge ||
    die "what is served goes on as before" "To start the new edge all the same: ./berth down, then ./berth up"
}

# renew_control: the supervisor starts it again.
renew_control() {
  local old
  old=$(running_pid control) || old=''
  stop_process control 40
  await 60 is_renewed "$old" || die "control did not come back; see $BERTH_HOME/logs/supervisor.log"
  up_await_ready
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

# up_settings: flags of this call, else those of the last one for this home, else the defaults.
up_settings() {
  remembered_settings
  BERTH_HTTP_PORT=${UP_HTTP:-$BERTH_HTTP_PORT} BERTH_HTTPS_PORT=${UP_HTTPS:-$BERTH_HTTPS_PORT}
  BERTH_CONTROL_PORT=${UP_CONTROL:-$BERTH_CONTROL_PORT} BERTH_HTTP3=${UP_HTTP3:-$BERTH_HTTP3}
  if [[ $BERTH_HTTP_PORT == "$BERTH_CONTROL_PORT" || $BERTH_HTTP_PORT == "$BERTH_HTTPS_PORT" || $BERTH_HTTPS_PORT == "$BERTH_CONTROL_PORT" ]]; then
    usage_error "--http ($BERTH_HTTP_PORT), --https ($BERTH_HTTPS_PORT) and --control ($BERTH_CONTROL_PORT) must be three ports"
  fi
  if [[ -d $UP_CONFIG ]]; then UP_CONFIG=$(realpath "$UP_CONFIG"); fi
  if [[ -n $UP_CONFIG && $UP_CONFIG != *:* && ! -d $UP_CONFIG ]]; then
    usage_error "--config: neither a directory nor a URL: $UP_CONFIG"
  fi
  BERTH_CONFIG=${UP_CONFIG:-${BERTH_CONFIG:-$BERTH_HOME/config.git}}
  export BERTH_CONFIG BERTH_CONTROL_URL=http://127.0.0.1:$BERTH_CONTROL_PORT
}

is_up() { is_running supervisor && is_running edge && is_running control; }

# up_start: everything that is to be done by one 'up' at a time.
up_start() {
  if is_up; then
    UP_FOUND=yes
    return 0
  fi
  check_ports
  require_jdk
  start_build
  trap abandon_build EXIT
  step engine with_lock "$BERTH_HOME/run/engine.lock" engine_up ''
  DOCKER_HOST=$(find_engine) || die "the engine went away while berth was starting"
  export DOCKER_HOST
  remember_settings
  if [[ $BERTH_CONFIG == "$BERTH_HOME/config.git" ]]; then
    step images example_images
    step config example_config
  fi
  if embedded_database; then
    is_running postgres || UP_STARTED+=' postgres'
    step postgres postgres_start
  fi
  step build built_or_stop
  step processes start_processes
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

remember_settings() {
  local embedded=yes
  [[ -z ${BERTH_DATABASE_URL:-} ]] || embedded=no
  write_settings "$BERTH_HOME/run/launcher.env" "BERTH_CONFIG=$BERTH_CONFIG" "BERTH_HTTP_PORT=$BERTH_HTTP_PORT" \
    "BERTH_HTTPS_PORT=$BERTH_HTTPS_PORT" "BERTH_HTTP3=$BERTH_HTTP3" "BERTH_CONTROL_PORT=$BERTH_CONTROL_PORT" "BERTH_EMBEDDED_DATABASE=$embedded" \
    "DOCKER_HOST=${DOCKER_HOST:-}"
}

# check_ports: before anything is started, that nobody else listens where Berth is to.
check_ports() {
  check_port --http "$BERTH_HTTP_PORT" edge
  check_port --https "$BERTH_HTTPS_PORT" edge
  check_port --control "$BERTH_CONTROL_PORT" control
}

# check_port FLAG PORT NAME: a port held by our own process NAME, left by a killed supervisor, is ours.
check_port() {
  local least
  least=$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start 2>/dev/null || say 1024)
  is_root || (($2 >= least)) || die "port $2 ($1) can only be used by root" "Choose one from $least up: $1 PORT"
  if port_taken "$2" && ! is_running "$3"; then
    die "port $2 ($1) is taken by $(port_owner "$2")" "Stop that process, or choose another port: ./berth up $1 PORT"
  fi
}

start_processes() {
  [[ -s $BERTH_EDGE_TOKEN_FILE ]] || write_secret "$BERTH_EDGE_TOKEN_FILE"
  local name
  for name in edge control supervisor; do
    is_running "$name" || { UP_STARTED+=" $name" && "fresh_$name"; }
  done
}

fresh_edge() {
  choose_edge "$(built_edge)"
  start_edge
}

fresh_control() { start_control; }
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
      edge) stop_edges ;;
      *) stop_process "$name" 40 ;;
    esac
  done
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
