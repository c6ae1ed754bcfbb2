#!/usr/bin/env bash
# Tests of the launcher: launcher-test.sh [NAME...]; needs root on Debian. The last line is 'N passed, N failed'.
#
# A copy of the launcher runs in a network namespace of its own, with a real private engine and a real
# PostgreSQL. Edge, control, Maven and the JDK are small stand-ins: what they do is tested elsewhere.
# Scripts in single quotes are for another shell to expand.
# shellcheck disable=SC2016
set -euo pipefail

SOURCE=$(cd "$(dirname "$(readlink -f "$0")")/../../../.." && pwd)

# ---- sandbox ----------------------------------------------------------------------------------

# Before the namespace cuts the network off: what is installed or fetched.
prepare_sandbox() {
  [[ $(id -u) == 0 ]] || { echo "launcher-test.sh must be run as root" >&2; exit 1; }
  WORK=$(mktemp -d /tmp/berth-lt.XXXXXX)
  chmod 0755 "$WORK"
  mkdir -p "$WORK/fetched"
  (
    export BERTH_HOME=$WORK/fetched BERTH_ROOT=$SOURCE
    for part in common maven engine images; do
      # shellcheck source=/dev/null
      . "$SOURCE/liberty/src/main/scripts/$part.sh"
    done
    prepare_home
    engine_preconditions
    postgres_binaries 18.6.0 "$WORK/fetched/postgres"
    mkdir -p "$WORK/fetched/busybox"
    build_static_busybox "$WORK/fetched/busybox" >"$WORK/fetched/logs/busybox.log" 2>&1
  )
}

if [[ -z ${LAUNCHER_TEST_WORK:-} ]]; then
  prepare_sandbox
  result=0
  LAUNCHER_TEST_WORK=$WORK unshare --net --mount "$BASH" "$0" "$@" || result=$?
  rm -rf "$WORK"
  exit "$result"
fi

WORK=$LAUNCHER_TEST_WORK
TREE=$WORK/tree
HOME_DIR=$WORK/home
BERTH=$TREE/berth
ip link set lo up
unset DOCKER_HOST BERTH_HOME BERTH_DATABASE_URL BERTH_CONFIG JAVA_HOME
export XDG_STATE_HOME=$WORK/state BERTH_TEST_COUNTS=$WORK

make_tree() {
  mkdir -p "$TREE/liberty/src/main" "$TREE/schemas" "$TREE/example-config-repo"
  cp "$SOURCE/berth" "$TREE/"
  cp -R "$SOURCE/liberty/src/main/scripts" "$SOURCE/liberty/src/main/images" "$TREE/liberty/src/main/"
  printf 'apiVersion: berth/v1\nkind: App\nmetadata: {name: hello}\nspec: {image: busybox:1}\n---\napiVersion: berth/v1\nkind: App\nmetadata:\n  name: other\n' \
    >"$TREE/example-config-repo/apps.yaml"
  echo source >"$TREE/schemas/Some.java"
  cat >"$TREE/mvnw" <<'SH'
#!/bin/sh
echo built >>"$BERTH_TEST_COUNTS/builds"
[ ! -e "$BERTH_TEST_COUNTS/break-build" ] || { echo "[ERROR] Some.java:7: it does not compile"; exit 1; }
cd "$(dirname "$0")/liberty" && mkdir -p target/berth/lib/edge target/berth/lib/cli target/berth/control target/liberty/wlp/bin
printf '#!/bin/sh\n[ -e "$BERTH_TEST_COUNTS/quiet" ] || env >"$BERTH_HOME/control.env"\nexec "$JAVA_HOME/bin/serve" "$BERTH_CONTROL_PORT"\n' >target/liberty/wlp/bin/server
chmod +x target/liberty/wlp/bin/server
cp ../schemas/Some.java target/berth/lib/edge/edge.jar
cp ../schemas/Some.java target/berth/control/server.xml
SH
  make_jdk "$WORK/jdk" 25.0.9
  chmod +x "$TREE/mvnw"
}

# make_jdk DIR VERSION: its java serves 200 for the edge, and prints its arguments for the command line.
make_jdk() {
  mkdir -p "$1/bin"
  printf 'JAVA_VERSION="%s"\n' "$2" >"$1/release"
  cat >"$1/bin/java" <<'SH'
#!/bin/sh
case " $* " in
  *" dev.berth.proxy.Main upgrade "*)
    [ ! -e "$BERTH_TEST_COUNTS/break-edge" ] || { echo "snapshot 7 is bad"; exit 1; }
    kill "$(cat "$BERTH_HOME/edge/serving")"
    while ! "$(dirname "$0")/serve" "$BERTH_HTTP_PORT" 0; do sleep 0.1; done
    echo $$ >"$BERTH_HOME/edge/serving"; exec "$(dirname "$0")/serve" "$BERTH_HTTP_PORT" ;;
  *" dev.berth.proxy.Main "*)
    [ -e "$BERTH_TEST_COUNTS/quiet" ] || { env >"$BERTH_HOME/edge.env"; echo "GET /?q=1" >"$BERTH_HOME/edge/access.log"; }
    { echo $$ >"$BERTH_HOME/edge/serving.new" && mv "$BERTH_HOME/edge/serving.new" "$BERTH_HOME/edge/serving"; } 2>/dev/null
    exec "$(dirname "$0")/serve" "$BERTH_HTTP_PORT" ;;
  *) while [ "$1" != dev.berth.reconciler.cli.Main ]; do shift; done; shift; echo "cli: $*" ;;
esac
SH
  cat >"$1/bin/serve" <<'PERL'
#!/usr/bin/perl
use IO::Socket::INET;
$SIG{PIPE} = 'IGNORE';
my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $ARGV[0], Listen => 20, ReuseAddr => 1) or die "port $ARGV[0]: $!\n";
exit if @ARGV > 1;
while (my $client = $server->accept) { while (my $line = <$client>) { last if $line eq "\r\n" } print $client "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"; close $client }
PERL
  printf '#!/bin/sh\n' >"$1/bin/javac"
  chmod +x "$1"/bin/*
}

# ---- asserting --------------------------------------------------------------------------------

# run ARG...: runs the launcher; OUT and STATUS are its output (both streams) and exit code.
run() {
  STATUS=0
  OUT=$(JAVA_HOME=$WORK/jdk timeout 240 "$BERTH" "$@" 2>&1) || STATUS=$?
}

fail() {
  printf '    %s\n' "$@"
  [[ -z ${OUT:-} ]] || printf '%s\n' "$OUT" | tail -n 15 | sed 's/^/    | /'
  exit 1
}

assert_status() { [[ $STATUS == "$1" ]] || fail "expected exit code $1, got $STATUS"; }
assert_out() { [[ $OUT == *"$1"* ]] || fail "expected in the output: $1"; }
assert_equal() { [[ $1 == "$2" ]] || fail "expected '$1', got '$2' ${3:-}"; }
# A zombie is dead, too: who reaps orphans here may take its time.
is_dead() { [[ ! -e /proc/$1 || $(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null) == [ZX] ]]; }
assert_gone() { is_dead "$1" || fail "process $1 lives ${2:-}"; }

until_true() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

pid_of() { cut -d' ' -f1 "$HOME_DIR/run/$1.pid"; }
listen() { "$WORK/jdk/bin/serve" "$1" & LISTENER=$!; until_true 5 answers "$1"; }
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
assert_silent() { if answers 18080 || answers 19080; then fail "something still answers"; fi; }

# is_another NAME PID: whether NAME runs, as another process than PID.
is_another() {
  local now
  now=$(pid_of "$1" 2>/dev/null) || return 1
  [[ -n $now && $now != "$2" ]] && kill -0 "$now" 2>/dev/null
}

# told NAME VARIABLE: what the recorded process was started with.
told() { tr '\0' '\n' <"/proc/$(pid_of "$1")/environ" | sed -n "s/^$2=//p"; }
chosen() { sed -n 's/^RELEASE=//p' "$HOME_DIR/run/edge.env"; }

# change TEXT: of the sources, so that what is built is not what runs.
change() { sleep 1 && echo "$1" >"$TREE/schemas/Some.java"; }
builds() { wc -l <"$WORK/builds"; }

# put_systemctl: one that knows a single unit, as long as there is a file 'unit', and reloads it as its unit file says.
put_systemctl() {
  mkdir -p "$WORK/bin"
  cat >"$WORK/bin/systemctl" <<SH
#!/bin/bash
# systemd's children have no descriptors of whoever asks it.
for fd in /proc/\$\$/fd/*; do fd=\${fd##*/}; ((fd < 3 || fd == 255)) || exec {fd}>&-; done
echo "\$*" >>"$WORK/systemctl.log"
[ -e "$WORK/unit" ] || exit 4
[ "\$1" != reload ] || BERTH_EDGE_UNIT=some.service BERTH_HTTP_PORT=18080 exec "$BERTH" --home "$HOME_DIR" __edge upgrade
SH
  chmod +x "$WORK/bin/systemctl"
}

