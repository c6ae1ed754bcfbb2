# shellcheck shell=bash
# A Docker engine for this machine: the one that answers already, or a private one. Sourced.
#
# The private engine has its own socket, data, bridge and configuration, so that it neither meets a
# distribution's Docker nor is changed by its daemon.json. Live restore is on and the userland proxy
# off: containers and their ports go on while dockerd is restarted or was killed.
# Written: $BERTH_HOME/run/engine.env (DOCKER_HOST, BERTH_ENGINE_PRIVATE, BERTH_ENGINE_PID).

engine_env_file() { printf '%s\n' "$BERTH_HOME/run/engine.env"; }

engine_main() {
  local verb=${1:-} private=''
  [[ $# -eq 0 ]] || shift
  while (($#)); do
    case $1 in
      --private) private=yes ;;
      *) usage_error "unknown option for engine: $1" ;;
    esac
    shift
  done
  case $verb in
    up)
      writable_home
      with_lock "$BERTH_HOME/run/engine.lock" engine_up "$private"
      ;;
    down) engine_down_locked ;;
    env) engine_env ;;
    '') usage_error "engine needs a verb: up, down or env" ;;
    *) usage_error "unknown verb for engine: $verb (up, down or env)" ;;
  esac
}

# ---- which engine -----------------------------------------------------------------------------

