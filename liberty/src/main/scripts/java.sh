# shellcheck shell=bash
# The JDK, the build, and the Java command line. Sourced.

readonly DIST=$BERTH_ROOT/liberty/target/berth WLP=$BERTH_ROOT/liberty/target/liberty/wlp
readonly JAVA_RELEASE=25

# In the source tree, as the build is: a command that needs no home must make none.
readonly BUILD_LOG=$BERTH_ROOT/liberty/target/build.log

# ---- JDK --------------------------------------------------------------------------------------

# require_jdk: sets BERTH_JDK to a JDK of at least JAVA_RELEASE: JAVA_HOME if it is one, else the newest found.
require_jdk() {
  [[ -z ${BERTH_JDK:-} ]] || return 0
  BERTH_JDK=$(find_jdk) || die "no JDK $JAVA_RELEASE or newer was found" \
    "Looked at JAVA_HOME (${JAVA_HOME:-not set}), the java on the PATH, /usr/lib/jvm, ~/.sdkman, ~/.jdks and /opt." \
    "Install one (any distribution of it) there, or set JAVA_HOME to it."
  export BERTH_JDK
}

find_jdk() {
  local dir version newest='' newest_version=0
  if [[ -n ${JAVA_HOME:-} ]] && (($(jdk_release "$JAVA_HOME") >= JAVA_RELEASE)); then
    printf '%s\n' "$JAVA_HOME"
    return 0
  fi
  for dir in "$(dirname "$(dirname "$(readlink -f "$(command -v javac || true)")")")" /usr/lib/jvm/* \
    "${HOME:-/root}"/.sdkman/candidates/java/* "${HOME:-/root}"/.jdks/* /opt/*; do
    version=$(jdk_release "$dir")
    if ((version > newest_version)); then newest=$dir newest_version=$version; fi
  done
  ((newest_version >= JAVA_RELEASE)) || return 1
  printf '%s\n' "$newest"
}

# jdk_release DIR: the feature release of the JDK in DIR, 0 when there is none.
jdk_release() {
  local version=''
  if [[ -x $1/bin/javac && -r $1/release ]]; then
    version=$(sed -nE 's/^JAVA_VERSION="?(1\.)?([0-9]+).*/\2/p' "$1/release")
  fi
  printf '%s\n' "${version:-0}"
}

# ---- build ------------------------------------------------------------------------------------

# run_mvnw ARG...: the Maven wrapper, on the machine's own Java; the JDK to compile with is found by toolchain.
run_mvnw() {
  if have java || [[ -n ${JAVA_HOME:-} ]]; then
    "$BERTH_ROOT/mvnw" "$@"
  else
    require_jdk
    JAVA_HOME=$BERTH_JDK "$BERTH_ROOT/mvnw" "$@"
  fi
}

build_if_needed() {
  require_jdk
  # Without a lock at first: a finished checkout may belong to somebody else.
  if is_built; then return 0; fi
  mkdir -p "$BERTH_ROOT/liberty/target"
  with_lock "$BERTH_ROOT/liberty/target/.launcher.lock" build_when_stale
}

build_when_stale() {
  local log=$BUILD_LOG stamp=$BERTH_ROOT/liberty/target/.build-stamp sources
  if is_built; then return 0; fi
  sources=$(source_list_hash)
  say "build: compiling Berth (log: $log)"
  # The stamp is as old as the start: what is changed during the build is newer.
  touch "$stamp"
  (cd "$BERTH_ROOT" && run_mvnw -q -B -Dmaven.test.skip=true -Dspotless.check.skip=true package) >"$log" 2>&1 </dev/null ||
    die "the build failed; the last lines of $log:" "$(tail -n 25 "$log")"
  is_laid_out || die "the build made no $DIST/{lib/edge,lib/cli,control} or $WLP; see $log"
  printf '%s\n' "$sources" >"$DIST/.stamp"
  touch -r "$stamp" "$DIST/.stamp"
}

# stamp_main: what Maven's packaging ends with, so that what it built is not built again by 'up'.
stamp_main() { printf '%s\n' "$(source_list_hash)" >"$DIST/.stamp"; }

is_laid_out() { [[ -d $DIST/lib/edge && -d $DIST/lib/cli && -d $DIST/control && -x $WLP/bin/server ]]; }

# start_build: begins what is to be built, beside other work; await_build ends it. In a session of its
# own, so that all of it can be ended: Maven would not hear of a Ctrl-C, nor of its caller's end.
start_build() {
  BUILD_PID=''
  if is_built; then return 0; fi
  : >"$BERTH_HOME/logs/build.out"
  detach build "$BERTH_HOME/logs/build.out" "$BASH" "$BERTH_ROOT/berth" --home "$BERTH_HOME" __build
  BUILD_PID=$DETACHED_PID
  say "build: compiling Berth beside the next steps (log: $BUILD_LOG)"
}

# await_build: 1, and what it said, when the build failed.
await_build() {
  local result=0
  [[ -n $BUILD_PID ]] || return 0
  wait "$BUILD_PID" || result=$?
  BUILD_PID=''
  ((result == 0)) || cat "$BERTH_HOME/logs/build.out" >&2
  return "$result"
}

abandon_build() { [[ -z ${BUILD_PID:-} ]] || kill -s TERM -- "-$BUILD_PID" 2>/dev/null || true; }

# is_built: whether the last build was of these very files and none is newer than it.
is_built() {
  is_laid_out && [[ -e $DIST/.stamp && $(<"$DIST/.stamp") == "$(source_list_hash)" ]] || return 1
  [[ -z $(source_list | newer_than_stamp) ]]
}

# newer_than_stamp: prints one of the files on standard input that is newer than the last build, if any is.
newer_than_stamp() {
  # shellcheck disable=SC2016 # expanded by the inner shell
  (cd "$BERTH_ROOT" && xargs -0 -r sh -c 'stamp=$1; shift; exec find "$@" -maxdepth 0 -newer "$stamp" -print -quit' \
    sh "$DIST/.stamp" 2>/dev/null)
}

source_list_hash() { source_list | sha256sum | cut -c1-32; }

# source_list: what the build reads, NUL-separated, relative to the root.
source_list() {
  local -a modules=(pom.xml .mvn schemas telemetry reconciler proxy webapp liberty)
  cd "$BERTH_ROOT" || return 1
  git -c safe.directory='*' ls-files -z -co --exclude-standard -- "${modules[@]}" ':!*.md' ':!**/src/test/**' \
    ':!liberty/src/main/scripts' ':!liberty/src/main/images' 2>/dev/null ||
    find "${modules[@]}" -type f -not -path '*/target/*' -not -path '*/src/test/*' -print0 2>/dev/null || true
}

# ---- command line -----------------------------------------------------------------------------

# seal_main ARG...: whoever seals for a Berth elsewhere needs no home; new keys do.
seal_main() {
  case " $* " in
    *' --new-key '* | *' --rotate '*) prepare_home ;;
  esac
  run_cli seal "$@"
}

# run_cli VERB ARG...: becomes the Java command line. It needs no home: 'validate' works without any.
run_cli() {
  local host
  # What follows may be redirected into a file: 'seal --value' writes a document.
  build_if_needed >&2
  remembered_settings
  # The engine that control uses, whatever this shell's environment says.
  host=$(setting "$BERTH_HOME/run/launcher.env" DOCKER_HOST)
  if is_running control && [[ -n $host ]] || host=$(find_engine); then export DOCKER_HOST=$host; fi
  export_identity
  exec "$BERTH_JDK/bin/java" -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED \
    -cp "$DIST/lib/cli/*" dev.berth.reconciler.cli.Main "$@"
}
