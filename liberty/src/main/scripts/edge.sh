# shellcheck shell=bash
# The edge's process: which build of it runs, how it is started, and how another one takes its place. Sourced.
#
# An edge runs from a copy of what was built: a build replaces files that a running one has yet to read.

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

# ---- which edge, and the next one -------------------------------------------------------------

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
