# shellcheck shell=bash
# The edge's process: which build of it runs, how it is started, and how another one takes its place. Sourced.

# How many of the edges that were chosen before are kept.
readonly EARLIER_EDGES=2

# start_edge: the one that was chosen last. What is built by now may be half built.
start_edge() {
  # shellcheck disable=SC2034 # read by detach
  local DETACH_UMASK=077
  rotate_log "$BERTH_HOME/logs/edge.log"
  settle_release edge || return 1
  edge_command "$RELEASE"
  detach edge "$BERTH_HOME/logs/edge.log" "${EDGE_COMMAND[@]}"
  record_process edge "$DETACHED_PID"
}

# edge_main [upgrade]: for systemd, which opens the sockets (liberty/src/main/systemd): becomes the edge that was chosen
# last, or puts that in the place of the one that runs. Only 'up' builds and chooses: a machine that starts again serves
# what it served, without Maven or a network.
edge_main() {
  require_jdk
  prepare_home
  remembered_settings
  [[ -s $BERTH_EDGE_TOKEN_FILE ]] || write_secret "$BERTH_EDGE_TOKEN_FILE"
  settle_release edge || die "no edge was chosen yet for $BERTH_HOME, and none is built" "Build one, and choose it: ./berth up --detach --home $BERTH_HOME"
  if [[ ${1:-} == upgrade ]]; then
    upgrade_edge "$RELEASE" || exit 1
    [[ -z ${NOTIFY_SOCKET:-} ]] || systemd-notify "MAINPID=$(recorded_pid edge)"
    return 0
  fi
  note_edge "$RELEASE" "${BERTH_EDGE_UNIT:-}"
  edge_command "$RELEASE"
  umask 077
  record_process edge "$$" || true
  BERTH_PROCESS=edge:$BERTH_HOME exec "${EDGE_COMMAND[@]}"
}

# ---- which edge, and the next one -------------------------------------------------------------

# choose_edge NAME: makes what is built the edge to start from now on.
choose_edge() {
  copy_release edge "$1" || true
  note_edge "$1" "$(edge_unit)"
}

# note_edge NAME UNIT: that NAME is the chosen one, those that were before it, newest first, and the unit of systemd that runs it.
note_edge() {
  local name earlier=''
  for name in $(chosen_release edge) $(setting "$BERTH_HOME/run/edge.env" EARLIER); do
    [[ $name == "$1" || " $earlier " == *" $name "* ]] || earlier+="${earlier:+ }$name"
  done
  # shellcheck disable=SC2086 # words
  earlier=$(printf '%s ' $earlier | cut -d' ' -f1-"$EARLIER_EDGES")
  try_write "$BERTH_HOME/run/edge.env" "RELEASE=$1" "EARLIER=${earlier% }" "UNIT=$2" || true
}

# edge_unit: the unit of systemd whose process the edge is; nothing when it is a child of ours.
edge_unit() { setting "$BERTH_HOME/run/edge.env" UNIT; }

# edge_command NAME [ARG...]: sets EDGE_COMMAND. The class archive is made when an edge stops, and made anew when
# Java has changed; a start with it takes half the work. Without a good one an edge starts as well, so what Java says
# of the archive is kept out of the log.
edge_command() {
  local name=$1
  shift
  EDGE_COMMAND=(env MALLOC_ARENA_MAX=2 BERTH_EDGE_RELEASE="$name" "$BERTH_JDK/bin/java"
    -Xmx64m -XX:+UseSerialGC -XX:+UseCompactObjectHeaders -XX:MaxDirectMemorySize=64m
    -XX:+AutoCreateSharedArchive -XX:SharedArchiveFile="$BERTH_HOME/cache/edge-$name.jsa"
    '-Xlog:cds*=off' '-Xlog:aot*=off'
    --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
    -cp "$(release_place edge "$name")/*" dev.berth.proxy.Main "$@")
}

# upgrade_edge NAME: has the running edge replaced by that one, without a lost request: the new one takes over its
# sockets, and the old one ends when it has answered what it has. 1 when that fails: then the old one serves on.
upgrade_edge() {
  UPGRADED=''
  with_lock "$BERTH_HOME/run/edge.lock" replace_edge "$1"
  [[ -n $UPGRADED ]]
}

replace_edge() {
  # shellcheck disable=SC2034 # read by detach
  local DETACH_UMASK=077 pid old
  old=$(running_pid edge) || old=''
  edge_command "$1" upgrade
  detach edge "$BERTH_HOME/logs/edge.log" "${EDGE_COMMAND[@]}"
  pid=$DETACHED_PID
  # Not before it is sure that the old one still listens: on a full disk the new one serves and cannot say so.
  await 90 edge_serves_or_gone "$pid" || ! listens "$old" || kill -s KILL "$pid" 2>/dev/null || true
  if is_gone "$pid" || { [[ $(serving_edge) != "$pid" ]] && listens "$old"; }; then
    warn "the edge could not be replaced, and goes on as it is; the last lines of $BERTH_HOME/logs/edge.log:"
    tail -n 3 "$BERTH_HOME/logs/edge.log" | sed 's/^/       /' >&2
    return 0
  fi
  record_process edge "$pid" || true
  note_edge "$1" "$(edge_unit)"
  forget_old_edges
  UPGRADED=yes
}

# is_being_replaced: whether somebody is at that: then the one that is to be the edge may not serve yet.
is_being_replaced() {
  local result=0
  [[ -e $BERTH_HOME/run/edge.lock ]] || return 1
  flock -n -E 75 "$BERTH_HOME/run/edge.lock" true 2>/dev/null || result=$?
  ((result == 75))
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

# forget_old_edges: what was neither chosen lately nor is in use. One that was replaced may run for some minutes more, and
# reads its files yet. Where it is not known what was chosen, or of which copy an edge runs, nothing is removed.
forget_old_edges() {
  local keep pid name old
  name=$(chosen_release edge)
  [[ -n $name ]] || return 0
  keep=" $name $(setting "$BERTH_HOME/run/edge.env" EARLIER) "
  for pid in $(find_marked edge); do
    name=$(given "$pid" BERTH_EDGE_RELEASE)
    [[ -n $name ]] || is_gone "$pid" || return 0
    keep+="$name "
  done
  for old in "$BERTH_HOME"/cache/edge/* "$BERTH_HOME"/cache/edge-*.jsa; do
    name=${old##*/} name=${name#edge-} name=${name%.jsa}
    [[ $keep == *" $name "* ]] || rm -rf "$old" || true
  done
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