runs_as_recorded() { kill -0 "$(pid_of "$1")" 2>/dev/null && ! is_dead "$(pid_of "$1")"; }
is_silent_then_answers() { is_dead "$(pid_of edge)" && answers 18080; }

engine_docker() { docker -H "$(sed -n 's/^DOCKER_HOST=//p' "$HOME_DIR/run/engine.env")" "$@"; }
postgres() { BERTH_HOME=${PG_HOME:-$HOME_DIR} run_script postgres.sh "$1"; }

run_script() {
  STATUS=0
  OUT=$("$TREE/liberty/src/main/scripts/$1" "${@:2}" 2>&1) || STATUS=$?
}

# keep_full FILE: takes all room there is, and what is given back: PostgreSQL removes a file when it is started again.
keep_full() {
  while :; do
    head -c 500000000 /dev/zero >>"$1" 2>/dev/null || true
    sleep 0.02
  done
}

is_full() { [[ $(df -k --output=avail "$1" | tail -n 1) -eq 0 ]]; }

is_sleep() { [[ $(cat "/proc/$1/comm" 2>/dev/null) == sleep ]]; }

# with_common HOME COMMAND...: COMMAND of common.sh on that home.
with_common() {
  BERTH_HOME=$1 BERTH_ROOT=$TREE "$BASH" -euc '. "$BERTH_ROOT/liberty/src/main/scripts/common.sh"; "$@"' bash "${@:2}"
}

# use_postgres HOME: spares the fetch.
use_postgres() { mkdir -p "$1/postgres" && touch "$1/.berth-home" && cp -R "$WORK/fetched/postgres" "$1/postgres/bin-18.6.0"; }

# single STATEMENT: runs it in the stopped database.
single() {
  (cd / && setpriv --reuid=berth --regid=berth --init-groups "$HOME_DIR/postgres/bin-18.6.0/bin/postgres" --single -j \
    -D "$HOME_DIR/postgres/data" berth <<<"$1"$'\n' 2>&1)
}

# ---- arguments and home -----------------------------------------------------------------------

test_help_lists_every_command() {
  local word
  run help
  assert_status 0
  for word in up down status logs validate plan 'engine up' images 'plan DIR|REF' --home BERTH_HOME DOCKER_HOST; do assert_out "$word"; done
}

test_arguments_wrong_say_which() {
  run frobnicate; assert_status 2; assert_out 'unknown command: frobnicate'
  run up --frobnicate; assert_status 2; assert_out 'unknown option for up: --frobnicate'
  run up --http; assert_status 2; assert_out '--http needs a value'
  run up --http 0; assert_status 2; assert_out 'not a port'
  run up --http 65536; assert_status 2; assert_out 'not a port'
  run up --http 80a; assert_status 2; assert_out 'not a port'
  run up --http 9080; assert_status 2; assert_out 'must be three ports'
  run up --config /nowhere; assert_status 2; assert_out 'neither a directory nor a URL: /nowhere'
  run up --home; assert_status 2; assert_out '--home needs a directory'
  run engine; assert_status 2; assert_out 'engine needs a verb'
  run engine fly; assert_status 2; assert_out 'unknown verb for engine: fly'
  run images --only cobol:1; assert_status 2; assert_out 'no stand-in for the image cobol:1'
  run logs edge --frob --home "$HOME_DIR"; assert_status 2; assert_out '--frob'
}

test_home_unwritable_is_a_clear_error() {
  run up --home /proc/berth
  assert_status 1; assert_out 'cannot write to /proc/berth'; assert_out '--home DIR'
  mkdir -p "$WORK/locked" && chmod 0755 "$WORK/locked"
  STATUS=0
  OUT=$(setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/nonexistent "$BERTH" up --home "$WORK/locked/x" 2>&1) || STATUS=$?
  assert_status 1; assert_out "cannot write to $WORK/locked/x: Permission denied"
}

test_home_foreign_is_refused_and_left_as_it_is() {
  mkdir -m 0751 "$WORK/foreign" && echo theirs >"$WORK/foreign/file"
  for OUT in "up --detach" "engine up" images; do
    # shellcheck disable=SC2086 # words of a command
    run $OUT --home "$WORK/foreign"
    assert_status 1; assert_out "$WORK/foreign holds files that are not Berth's"; assert_out '--home DIR'
  done
  run validate x --home "$WORK/foreign"
  run down --home "$WORK/foreign"; assert_status 0
  assert_equal '751 file' "$(stat -c %a "$WORK/foreign") $(ls -A "$WORK/foreign")"
}

test_home_new_or_empty_or_ours_is_taken() {
  mkdir -p "$WORK/empty/lost+found" && chmod 0751 "$WORK/empty"
  (umask 077 && with_common "$WORK/new/home" prepare_home) || fail "a new home is refused"
  with_common "$WORK/empty" prepare_home || fail "an empty directory is refused"
  mkdir -p "$WORK"/older/{run,logs,cache,secrets} && touch "$WORK/older/more"
  with_common "$WORK/older" prepare_home || fail "a home without a marker is refused"
  rm -r "$WORK/new/home/cache" && touch "$WORK/new/home/more"
  with_common "$WORK/new/home" prepare_home || fail "a home with a marker is refused"
  assert_equal '711 751' "$(stat -c %a "$WORK/new/home" "$WORK/empty" | xargs)"
}

test_home_full_is_a_clear_error_and_recovers() {
  mkdir -p "$WORK/small" && mount -t tmpfs -o size=2m tmpfs "$WORK/small"
  head -c 3000000 /dev/zero >"$WORK/small/filler" 2>/dev/null || true
  run engine up --home "$WORK/small/home"
  assert_status 1; assert_out "no space left for $WORK/small/home"
  rm "$WORK/small/filler"
  with_common "$WORK/small/home" writable_home ||
    fail "the home is still refused"
  umount "$WORK/small"
}

test_port_taken_names_it_and_starts_nothing() {
  local before
  before=$(cat "$WORK/builds" 2>/dev/null || true)
  listen 18080
  run up --detach --home "$WORK/taken" --http 18080 --control 19080
  kill "$LISTENER"
  assert_status 1; assert_out 'port 18080 (--http) is taken by'; assert_out "pid $LISTENER"
  assert_equal "$before" "$(cat "$WORK/builds" 2>/dev/null || true)"
  [[ ! -e $WORK/taken/run/supervisor.pid && ! -e $WORK/taken/run/engine.env ]] || fail "something was started"
}

