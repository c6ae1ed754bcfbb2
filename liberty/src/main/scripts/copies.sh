# shellcheck shell=bash
# What edge and control run from: copies of what was built, each named by a hash of its files. PART is one of the two.
# Sourced.
#
# A build replaces files that a running process has yet to read, and several homes may run what one checkout has built.

# built_place PART: the directory of what is built.
built_place() {
  case $1 in
    edge) printf '%s\n' "$DIST/lib/edge" ;;
    control) printf '%s\n' "$DIST/control" ;;
  esac
}

# built_release PART: the name of what is built.
built_release() { hash_of_files "$(built_place "$1")"; }

# chosen_release PART: the name of the one that runs, or is to.
chosen_release() { setting "$BERTH_HOME/run/$1.env" RELEASE; }

# release_place PART NAME: the directory of its files; what is built where a full disk took no copy.
release_place() {
  if [[ -n $2 && ! -d $BERTH_HOME/cache/$1/$2 && $(built_release "$1") == "$2" ]]; then
    built_place "$1"
  else
    printf '%s\n' "$BERTH_HOME/cache/$1/${2:-none}"
  fi
}

# settle_release PART: sets RELEASE to the one to start: the chosen one, or what is built where none was chosen yet or
# its copy is lost; 1 where there is neither.
settle_release() {
  RELEASE=$(chosen_release "$1")
  if [[ -n $RELEASE && -d $(release_place "$1" "$RELEASE") ]]; then return 0; fi
  if [[ ! -d $(built_place "$1") ]]; then
    warn "$1: there is no copy of it in $BERTH_HOME/cache/$1, and none is built in $DIST"
    return 1
  fi
  RELEASE=$(built_release "$1")
  "choose_$1" "$RELEASE"
}

# copy_release PART NAME: of what is built, whole or not at all, as its name says that it is; 1 where the disk takes
# none, or it is being built anew.
copy_release() {
  local copy=$BERTH_HOME/cache/$1/$2
  [[ ! -d $copy ]] || return 0
  make_copy "$(built_place "$1")" "$copy" 2>/dev/null && return 0
  rm -rf "$copy.new" || true
  return 1
}

make_copy() {
  rm -rf "$2.new" && mkdir -p "${2%/*}" && cp -R "$1" "$2.new" &&
    [[ $(hash_of_files "$2.new") == "${2##*/}" ]] && mv -T "$2.new" "$2"
}

# hash_of_files DIR: 12 digits that differ when its files do; nothing where there is none.
hash_of_files() {
  (cd "$1" 2>/dev/null && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum | sha256sum | cut -c1-12)
}