# engine_answers HOST: whether an engine answers at unix:///path or tcp://host:port within 3 s.
engine_answers() {
  if [[ $1 == unix://* ]]; then
    [[ -S ${1#unix://} ]] || return 1
    if have curl; then
      [[ $(curl -s --max-time 3 --noproxy '*' --unix-socket "${1#unix://}" http://engine/_ping 2>/dev/null) == OK ]]
      return
    fi
  fi
  have docker && timeout 5 docker -H "$1" version --format '{{.Server.Version}}' >/dev/null 2>&1
}

# find_engine: prints the DOCKER_HOST to use; 1 when none answers. An engine of our own that holds
# this home's apps comes before the machine's, else installing Docker later would lose sight of them.
find_engine() {
  local own
  own=$(own_engine_host)
  if [[ -n ${DOCKER_HOST:-} ]] && engine_answers "$DOCKER_HOST"; then
    printf '%s\n' "$DOCKER_HOST"
  elif [[ -n $own ]]; then
    engine_answers "$own" || return 1
    printf '%s\n' "$own"
  elif engine_answers unix:///var/run/docker.sock; then
    say unix:///var/run/docker.sock
  else
    return 1
  fi
}

# own_engine_host: the private engine's address if this home has (had) one, running or not.
own_engine_host() {
  [[ $(setting "$(engine_env_file)" BERTH_ENGINE_PRIVATE) != 1 ]] || printf 'unix://%s\n' "$(engine_place)/docker.sock"
}

# engine_place: directory of socket and runtime state. A socket path has room for 107 characters,
# and dockerd nests some of its own, so a deep home gets a short place in /run.
engine_place() {
  local place=$BERTH_HOME/engine
  ((${#place} <= 50)) || place=/run/berth-$(short_hash "$BERTH_HOME")
  printf '%s\n' "$place"
}

engine_env() {
  local host
  host=$(find_engine) || die "no engine is running for $BERTH_HOME" "Start one with: ./berth engine up"
  printf 'export DOCKER_HOST=%q\n' "$host"
}

# ---- up ---------------------------------------------------------------------------------------

# engine_up PRIVATE: PRIVATE non-empty asks for a private engine even when another one answers.
engine_up() {
  local host
  if [[ -z $1 ]]; then
    [[ -z ${DOCKER_HOST:-} ]] || engine_answers "$DOCKER_HOST" ||
      warn "no engine answers at DOCKER_HOST=$DOCKER_HOST; looking for another"
    if host=$(find_engine); then
      note_engine "$host"
      say "engine: $host"
      return 0
    fi
  elif host=$(own_engine_host) && [[ -n $host ]] && engine_answers "$host"; then
    say "engine: $host (private, running already)"
    return 0
  fi
  start_private_engine
}

# note_engine HOST: records an engine that is not ours. A private one that runs stays on record, for 'down'.
note_engine() {
  local own
  own=$(own_engine_host)
  [[ $1 != "$own" ]] || return 0
  if is_running engine; then
    warn "using $1; the private engine of $BERTH_HOME runs, too"
  else
    write_settings "$(engine_env_file)" "DOCKER_HOST=$1" BERTH_ENGINE_PRIVATE=0
  fi
}

start_private_engine() {
  engine_preconditions
  local place attempt
  place=$(engine_place)
  mkdir -p "$place" "$BERTH_HOME/engine/data"
  # Without this a crash between here and the end would hide the engine from 'down'.
  write_settings "$(engine_env_file)" "DOCKER_HOST=unix://$place/docker.sock" BERTH_ENGINE_PRIVATE=1
  rotate_log "$BERTH_HOME/logs/engine.log"
  warn_of_neighbour
  for attempt in 1 2 3; do
    clear_stale_state "$place"
    make_bridge
    write_engine_config "$place"
    launch_dockerd "$place" && return 0
    warn "start $attempt of the engine failed: $(engine_log_error)"
    sleep 2
  done
  die "the private engine does not start; the last lines of $BERTH_HOME/logs/engine.log:" \
    "$(tail -n 5 "$BERTH_HOME/logs/engine.log")" \
    "Or use an engine of your own: export DOCKER_HOST=unix:///path/to/docker.sock"
}

engine_preconditions() {
  if ! is_root; then
    [[ ! -S /var/run/docker.sock || -w /var/run/docker.sock ]] ||
      die "an engine is at /var/run/docker.sock, but $(id -un) may not use it" \
        "Add the user to its group (sudo usermod -aG docker $(id -un), then log in again), or run as root."
    die "no container engine answers (DOCKER_HOST, /var/run/docker.sock), and only root can start one" \
      "Run: sudo ./berth engine up      or install Docker, or set DOCKER_HOST to a running engine."
  fi
  if ! have dockerd; then
    have apt-get || die "no container engine answers, and this is no Debian to install one on" \
      "Install Docker with this system's package manager and start it, or set DOCKER_HOST."
    install_packages "the container engine" docker.io containerd runc iptables iproute2 ca-certificates procps
    # The package enables its own service; at the next boot that would be a second engine.
    ! have systemctl || systemctl disable -q docker.service docker.socket containerd.service >/dev/null 2>&1 || true
  fi
  if ! have ip || ! have iptables; then install_packages "the container engine" iptables iproute2; fi
  have dockerd || die "docker.io was installed, but there is no dockerd on the PATH ($PATH)"
}

# clear_stale_state PLACE: what a killed daemon or a reboot leaves and the next one trips over.
clear_stale_state() {
  local place=$1 boot
  boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null || true)
  remove_stale_pid_file "$place/dockerd.pid" dockerd
  # containerd dies with its dockerd, but not at once; a daemon that meets the dying one waits for it in vain.
  await 10 remove_stale_pid_file "$place/exec/containerd/containerd.pid" containerd || true
  if [[ $(cat "$place/boot" 2>/dev/null || true) != "$boot" ]]; then
    rm -rf "$place/exec"
    printf '%s\n' "$boot" >"$place/boot"
  fi
}

# remove_stale_pid_file FILE NAME: removes FILE unless its pid is a running NAME; 1 when it is one.
remove_stale_pid_file() {
  local pid='' name=''
  [[ -e $1 ]] || return 0
  pid=$(tr -cd '0-9' <"$1")
  if [[ -n $pid ]] && start_time "$pid" >/dev/null; then
    name=$(cat "/proc/$pid/comm" 2>/dev/null || true)
    [[ $name != "$2" ]] || return 1
  fi
  rm -f "$1"
}

# The private engine never uses docker0: a second daemon in a network namespace would take it over.
bridge_name() { printf 'berth%s\n' "$(short_hash "$BERTH_HOME")"; }

# Two daemons in a network namespace share chains of firewall rules, and each clears them when it starts.
warn_of_neighbour() {
  local pid
  for pid in $(pgrep -x dockerd 2>/dev/null || true); do
    [[ $(readlink "/proc/$pid/ns/net" 2>/dev/null) != "$(readlink /proc/self/ns/net)" ]] ||
      warn "another dockerd (pid $pid) runs here: ports that its containers have published may need their restart"
  done
}

make_bridge() {
  local name
  name=$(bridge_name)
  # Not by /sys/class/net, which may show another network namespace.
  if ! ip link show dev "$name" >/dev/null 2>&1; then
    ip link add "$name" type bridge || die "cannot make the network bridge $name (needs CAP_NET_ADMIN)"
    ip addr add "$(free_subnet)" dev "$name"
  fi
  ip link set "$name" up
}

# free_subnet: address/prefix of the first /24 that no route of this machine reaches into.
free_subnet() {
  local start=$((16#$(short_hash "$BERTH_HOME" | cut -c1-2))) i net
  for ((i = 0; i < 256; i++)); do
    net=10.213.$(((start + i) % 256))
    if [[ -z $(ip -4 route show root "$net.0/24" 2>/dev/null) ]]; then
      printf '%s.1/24\n' "$net"
      return 0
    fi
  done
  die "no free network in 10.213.0.0/16 for the private engine's bridge"
}

# write_engine_config PLACE [LIVE_RESTORE]
write_engine_config() {
  # Each app has a network; Docker's own pools hold about 30, these 1024.
  cat >"$1/daemon.json" <<JSON
{
  "hosts": ["unix://$1/docker.sock"],
  "data-root": "$BERTH_HOME/engine/data",
  "exec-root": "$1/exec",
  "pidfile": "$1/dockerd.pid",
  "bridge": "$(bridge_name)",
  "default-address-pools": [{"base": "10.214.0.0/16", "size": 26}],
  "live-restore": ${2:-true},
  "userland-proxy": false,
  "log-driver": "local",
  "log-opts": {"max-size": "10m", "max-file": "3"}
}
JSON
}

# launch_dockerd PLACE: one start; 1 when the daemon ended or did not answer within 60 s.
launch_dockerd() {
  local place=$1 host=unix://$1/docker.sock
  # A dead daemon's socket file would be taken for a living one by whoever only looks at it.
  rm -f "$place/docker.sock"
  detach engine "$BERTH_HOME/logs/engine.log" dockerd --config-file "$place/daemon.json"
  record_process engine "$DETACHED_PID" || return 1
  if ! await 60 engine_up_or_dead "$host" "$DETACHED_PID" || ! engine_answers "$host"; then
    stop_process engine 15
    return 1
  fi
  write_settings "$(engine_env_file)" "DOCKER_HOST=$host" BERTH_ENGINE_PRIVATE=1 "BERTH_ENGINE_PID=$DETACHED_PID"
  say "engine: $host (private, pid $DETACHED_PID)"
}

# find_engine_process: the private engine of this home by its own pid file.
find_engine_process() {
  local pid
  pid=$(cat "$(engine_place)/dockerd.pid" 2>/dev/null) || return 1
  [[ $pid =~ ^[0-9]+$ && $(cat "/proc/$pid/comm" 2>/dev/null) == dockerd ]] && start_time "$pid" >/dev/null && printf '%s\n' "$pid"
}

engine_up_or_dead() { engine_answers "$1" || is_gone "$2"; }
engine_log_error() { grep -aE 'failed|level=(fatal|error)|timeout' "$BERTH_HOME/logs/engine.log" | tail -n 1 || true; }

# ---- down -------------------------------------------------------------------------------------

engine_down_locked() {
  if [[ $(setting "$(engine_env_file)" BERTH_ENGINE_PRIVATE) != 1 ]]; then
    say "engine: nothing to stop (no engine was started for $BERTH_HOME)"
    return 0
  fi
  with_lock "$BERTH_HOME/run/engine.lock" engine_down
}

# Stops the private engine and, in an orderly way, its containers: with live restore left on they
# would outlive it. Their restart policies start them again with the next 'engine up'.
engine_down() {
  local pid place
  place=$(engine_place)
  if ! pid=$(running_pid engine); then
    rm -f "$BERTH_HOME/run/engine.pid"
    say "engine: not running"
    # A killed daemon's containers live on, and only a daemon can stop them in an orderly way.
    containers_gone || say "  its containers are: './berth engine up', then 'down', stops them"
    return 0
  fi
  write_engine_config "$place" false
  kill -s HUP "$pid" 2>/dev/null || true
  await 5 live_restore_off "unix://$place/docker.sock" || warn "the engine's containers may go on without it"
  stop_process engine 60
  await 15 containers_gone || warn "some of the engine's containers are still there"
  ip link del "$(bridge_name)" 2>/dev/null || true
  say "engine: stopped (pid $pid); its containers start again with './berth engine up'"
}

# containers_gone: whether no container of the private engine has its caretaker (shim) running.
containers_gone() {
  ! grep -qsaF -f <(printf '%s\n' "$(engine_place)/exec/containerd/containerd.sock") /proc/[0-9]*/cmdline
}

live_restore_off() {
  ! have docker || [[ $(docker -H "$1" info --format '{{.LiveRestoreEnabled}}' 2>/dev/null) == false ]]
}