test_jdk_too_old_is_passed_over() {
  make_jdk "$WORK/old" 1.8.0_402
  OUT=$(JAVA_HOME=$WORK/old HOME=$WORK/user BERTH_ROOT=$TREE "$BASH" -euc '
    for part in common java; do . "$BERTH_ROOT/liberty/src/main/scripts/$part.sh"; done
    jdk_release "$JAVA_HOME"; find_jdk || echo none')
  [[ $OUT == 8$'\n'* && $OUT != *"$WORK/old"* ]] || fail "the old JDK was taken"
  make_jdk "$WORK/user/.jdks/newest" 99
  OUT=$(JAVA_HOME=$WORK/old HOME=$WORK/user BERTH_ROOT=$TREE "$BASH" -euc '
    for part in common java; do . "$BERTH_ROOT/liberty/src/main/scripts/$part.sh"; done
    find_jdk')
  assert_equal "$WORK/user/.jdks/newest" "$OUT"
}

# ---- pids -------------------------------------------------------------------------------------

test_down_recycled_pid_is_left_alone() {
  mkdir -p "$WORK/recycled/run"
  sleep 300 & local bystander=$!
  printf '%s 1\n' "$bystander" | tee "$WORK"/recycled/run/{edge,control,supervisor,postgres}.pid >/dev/null
  run down --home "$WORK/recycled"
  assert_status 0; assert_out 'not running'
  kill -0 "$bystander" || fail "a process that is not ours was killed"
  kill "$bystander"
}

test_down_without_home_is_no_error() {
  run down --home "$WORK/never"
  assert_status 0; assert_out 'not running'
  [[ ! -e $WORK/never ]] || fail "down made a home"
}

# ---- packages ---------------------------------------------------------------------------------

# installing DIR SCRIPT: becomes a berth that runs SCRIPT as the installation of a package, in a process
# group of its own, with a policy file in DIR.
installing() {
  BERTH_HOME=$1 BERTH_ROOT=$TREE exec perl -e 'setpgrp; $SIG{INT} = "DEFAULT"; exec @ARGV' "$BASH" -euc     '. "$BERTH_ROOT/liberty/src/main/scripts/common.sh"; POLICY_FILE=$BERTH_HOME/policy; with_services_held eval "$1"' bash "$2"
}

test_packages_installing_holds_services_and_puts_the_policy_back() {
  local dir=$WORK/policies
  mkdir -p "$dir"
  OUT=$(installing "$dir" 'sh "$POLICY_FILE" || echo $?')
  assert_equal 101 "$OUT"; [[ ! -e $dir/policy ]] || fail "the policy was left"
  echo theirs >"$dir/policy"
  ! (installing "$dir" false) || fail "a failure was lost"
  assert_equal theirs "$(cat "$dir/policy")"
  # A berth that was killed leaves its own, which is not to be taken for the machine's.
  (installing "$dir" 'kill -KILL $BASHPID') 2>/dev/null || true
  grep -q Berth "$dir/policy" || fail "nothing was left to be tested"
  (installing "$dir" true)
  assert_equal 'theirs policy' "$(cat "$dir/policy") $(ls "$dir")"
}

test_packages_installing_interrupted_puts_the_policy_back() {
  local dir=$WORK/interrupted launcher signal
  mkdir -p "$dir"
  for signal in INT TERM; do
    (installing "$dir" 'touch "$BERTH_HOME/begun"; sleep 60') & launcher=$!
    until_true 10 test -e "$dir/begun" || fail "not begun"
    grep -q Berth "$dir/policy" || fail "nothing holds services"
    # To all of them, as a terminal does.
    kill -s "$signal" -- "-$launcher"
    until_true 10 test ! -e "$dir/policy" || fail "the policy was left after $signal"
    rm "$dir/begun"
  done
}

# ---- engine -----------------------------------------------------------------------------------

test_engine_unavailable_to_a_user_is_a_clear_error() {
  install -d -o nobody "$WORK/nobody"
  STATUS=0
  OUT=$(setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$WORK/nobody" "$BERTH" engine up 2>&1) || STATUS=$?
  assert_status 1; assert_out 'root'
}

test_engine_up_twice_is_the_same_engine() {
  run engine up --private --home "$HOME_DIR"
  assert_status 0; assert_out '(private, pid'
  local pid
  pid=$(pid_of engine)
  run engine up --private --home "$HOME_DIR"; assert_status 0
  run engine up --home "$HOME_DIR"; assert_status 0
  assert_equal "$pid" "$(pid_of engine)"
  run engine env --home "$HOME_DIR"
  assert_status 0; assert_out "export DOCKER_HOST=unix://$HOME_DIR/engine/docker.sock"
  assert_equal 'true false' "$(engine_docker info --format '{{.LiveRestoreEnabled}}') $(grep -o '"userland-proxy": [a-z]*' "$HOME_DIR/engine/daemon.json" | cut -d' ' -f2)"
}

test_images_second_time_builds_nothing() {
  mkdir -p "$HOME_DIR/cache/images/busybox" && cp "$WORK/fetched/busybox/busybox" "$HOME_DIR/cache/images/busybox/"
  run images --only busybox --home "$HOME_DIR"
  assert_status 0; assert_out 'busybox:1'
  assert_equal true "$(engine_docker image inspect --format '{{index .Config.Labels "dev.berth.stand-in"}}' busybox:1)"
  run images --only busybox --home "$HOME_DIR"
  assert_status 0; assert_out 'all there'
}

test_engine_killed_is_started_again_and_containers_live_on() {
  local pid id before
  id=$(engine_docker run -d --name survivor busybox:1 sleep 600)
  before=$(engine_docker inspect --format '{{.State.Pid}} {{.State.StartedAt}}' "$id")
  pid=$(pid_of engine)
  kill -KILL "$pid"
  until_true 10 is_dead "$pid" || fail "dockerd did not end"
  kill -0 "${before%% *}" || fail "the container ended with dockerd"
  run engine up --home "$HOME_DIR"
  assert_status 0
  assert_equal "$before" "$(engine_docker inspect --format '{{.State.Pid}} {{.State.StartedAt}}' "$id")"
  assert_equal works "$(engine_docker exec "$id" echo works)"
}

test_engine_killed_with_stale_pid_files_is_started_again() {
  local pid
  pid=$(pid_of engine)
  kill -KILL "$pid"
  until_true 10 is_dead "$pid" || fail "dockerd did not end"
  # Both pids are of a living process that is neither dockerd nor containerd.
  echo "$$" >"$HOME_DIR/engine/dockerd.pid"
  until_true 10 is_dead "$(cat "$HOME_DIR/engine/exec/containerd/containerd.pid")" || fail "containerd did not end"
  echo "$$" >"$HOME_DIR/engine/exec/containerd/containerd.pid"
  run engine up --home "$HOME_DIR"
  assert_status 0
  assert_equal running "$(engine_docker inspect --format '{{.State.Status}}' survivor)"
}

# ---- PostgreSQL -------------------------------------------------------------------------------

test_postgres_starts_not_as_root_on_loopback_only() {
  use_postgres "$HOME_DIR"
  postgres start
  assert_status 0
  local pid port
  pid=$(pid_of postgres)
  port=$(sed -n 's/^BERTH_DATABASE_PORT=//p' "$HOME_DIR/run/postgres.env")
  assert_equal berth "$(ps -o user= -p "$pid")"
  assert_equal "127.0.0.1:$port" "$(ss -Hltn "sport = :$port" | awk '{print $4}')"
  assert_equal 600 "$(stat -c %a "$HOME_DIR/secrets/postgres.password")"
  assert_equal 700 "$(stat -c %a "$HOME_DIR/secrets")"
  assert_equal '' "$(grep -vE '^#|^$|scram-sha-256$' "$HOME_DIR/postgres/data/pg_hba.conf")" "(other ways to log in)"
  grep -qxF "BERTH_DATABASE_URL=jdbc:postgresql://127.0.0.1:$port/berth" "$HOME_DIR/run/postgres.env" || fail "no URL"
  postgres start
  assert_status 0; assert_out 'running already'; assert_equal "$pid" "$(pid_of postgres)"
}

test_postgres_restarted_keeps_data_and_port() {
  local port
  port=$(sed -n 's/^BERTH_DATABASE_PORT=//p' "$HOME_DIR/run/postgres.env")
  postgres stop; assert_status 0
  postgres status; assert_status 3
  single "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('still here');" >/dev/null
  postgres start; assert_status 0
  postgres stop; assert_status 0
  [[ $(single 'SELECT word FROM kept;') == *'still here'* ]] || fail "the row is gone"
  postgres start; assert_status 0
  assert_equal "$port" "$(sed -n 's/^BERTH_DATABASE_PORT=//p' "$HOME_DIR/run/postgres.env")"
}

test_postgres_killed_is_started_again() {
  kill -KILL "$(pid_of postgres)"
  postgres start
  assert_status 0; assert_out 'jdbc:postgresql'
}

test_postgres_stale_lock_of_a_living_stranger_is_cleared() {
  postgres stop
  printf '%s\n%s\n1\n15432\n\n\n' "$$" "$HOME_DIR/postgres/data" >"$HOME_DIR/postgres/data/postmaster.pid"
  postgres start
  assert_status 0; assert_out 'jdbc:postgresql'
}

test_postgres_of_a_user_runs_as_that_user() {
  local home=$WORK/user-home
  use_postgres "$home"
  chown -R nobody "$home"
  STATUS=0
  OUT=$(setpriv --reuid=65534 --regid=65534 --clear-groups env BERTH_HOME="$home" "$TREE/liberty/src/main/scripts/postgres.sh" start 2>&1) || STATUS=$?
  assert_status 0
  assert_equal nobody "$(ps -o user= -p "$(cut -d' ' -f1 "$home/run/postgres.pid")")"
  setpriv --reuid=65534 --regid=65534 --clear-groups env BERTH_HOME="$home" "$TREE/liberty/src/main/scripts/postgres.sh" stop || fail "stop failed"
}

test_postgres_lost_record_is_found_again() {
  local pid
  pid=$(pid_of postgres)
  rm "$HOME_DIR/run/postgres.pid"
  postgres start
  assert_status 0; assert_equal "$pid" "$(pid_of postgres)"
}

test_postgres_port_taken_moves_and_says_so() {
  local port
  port=$(sed -n 's/^BERTH_DATABASE_PORT=//p' "$HOME_DIR/run/postgres.env")
  postgres stop
  listen "$port"
  postgres start
  kill "$LISTENER"
  assert_status 0; assert_out "port $port was taken"
  [[ $(sed -n 's/^BERTH_DATABASE_PORT=//p' "$HOME_DIR/run/postgres.env") != "$port" ]] || fail "the port did not change"
}

# A port that is bound and not listened on looks free: so it does to two that start at the same time.
test_postgres_port_taken_between_look_and_start_moves_on() {
  local port bound
  port=$(sed -n 's/^BERTH_DATABASE_PORT=//p' "$HOME_DIR/run/postgres.env")
  postgres stop
  perl -MSocket -e '$| = 1; socket(S, PF_INET, SOCK_STREAM, 0); bind(S, sockaddr_in(shift, INADDR_LOOPBACK)) or die; print "bound\n"; sleep 60' \
    "$port" >"$WORK/bound" &
  bound=$!
  until_true 5 grep -qs bound "$WORK/bound"
  postgres start
  kill "$bound"
  assert_status 0; assert_out "port $port was taken just now"
  assert_equal "$((port + 1))" "$(sed -n 's/^BERTH_DATABASE_PORT=//p' "$HOME_DIR/run/postgres.env")"
}

test_postgres_password_lost_is_replaced() {
  local before after
  before=$(md5sum <"$HOME_DIR/secrets/postgres.password")
  postgres stop
  local verifier
  verifier=$(single "SELECT rolpassword FROM pg_authid WHERE rolname = 'berth';" | grep -o 'SCRAM-SHA-256[^"]*' | head -n 1)
  rm "$HOME_DIR/secrets/postgres.password"
  postgres start; assert_status 0
  after=$(md5sum <"$HOME_DIR/secrets/postgres.password")
  [[ $before != "$after" ]] || fail "the same password again"
  postgres stop
  [[ -n $verifier && $(single "SELECT rolpassword FROM pg_authid WHERE rolname = 'berth';") != *"$verifier"* ]] || fail "the server kept the lost password"
}

test_postgres_home_out_of_reach_puts_data_elsewhere() {
  mkdir -p "$WORK/closed" && chmod 0700 "$WORK/closed"
  local PG_HOME=$WORK/closed/home place
  place=/var/lib/berth-postgres/$(printf '%s' "$PG_HOME" | sha256sum | cut -c1-8)
  mkdir -p "$place" && cp -R "$WORK/fetched/postgres" "$place/bin-18.6.0"
  postgres start
  assert_status 0; assert_out "its data is in $place"
  [[ $OUT != *fetching* ]] || fail "the server was fetched again"
  assert_equal 700 "$(stat -c %a "$WORK/closed")"
  postgres stop; assert_status 0
  rm -rf "$place"
  rmdir /var/lib/berth-postgres 2>/dev/null || true
}

# ---- up and down ------------------------------------------------------------------------------

test_up_detached_serves_and_says_where() {
  export DOCKER_HOST=unix://$HOME_DIR/engine/docker.sock
  run up --detach --home "$HOME_DIR" --http 18080 --https 18443 --control 19080
  assert_status 0
  assert_out 'http://hello.localhost:18080'; assert_out 'http://other.localhost:18080'
  assert_out 'http://127.0.0.1:19080'; assert_out "git clone $HOME_DIR/config.git"
  answers 18080 || fail "the edge does not answer"
  answers 19080 || fail "control does not answer"
  assert_equal '1 main apps.yaml' "$(git --git-dir="$HOME_DIR/config.git" rev-list --count main) $(git --git-dir="$HOME_DIR/config.git" symbolic-ref --short HEAD) $(git --git-dir="$HOME_DIR/config.git" ls-tree --name-only main)"
}

test_up_passes_what_control_and_edge_need() {
  local name
  for name in "BERTH_HOME=$HOME_DIR" "BERTH_CONFIG=$HOME_DIR/config.git" BERTH_CONTROL_PORT=19080 BERTH_HTTP_PORT=18080 MALLOC_ARENA_MAX=2 \
    "BERTH_DATABASE_USER=berth" "BERTH_DATABASE_PASSWORD_FILE=$HOME_DIR/secrets/postgres.password" "DOCKER_HOST=unix://$HOME_DIR/engine/docker.sock" \
    "WLP_OUTPUT_DIR=$HOME_DIR/control" "LOG_DIR=$HOME_DIR/logs/control" "BERTH_EDGE_TOKEN_FILE=$HOME_DIR/secrets/edge.token"; do
    grep -qxF "$name" "$HOME_DIR/control.env" || fail "control lacks $name"
  done
  grep -q '^BERTH_DATABASE_URL=jdbc:postgresql://127.0.0.1:' "$HOME_DIR/control.env" || fail "control lacks the database"
  for name in "BERTH_HOME=$HOME_DIR" BERTH_CONTROL_URL=http://127.0.0.1:19080 BERTH_HTTP_PORT=18080 BERTH_HTTPS_PORT=18443 BERTH_HTTP3=off BERTH_EDGE_IO=auto \
    MALLOC_ARENA_MAX=2 "BERTH_EDGE_TOKEN_FILE=$HOME_DIR/secrets/edge.token"; do
    grep -qxF "$name" "$HOME_DIR/edge.env" || fail "edge lacks $name"
  done
  assert_equal 600 "$(stat -c %a "$HOME_DIR/secrets/edge.token")"
}

test_up_keeps_what_is_secret_from_other_users() {
  local part
  for part in run logs cache secrets keys edge control config.git; do
    assert_equal "700 $part" "$(stat -c %a "$HOME_DIR/$part") $part"
  done
  assert_equal '600 600' "$(stat -c %a "$HOME_DIR/edge/access.log" "$HOME_DIR/control.env" | xargs)"
}

test_up_closes_what_an_older_one_left_open() {
  mkdir -p "$WORK"/open/{run,logs,cache,secrets,git,last-good,sites,edge,config.git} && chmod 0755 "$WORK"/open/*
  with_common "$WORK/open" prepare_home
  assert_equal '' "$(find "$WORK/open" -mindepth 1 -type d ! -perm 700)"
}

test_up_twice_says_so() {
  local before
  before="$(pid_of edge) $(pid_of control) $(pid_of supervisor)"
  run up --detach --home "$HOME_DIR"
  assert_status 0; assert_out 'running already'
  assert_equal "$before" "$(pid_of edge) $(pid_of control) $(pid_of supervisor)"
}

test_up_on_a_running_berth_replaces_what_a_new_build_has_changed() {
  local edge control supervisor
  edge=$(pid_of edge) control=$(pid_of control) supervisor=$(pid_of supervisor)
  sleep 1 && echo changed >"$TREE/schemas/Some.java"
  run up --detach --home "$HOME_DIR"
  assert_status 0; assert_out 'running already'
  assert_gone "$edge" "(the old edge)"
  is_another edge "$edge" || fail "the new edge is not recorded"
  is_another control "$control" || fail "control is the old one"
  assert_equal "$supervisor" "$(pid_of supervisor)"
  assert_equal changed "$(cat "$HOME_DIR/cache/edge/$(sed -n 's/^RELEASE=//p' "$HOME_DIR/run/edge.env")/edge.jar")"
  edge=$(pid_of edge)
  kill -KILL "$edge"
  until_true 20 is_another edge "$edge" || fail "the supervisor does not know the new edge"
  until_true 10 answers 18080 || fail "no answer from the edge that was started again"
}

test_up_with_an_edge_that_cannot_take_over_leaves_the_old_one() {
  local edge release
  edge=$(pid_of edge) release=$(cat "$HOME_DIR/run/edge.env")
  sleep 1 && echo broken >"$TREE/schemas/Some.java" && touch "$WORK/break-edge"
  run up --detach --home "$HOME_DIR"
  rm "$WORK/break-edge"
  assert_status 1; assert_out 'could not be replaced'; assert_out 'snapshot 7 is bad'; assert_out 'goes on as before'
  assert_equal "$edge $release" "$(pid_of edge) $(cat "$HOME_DIR/run/edge.env")"
  answers 18080 || fail "the old edge does not answer"
  run up --detach --home "$HOME_DIR"
  assert_status 0
  is_another edge "$edge" || fail "the edge was not replaced afterwards"
}

# ---- up on a Berth that runs: each option -----------------------------------------------------

test_up_with_a_port_of_the_edge_is_refused_and_changes_nothing() {
  local before
  before="$(pid_of edge) $(pid_of control) $(cat "$HOME_DIR/run/launcher.env")"
  run up --detach --home "$HOME_DIR" --http 18081
  assert_status 1; assert_out 'serves on port 18080 (--http), and cannot be moved to 18081'; assert_out './berth down, then ./berth up --http 18081'
  run up --detach --home "$HOME_DIR" --https 18444
  assert_status 1; assert_out 'port 18443 (--https)'
  BERTH_HTTP_PORT=18081 run up --detach --home "$HOME_DIR"
  assert_status 1; assert_out '18081'
  assert_equal "$before" "$(pid_of edge) $(pid_of control) $(cat "$HOME_DIR/run/launcher.env")"
  run up --detach --home "$HOME_DIR" --http 18080; assert_status 0
}

test_up_with_http_three_replaces_the_edge_and_is_remembered() {
  local edge control
  edge=$(pid_of edge) control=$(pid_of control)
  run up --detach --home "$HOME_DIR" --http3
  assert_status 0
  is_another edge "$edge" || fail "the edge was not replaced"
  assert_equal "on $control" "$(told edge BERTH_HTTP3) $(pid_of control)"
  edge=$(pid_of edge)
  run up --detach --home "$HOME_DIR"; assert_status 0
  assert_equal "$edge" "$(pid_of edge)"
  kill -KILL "$edge"
  until_true 20 is_another edge "$edge" || fail "the edge did not come back"
  assert_equal on "$(told edge BERTH_HTTP3)"
  until_true 10 answers 18080 || fail "no answer"
  run up --detach --home "$HOME_DIR" --http3=off
  assert_equal "0 off" "$STATUS $(told edge BERTH_HTTP3)"
}

test_up_with_another_config_repo_starts_control_again_with_it() {
  local edge control
  edge=$(pid_of edge) control=$(pid_of control)
  mkdir -p "$WORK/other-config"
  run up --detach --home "$HOME_DIR" --config "$WORK/other-config"
  assert_status 0
  is_another control "$control" || fail "control was not started again"
  assert_equal "$edge $WORK/other-config" "$(pid_of edge) $(told control BERTH_CONFIG)"
  control=$(pid_of control)
  kill -KILL "$control"
  until_true 20 is_another control "$control" || fail "control did not come back"
  assert_equal "$WORK/other-config" "$(told control BERTH_CONFIG)"
  until_true 10 answers 19080 || fail "no answer from control"
  run up --detach --home "$HOME_DIR" --config "$HOME_DIR/config.git"
  assert_equal "0 $HOME_DIR/config.git" "$STATUS $(told control BERTH_CONFIG)"
}

test_up_with_another_port_of_control_moves_it_and_tells_the_edge() {
  local edge supervisor before
  edge=$(pid_of edge) supervisor=$(pid_of supervisor) before=$(cat "$HOME_DIR/run/launcher.env")
  listen 19082
  run up --detach --home "$HOME_DIR" --control 19082
  kill "$LISTENER"
  assert_status 1; assert_out 'port 19082 (--control) is taken by'
  assert_equal "$before" "$(cat "$HOME_DIR/run/launcher.env")"
  run up --detach --home "$HOME_DIR" --control 19081
  assert_status 0; assert_out 'http://127.0.0.1:19081'
  is_another edge "$edge" || fail "the edge was not replaced"
  assert_equal "http://127.0.0.1:19081 $supervisor" "$(told edge BERTH_CONTROL_URL) $(pid_of supervisor)"
  answers 19081 || fail "control is not on its new port"
  if answers 19080; then fail "control is on its old port"; fi
  run up --detach --home "$HOME_DIR" --control 19080; assert_status 0
  answers 19080 || fail "control did not move back"
}

test_up_with_options_that_an_edge_can_not_take_changes_nothing() {
  local before
  before="$(pid_of edge) $(pid_of control) $(cat "$HOME_DIR/run/launcher.env")"
  touch "$WORK/break-edge"
  run up --detach --home "$HOME_DIR" --http3 --control 19081
  rm "$WORK/break-edge"
  assert_status 1; assert_out 'could not be replaced'; assert_out 'goes on as before'
  assert_equal "$before" "$(pid_of edge) $(pid_of control) $(cat "$HOME_DIR/run/launcher.env")"
}

test_up_with_another_database_or_engine_is_refused() {
  local control
  control=$(pid_of control)
  BERTH_DATABASE_URL=jdbc:postgresql://127.0.0.1:1/x run up --detach --home "$HOME_DIR"
  assert_status 1; assert_out 'another database than BERTH_DATABASE_URL says'; assert_out './berth down'
  ln -sf "$HOME_DIR/engine/docker.sock" "$WORK/other.sock"
  DOCKER_HOST=unix://$WORK/other.sock run up --detach --home "$HOME_DIR"
  assert_status 1; assert_out 'another engine than DOCKER_HOST says'
  assert_equal "$control" "$(pid_of control)"
}

test_up_after_a_killed_supervisor_gives_the_rest_its_options() {
  local edge control
  kill -KILL "$(pid_of supervisor)"
  run up --detach --home "$HOME_DIR" --http 18081
  assert_status 1; assert_out 'cannot be moved to 18081'
  edge=$(pid_of edge) control=$(pid_of control)
  mkdir -p "$WORK/other-config"
  run up --detach --home "$HOME_DIR" --http3 --config "$WORK/other-config"
  assert_status 0
  is_another edge "$edge" || fail "the edge was not replaced"
  is_another control "$control" || fail "control was not started again"
  assert_equal "on $WORK/other-config" "$(told edge BERTH_HTTP3) $(told control BERTH_CONFIG)"
  run up --detach --home "$HOME_DIR" --http3=off --config "$HOME_DIR/config.git"; assert_status 0
}

# ---- what runs is what was chosen -------------------------------------------------------------

test_up_without_a_build_starts_what_ran() {
  local edge chosen builds
  edge=$(pid_of edge) chosen=$(chosen) builds=$(builds)
  change unbuilt
  run up --detach --no-build --home "$HOME_DIR"
  assert_equal "0 $edge $builds" "$STATUS $(pid_of edge) $(builds)"
  run down --home "$HOME_DIR"
  # As Maven does, when somebody builds without an 'up'.
  echo unchosen >"$TREE/liberty/target/berth/lib/edge/edge.jar"
  run up --detach --no-build --home "$HOME_DIR"
  assert_equal "0 $chosen $builds" "$STATUS $(told edge BERTH_EDGE_RELEASE) $(builds)"
  assert_equal "$chosen 18080" "$(chosen) $(told edge BERTH_HTTP_PORT)"
  run up --detach --home "$HOME_DIR"
  assert_equal "0 $((builds + 1)) unbuilt" "$STATUS $(builds) $(cat "$HOME_DIR/cache/edge/$(chosen)/edge.jar")"
}

test_control_runs_from_a_copy_of_what_was_chosen() {
  local control place
  change copied
  run up --detach --home "$HOME_DIR"; assert_status 0
  place=$(told control WLP_USER_DIR)
  assert_equal "copied $HOME_DIR/cache/control/$(told control BERTH_CONTROL_RELEASE)" "$(cat "$place/server.xml") $place"
  # As Maven does beside it, and then it crashes.
  echo unchosen >"$TREE/liberty/target/berth/control/server.xml"
  control=$(pid_of control)
  kill -KILL "$control"
  until_true 20 is_another control "$control" || fail "control was not started again"
  assert_equal "$place copied" "$(told control WLP_USER_DIR) $(cat "$place/server.xml")"
  run up --detach --home "$HOME_DIR"; assert_status 0
  assert_equal unchosen "$(cat "$(told control WLP_USER_DIR)/server.xml")"
  assert_equal "$(told control BERTH_CONTROL_RELEASE)" "$(ls "$HOME_DIR/cache/control")"
}

test_edge_of_systemd_is_the_chosen_one_and_up_has_it_reloaded() {
  local chosen builds edge
  export PATH=$WORK/bin:$PATH
  put_systemctl && touch "$WORK/unit"
  run down --home "$HOME_DIR"
  chosen=$(chosen) builds=$(builds)
  change later
  JAVA_HOME=$WORK/jdk BERTH_EDGE_UNIT=some.service BERTH_HTTP_PORT=18080 setsid "$BERTH" --home "$HOME_DIR" __edge >"$WORK/unit.log" 2>&1 &
  until_true 20 answers 18080 || fail "no answer: $(cat "$WORK/unit.log")"
  assert_equal "$chosen $builds" "$(told edge BERTH_EDGE_RELEASE) $(builds)"
  edge=$(pid_of edge)
  run up --detach --home "$HOME_DIR"
  assert_status 0
  is_another edge "$edge" || fail "the edge was not replaced: $OUT"
  assert_equal "later $(chosen)" "$(cat "$HOME_DIR/cache/edge/$(chosen)/edge.jar") $(told edge BERTH_EDGE_RELEASE)"
  grep -qx 'reload some.service' "$WORK/systemctl.log" || fail "systemd was not told"
  edge=$(pid_of edge)
  change last && touch "$WORK/break-edge"
  run up --detach --home "$HOME_DIR"
  rm "$WORK/break-edge"
  assert_equal "1 $edge $(told edge BERTH_EDGE_RELEASE)" "$STATUS $(pid_of edge) $(chosen)"
  run down --home "$HOME_DIR"
  assert_status 0; assert_out 'the edge goes on, as a process of systemd'
  answers 18080 || fail "the edge was stopped"
  run up --detach --home "$HOME_DIR"; assert_status 0
  edge=$(pid_of edge)
  # What ends is systemd's to start again.
  kill -KILL "$edge"
  until_true 10 is_dead "$edge" || fail "the edge did not end"
  sleep 2
  if answers 18080; then fail "the supervisor started an edge of its own"; fi
  # Without the unit it is the launcher's again.
  rm "$WORK/unit"
  run up --detach --home "$HOME_DIR"; assert_status 0
  answers 18080 || fail "no edge was started"
}

test_edge_of_systemd_where_nothing_was_chosen_or_built_says_so() {
  mv "$TREE/liberty/target/berth" "$TREE/liberty/target/away"
  run __edge --home "$WORK/unchosen"
  mv "$TREE/liberty/target/away" "$TREE/liberty/target/berth"
  assert_status 1; assert_out "no edge was chosen yet for $WORK/unchosen, and none is built"; assert_out './berth up'
}

test_edges_that_run_or_were_chosen_lately_are_kept() {
  local home=$WORK/kept name running
  for name in one two three four five; do
    mkdir -p "$home/cache/edge/$name" && touch -d '2 days ago' "$home/cache/edge/$name" "$home/cache/edge-$name.jsa"
  done
  touch "$home/cache/edge/four" "$home/cache/edge/two"
  mkdir -p "$home/run" && printf 'RELEASE=one\nEARLIER=two three\n' >"$home/run/edge.env"
  BERTH_PROCESS=edge:$home BERTH_EDGE_RELEASE=five setsid sleep 300 &
  running=$!
  until_true 10 is_sleep "$running" || fail "no process to be found"
  forget() { BERTH_HOME=$home BERTH_ROOT=$TREE "$BASH" -euc 'for part in common java copies edge; do . "$BERTH_ROOT/liberty/src/main/scripts/$part.sh"; done; forget_old_edges'; }
  mv "$home/run/edge.env" "$home/run/away" && forget
  assert_equal 'five four one three two' "$(cd "$home/cache/edge" && echo *)" "(removed although nothing is known)"
  mv "$home/run/away" "$home/run/edge.env"
  BERTH_PROCESS=edge:$home setsid sleep 300 &
  until_true 10 is_sleep $! || fail "no process to be found"
  forget
  assert_equal 'five four one three two' "$(cd "$home/cache/edge" && echo *)" "(removed although one runs from nobody knows where)"
  kill $!
  until_true 5 is_dead $! && forget
  assert_equal 'five one three two' "$(cd "$home/cache/edge" && echo *)"
  assert_equal 'edge-five.jsa edge-one.jsa edge-three.jsa edge-two.jsa' "$(cd "$home/cache" && echo *.jsa)"
  kill "$running"
}

test_edges_that_were_chosen_are_recorded_in_their_order() {
  local home=$WORK/order
  mkdir -p "$home/run"
  BERTH_HOME=$home BERTH_ROOT=$TREE "$BASH" -euc 'for part in common java copies edge; do . "$BERTH_ROOT/liberty/src/main/scripts/$part.sh"; done
    for name in a b c c a d; do note_edge "$name" ""; done'
  assert_equal 'RELEASE=d EARLIER=a c UNIT=' "$(xargs <"$home/run/edge.env")"
}

# ---- what ends, and what is lost --------------------------------------------------------------

test_edges_of_a_lost_record_the_one_that_serves_is_found() {
  local edge leaving
  edge=$(pid_of edge)
  # One that has been replaced, and answers what it has.
  BERTH_PROCESS=edge:$HOME_DIR setsid sleep 300 &
  leaving=$!
  sleep 2 && touch "$HOME_DIR/edge/serving"
  rm "$HOME_DIR/run/edge.pid"
  until_true 10 runs_as_recorded edge || fail "no edge is recorded"
  assert_equal "$edge" "$(pid_of edge)"
  kill -KILL "$edge"
  until_true 20 is_another edge "$edge" || fail "the edge did not come back beside one that leaves"
  assert_equal yes "$([[ $(pid_of edge) != "$leaving" ]] && echo yes)"
  until_true 10 answers 18080 || fail "no answer"
  kill "$leaving"
}

test_killed_processes_come_back() {
  local name old
  for name in control edge postgres engine; do
    old=$(pid_of "$name")
    kill -KILL "$old" || fail "$name does not run"
    until_true 20 is_another "$name" "$old" || fail "$name did not come back"
  done
  until_true 10 answers 18080 || fail "no answer from the edge after the kills"
  until_true 10 answers 19080 || fail "no answer from control after the kills"
}

test_supervisor_killed_up_again_keeps_the_rest() {
  local edge supervisor
  edge=$(pid_of edge)
  supervisor=$(pid_of supervisor)
  kill -KILL "$supervisor"
  run up --detach --home "$HOME_DIR"
  assert_status 0
  assert_equal "$edge" "$(pid_of edge)"
  [[ $(pid_of supervisor) != "$supervisor" ]] || fail "no new supervisor"
}

test_command_line_gets_its_arguments() {
  run status --json --home "$HOME_DIR"; assert_status 0; assert_out 'cli: status --json'
  run plan 'a dir' --home "$HOME_DIR"; assert_status 0; assert_out 'cli: plan a dir'
  run validate x --home "$HOME_DIR"; assert_status 0; assert_out 'cli: validate x'
  run logs hello --home "$HOME_DIR"; assert_status 0; assert_out 'cli: logs hello'
}

test_home_full_can_be_looked_at_and_stopped() {
  mkdir -p "$WORK/full" && mount -t tmpfs -o size=2m tmpfs "$WORK/full"
  with_common "$WORK/full/home" prepare_home
  run validate x; assert_status 0
  head -c 3000000 /dev/zero >"$WORK/full/filler" 2>/dev/null || true
  run down --home "$WORK/full/home"; assert_status 0; assert_out 'not running'
  run status --home "$WORK/full/home"; assert_status 0; assert_out 'cli: status'
  run plan x --home "$WORK/full/home"; assert_status 0; assert_out 'cli: plan x'
  run logs hello --home "$WORK/full/home"; assert_status 0; assert_out 'cli: logs hello'
  run images --home "$WORK/full/home"; assert_status 1; assert_out 'no space left'
  umount "$WORK/full"
}

test_commands_without_a_home_make_none() {
  run validate x --home "$WORK/no-home"; assert_status 0; assert_out 'cli: validate x'
  run plan x --home "$WORK/no-home"; assert_status 0; assert_out 'cli: plan x'
  [[ ! -e $WORK/no-home ]] || fail "a home was made"
}

test_build_only_when_sources_changed() {
  local builds
  builds=$(wc -l <"$WORK/builds")
  run validate x --home "$HOME_DIR"
  assert_equal "$builds" "$(wc -l <"$WORK/builds")" "builds although nothing changed"
  sleep 0.01
  echo changed >"$TREE/schemas/Some.java"
  run validate x --home "$HOME_DIR"
  assert_equal $((builds + 1)) "$(wc -l <"$WORK/builds")" "builds after a change"
  echo new >"$TREE/schemas/Other.java" && touch -d yesterday "$TREE/schemas/Other.java"
  run validate x --home "$HOME_DIR"
  assert_equal $((builds + 2)) "$(wc -l <"$WORK/builds")" "builds after a new, old file"
}

test_up_with_an_edge_that_ends_fails_soon_and_leaves_nothing() {
  local started=$SECONDS
  mv "$WORK/jdk/bin/serve" "$WORK/jdk/bin/serve.away"
  # Not at once: control is to be recorded before it ends, too.
  printf '#!/bin/sh\nsleep 0.3\necho "serve: not found" >&2\nexit 127\n' >"$WORK/jdk/bin/serve"
  chmod +x "$WORK/jdk/bin/serve"
  run down --home "$HOME_DIR"
  run up --detach --home "$HOME_DIR"
  mv "$WORK/jdk/bin/serve.away" "$WORK/jdk/bin/serve"
  assert_status 1; assert_out 'ends again and again'; assert_out 'serve: not found'; assert_out "$HOME_DIR/logs/edge.log"
  ((SECONDS - started < 60)) || fail "that took $((SECONDS - started)) s"
  [[ ! -e $HOME_DIR/run/supervisor.pid && ! -e $HOME_DIR/run/postgres.pid ]] || fail "something was left running"
  run up --detach --home "$HOME_DIR"; assert_status 0
}

test_build_failing_shows_why() {
  touch "$WORK/break-build" "$TREE/schemas/Some.java"
  run validate x --home "$HOME_DIR"
  rm "$WORK/break-build"
  assert_status 1; assert_out 'Some.java:7: it does not compile'; assert_out 'build.log'
}

test_up_with_a_build_that_fails_shows_why_and_leaves_nothing() {
  run down --home "$HOME_DIR"
  touch "$WORK/break-build" "$TREE/schemas/Some.java"
  run up --detach --home "$HOME_DIR"
  rm "$WORK/break-build"
  assert_status 1; assert_out 'Some.java:7: it does not compile'
  [[ ! -e $HOME_DIR/run/supervisor.pid && ! -e $HOME_DIR/run/postgres.pid ]] || fail "something was left running"
}

test_up_interrupted_while_building_ends_the_build() {
  local launcher
  cp "$TREE/mvnw" "$WORK/mvnw.saved"
  printf '#!/bin/sh\nexec sleep 543\n' >"$TREE/mvnw"
  touch "$TREE/schemas/Some.java"
  : >"$WORK/attached.log"
  JAVA_HOME=$WORK/jdk perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' "$BERTH" up --home "$HOME_DIR" >"$WORK/attached.log" 2>&1 & launcher=$!
  until_true 60 grep -q '^  postgres' "$WORK/attached.log" || fail "not so far: $(cat "$WORK/attached.log")"
  kill -INT "$launcher"
  until_true 60 is_dead "$launcher" || fail "up did not end"
  cp "$WORK/mvnw.saved" "$TREE/mvnw"
  assert_equal '' "$(pgrep -f -x 'sleep 543')" "(the build lives)"
  [[ ! -e $HOME_DIR/run/postgres.pid ]] || fail "PostgreSQL was left running"
  run up --detach --home "$HOME_DIR"; assert_status 0
}

test_disk_full_processes_come_back_and_none_is_lost() {
  local home=$WORK/disk/home supervisor name edge filling
  mkdir -p "$WORK/disk" && mount -t tmpfs -o size=400m tmpfs "$WORK/disk" && chmod 0711 "$WORK/disk"
  run down --home "$HOME_DIR"
  export DOCKER_HOST=unix://$HOME_DIR/engine/docker.sock
  use_postgres "$home"
  run up --detach --home "$home" --http 18080 --https 18443 --control 19080
  assert_status 0
  HOME_DIR=$home
  # A stand-in that empties a file, to write it anew, makes room for a moment.
  touch "$WORK/quiet"
  supervisor=$(pid_of supervisor)
  keep_full "$WORK/disk/filler" & filling=$!
  until_true 30 is_full "$WORK/disk" || fail "the disk is not full"
  edge=$(pid_of edge)
  for name in edge control postgres; do kill -KILL "$(pid_of "$name")"; done
  until_true 30 answers 18080 || fail "the edge did not come back on a full disk: $(tail -n 5 "$home"/logs/{supervisor,edge,postgres}.log)"
  until_true 30 answers 19080 || fail "control did not come back on a full disk"
  sleep 2
  assert_equal "$supervisor" "$(pid_of supervisor)"
  kill -0 "$supervisor" || fail "the supervisor ended"
  assert_equal "$edge" "$(pid_of edge)" "(the record could be written: the disk is not full)"
  kill "$filling" && until_true 10 is_dead "$filling" && rm "$WORK/disk/filler"
  for name in edge control postgres; do until_true 90 runs_as_recorded "$name" || fail "$name did not come back"; done
  head -c 500000000 /dev/zero >"$WORK/disk/filler" 2>/dev/null || true
  kill -KILL "$(pid_of edge)"
  until_true 30 is_silent_then_answers || fail "the edge did not come back again"
  # Nothing on disk says which process that is.
  run down --home "$home"; assert_status 0; assert_out 'berth is stopped'
  assert_silent
  umount -l "$WORK/disk" && rm "$WORK/quiet"
  run up --detach --home "$WORK/home"; assert_status 0
}

test_down_stops_all_but_engine_and_containers() {
  local edge control database
  edge=$(pid_of edge) control=$(pid_of control) database=$(pid_of postgres)
  # 'up --home' is remembered.
  run down
  assert_status 0; assert_out 'the engine go on'; assert_out 'engine down'
  assert_gone "$edge"; assert_gone "$control"; assert_gone "$database"
  assert_silent
  kill -0 "$(pid_of engine)" || fail "the engine was stopped"
  assert_equal running "$(engine_docker inspect --format '{{.State.Status}}' survivor)"
  run down --home "$HOME_DIR"
  assert_status 0; assert_out 'not running'
}

test_up_again_keeps_the_config_repo_and_ports() {
  local head
  head=$(git --git-dir="$HOME_DIR/config.git" rev-parse main)
  run up --detach --home "$HOME_DIR"
  assert_status 0; assert_out 'http://hello.localhost:18080'
  assert_equal "$head" "$(git --git-dir="$HOME_DIR/config.git" rev-parse main)"
  run down --home "$HOME_DIR"
  assert_status 0
}

test_up_attached_ends_with_interrupt() {
  local launcher
  : >"$WORK/attached.log"
  # Background jobs ignore SIGINT, and bash cannot trap what was ignored at its start.
  JAVA_HOME=$WORK/jdk perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' "$BERTH" up --home "$HOME_DIR" >"$WORK/attached.log" 2>&1 & launcher=$!
  until_true 60 grep -q 'Ctrl-C stops' "$WORK/attached.log" || fail "not up: $(cat "$WORK/attached.log")"
  local supervisor
  supervisor=$(pid_of supervisor)
  kill -KILL "$supervisor"
  until_true 10 is_another supervisor "$supervisor" || fail "'up' did not bring the supervisor back"
  kill -INT "$launcher"
  until_true 60 is_dead "$launcher" || fail "up did not end"
  assert_silent
}

test_up_interrupted_while_it_waits_stops_nothing() {
  local launcher lock edge
  run up --detach --home "$HOME_DIR"; assert_status 0
  edge=$(pid_of edge)
  # Berth is not all up, as while another 'up' that holds the lock starts it.
  exec {lock}>"$HOME_DIR/run/up.lock" && flock -w 10 "$lock"
  kill -KILL "$(pid_of supervisor)"
  : >"$WORK/attached.log"
  JAVA_HOME=$WORK/jdk perl -e 'setpgrp; $SIG{INT} = "DEFAULT"; exec @ARGV' "$BERTH" up --home "$HOME_DIR" >"$WORK/attached.log" 2>&1 {lock}>&- & launcher=$!
  until_true 60 grep -q 'waiting for another' "$WORK/attached.log" || fail "it does not wait: $(cat "$WORK/attached.log")"
  kill -INT -- "-$launcher"
  until_true 60 is_dead "$launcher" || fail "up did not end"
  exec {lock}>&-
  kill -0 "$edge" || fail "the edge was stopped"
  assert_equal "$edge" "$(pid_of edge)"
  answers 19080 || fail "control was stopped"
  run down --home "$HOME_DIR"; assert_status 0
}

test_up_with_a_database_of_ones_own_starts_none() {
  BERTH_DATABASE_URL=jdbc:postgresql://127.0.0.1:1/x BERTH_DATABASE_USER=me run up --detach --home "$HOME_DIR"
  assert_status 0
  [[ ! -e $HOME_DIR/run/postgres.pid ]] || fail "PostgreSQL was started"
  grep -qx BERTH_DATABASE_URL=jdbc:postgresql://127.0.0.1:1/x "$HOME_DIR/control.env" || fail "control has another database"
  run down --home "$HOME_DIR"
}

test_engine_down_stops_it_and_its_containers_twice() {
  local pid
  pid=$(pid_of engine)
  run engine down --home "$HOME_DIR"
  assert_status 0; assert_out 'stopped'
  assert_gone "$pid"
  # The pattern comes from a file, else grep would find itself.
  assert_equal '' "$(grep -lsaF -f <(printf '%s\n' "$HOME_DIR/engine") /proc/[0-9]*/cmdline)" "(left running)"
  run engine down --home "$HOME_DIR"
  assert_status 0; assert_out 'not running'
}

test_engine_down_while_up_stays_down() {
  run up --detach --home "$HOME_DIR"
  assert_status 0
  local lock pid
  pid=$(pid_of engine)
  # As an 'engine down' does: with the lock held the engine ends, and then its record goes.
  : >"$HOME_DIR/logs/supervisor.log"
  exec {lock}>"$HOME_DIR/run/engine.lock" && flock -w 10 "$lock"
  kill -KILL "$pid"
  until_true 10 grep -q 'waiting for another' "$HOME_DIR/logs/supervisor.log" || fail "the supervisor did not wait"
  rm "$HOME_DIR/run/engine.pid"
  exec {lock}>&-
  flock -w 90 "$HOME_DIR/run/engine.lock" sleep 1 || fail "somebody holds the lock"
  flock -w 90 "$HOME_DIR/run/engine.lock" true || fail "somebody holds the lock"
  [[ ! -e $HOME_DIR/run/engine.pid ]] || fail "the supervisor started the engine again"
  run down --home "$HOME_DIR"; assert_status 0
  # Only a daemon can stop the containers of the killed one.
  run engine up --home "$HOME_DIR"; assert_status 0
  run engine down --home "$HOME_DIR"; assert_status 0
}

# ---- secrets ----------------------------------------------------------------------------------

test_identity_reaches_control_and_nothing_else() {
  local name key=AGE-SECRET-KEY-1TEST
  # shellcheck disable=SC2030,SC2031 # each test is a subshell
  export SOPS_AGE_KEY=$key
  mkdir -p "$HOME_DIR/cache/images/busybox" && cp "$WORK/fetched/busybox/busybox" "$HOME_DIR/cache/images/busybox/"
  [[ -d $HOME_DIR/postgres/bin-18.6.0 ]] || use_postgres "$HOME_DIR"
  run up --detach --home "$HOME_DIR" --http 18080 --control 19080
  assert_status 0
  assert_equal "$key" "$(told control SOPS_AGE_KEY)"
  for name in edge supervisor postgres engine; do assert_equal '' "$(told "$name" SOPS_AGE_KEY)" "in $name"; done
  unset SOPS_AGE_KEY
  name=$(pid_of control)
  kill -s KILL "$name"
  until_true 30 is_another control "$name" || fail "control was not started again"
  assert_equal "$key" "$(told control SOPS_AGE_KEY)" "of the control that the supervisor started"
  ! grep -rlF "$key" "$HOME_DIR" --exclude=control.env --exclude-dir=postgres --exclude-dir=engine || fail "it is written down"
  run down --home "$HOME_DIR"; assert_status 0
}

test_seal_prints_its_document_alone() {
  change sealed
  STATUS=0
  OUT=$(JAVA_HOME=$WORK/jdk "$BERTH" seal --value api.key --home "$HOME_DIR" 2>"$WORK/seal.err" </dev/null) || STATUS=$?
  assert_status 0
  assert_equal 'cli: seal --value api.key' "$OUT"
  grep -q '^build: ' "$WORK/seal.err" || fail "it was not built first"
}

# ---- run --------------------------------------------------------------------------------------

# Whatever a failed test left running in the sandbox ends here. An engine that was left dead must run
# once more, as only it can stop its containers.
clean_up() {
  "$BERTH" down --home "$HOME_DIR" >/dev/null 2>&1 || true
  [[ ! -e $HOME_DIR/run/engine.pid ]] || "$BERTH" engine up --home "$HOME_DIR" >/dev/null 2>&1 || true
  "$BERTH" engine down --home "$HOME_DIR" >/dev/null 2>&1 || true
  awk '{print $2}' /proc/self/mounts | grep "^$WORK/" | sort -r | xargs -r umount -l 2>/dev/null || true
}

main() {
  local passed=0 failed=0 name started
  local -a names=("$@")
  make_tree
  trap clean_up EXIT
  ((${#names[@]})) || mapfile -t names < <(sed -nE 's/^(test_[a-z_]+)\(\).*/\1/p' "$0")
  for name in "${names[@]}"; do
    started=$SECONDS
    if OUT='' && ("$name"); then
      passed=$((passed + 1))
      printf 'ok      %s (%d s)\n' "$name" $((SECONDS - started))
    else
      failed=$((failed + 1))
      printf 'FAILED  %s\n' "$name"
    fi
  done
  printf '%d passed, %d failed\n' "$passed" "$failed"
  ((failed == 0))
}

main "$@"
