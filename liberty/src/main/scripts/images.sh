# shellcheck shell=bash
# Base images on a machine whose engine can reach no registry: stand-ins under the official tags, made
# from Debian's packages, npm, Maven Central and this machine's JDK. Sourced.
#
# Each image carries dev.berth.stand-in=true and dev.berth.recipe=<hash of all it is made from>; an image
# with the right recipe is not built again, and one without the label (a real one) is never replaced.

readonly IMAGES_DIR=$BERTH_ROOT/liberty/src/main/images
readonly NODE_PACKAGE_VERSION=22 NPM_PACKAGE_VERSION=10 IMAGE_PG17_VERSION=17.11.0
readonly IMAGE_NAMES='debian busybox node postgres:15 postgres:17 redis python golang eclipse-temurin maven'
# In the order of their bases.
readonly RECIPES=(debian busybox node postgres15 postgres17 redis python golang temurin maven) IMAGE_JAVA_RELEASE=25

images_main() {
  local recheck='' check='' only=()
  while (($#)); do
    case $1 in
      --only)
        shift
        while (($#)) && [[ $1 != --* ]]; do
          recipe_of "$1" >/dev/null || usage_error "there is no stand-in for the image $1 (there are: ${IMAGE_NAMES// /, })"
          only+=("$(recipe_of "$1")")
          shift
        done
        ((${#only[@]})) || usage_error "--only needs at least one image (${IMAGE_NAMES// /, })"
        continue
        ;;
      --recheck) recheck=yes ;;
      --check) check=yes ;;
      *) usage_error "unknown option for images: $1" ;;
    esac
    shift
  done
  writable_home
  images_engine
  if [[ -n $check ]]; then
    images_check
  else
    with_lock "$BERTH_HOME/run/images.lock" images_fill "$recheck" "${only[@]}"
  fi
}

# images_engine: points DOCKER_HOST at the engine to fill, and makes sure that there is a client.
images_engine() {
  local host
  host=$(find_engine) || die "no engine is running for $BERTH_HOME" "Start one with: ./berth engine up"
  export DOCKER_HOST=$host DOCKER_BUILDKIT=0
  have docker || install_packages "building images" docker.io
}

# recipe_of NAME[:TAG]: the recipe (a folder of liberty/src/main/images) for an image; 1 when there is none.
recipe_of() {
  case $1 in
    debian | debian:bookworm-slim | debian:12-slim) say debian ;;
    busybox | busybox:1 | busybox:latest) say busybox ;;
    node | node:22 | node:22-slim | node:22-bookworm-slim) say node ;;
    postgres:15) say postgres15 ;;
    postgres | postgres:17) say postgres17 ;;
    redis | redis:7) say redis ;;
    python | python:3.11 | python:3.11-slim | python:3.11-slim-bookworm) say python ;;
    golang | golang:1.23 | golang:1.23-bookworm) say golang ;;
    eclipse-temurin | eclipse-temurin:25 | eclipse-temurin:25-jdk | eclipse-temurin:25-jre) say temurin ;;
    maven | maven:3-eclipse-temurin-25) say maven ;;
    *) return 1 ;;
  esac
}

recipe_tags() {
  case $1 in
    debian) say debian:bookworm-slim debian:12-slim ;;
    busybox) say busybox:1 busybox:latest ;;
    node) say node:22 node:22-slim node:22-bookworm-slim ;;
    postgres15) say postgres:15 ;;
    postgres17) say postgres:17 ;;
    redis) say redis:7 ;;
    python) say python:3.11 python:3.11-slim python:3.11-slim-bookworm ;;
    golang) say golang:1.23 golang:1.23-bookworm ;;
    temurin) say eclipse-temurin:25 eclipse-temurin:25-jdk eclipse-temurin:25-jre ;;
    maven) say maven:3-eclipse-temurin-25 ;;
  esac
}

recipe_base() {
  case $1 in
    node | redis | postgres15 | python | golang | temurin) say debian ;;
    postgres17) say postgres15 ;;
    maven) say temurin ;;
  esac
}

# images_fill RECHECK [RECIPE...]: builds what is missing of the recipes (all of them by default).
images_fill() {
  local recheck=$1 name
  local -a wanted=() missing=()
  shift
  if registry_answers "$recheck"; then
    say "images: a registry answers, nothing to build"
    return 0
  fi
  wanted=("$@")
  (($#)) || wanted=("${RECIPES[@]}")
  read_image_labels
  for name in "${RECIPES[@]}"; do
    if is_wanted "$name" "${wanted[@]}" && ! image_present "$name"; then missing+=("$name"); fi
  done
  if ((${#missing[@]} == 0)); then
    say "images: all there"
    return 0
  fi
  say "images: no registry answers; building stand-ins: ${missing[*]}"
  build_images "${missing[@]}"
}

# is_wanted NAME WANTED...: whether NAME is one of WANTED or a base of one.
is_wanted() {
  local name=$1 one
  shift
  for one in "$@"; do
    while [[ -n $one ]]; do
      [[ $one != "$name" ]] || return 0
      one=$(recipe_base "$one")
    done
  done
  return 1
}

# ---- registry ---------------------------------------------------------------------------------

# registry_answers RECHECK: whether the engine can pull busybox:1. The verdict is kept for a day.
registry_answers() {
  local file=$BERTH_HOME/run/registry.env now verdict=no
  now=$(date +%s)
  if [[ -z $1 && $(setting "$file" DOCKER_HOST) == "$DOCKER_HOST" ]] &&
    ((now - $(setting "$file" CHECKED_AT) < 86400)); then
    [[ $(setting "$file" REGISTRY) == yes ]]
    return
  fi
  ! timeout 15 docker pull -q busybox:1 >/dev/null 2>&1 || verdict=yes
  write_settings "$file" "DOCKER_HOST=$DOCKER_HOST" "REGISTRY=$verdict" "CHECKED_AT=$now"
  [[ $verdict == yes ]]
}

# ---- what is there ----------------------------------------------------------------------------

# read_image_labels: IMAGE_LABELS[tag] = recipe hash, or "real" for an image that is no stand-in.
read_image_labels() {
  local tags line labels tag
  declare -gA IMAGE_LABELS=()
  tags=$(for name in "${RECIPES[@]}"; do recipe_tags "$name"; done)
  # shellcheck disable=SC2086 # a list of tags
  while read -r line; do
    labels=${line%% *}
    for tag in ${line#* }; do IMAGE_LABELS[$tag]=$labels; done
  done < <(docker image inspect --format \
    '{{with index .Config.Labels "dev.berth.recipe"}}{{.}}{{else}}real{{end}}{{range .RepoTags}} {{.}}{{end}}' $tags 2>/dev/null)
}

image_present() {
  local tag hash=''
  for tag in $(recipe_tags "$1"); do
    case ${IMAGE_LABELS[$tag]:-} in
      '') return 1 ;;
      real) ;;
      *)
        [[ -n $hash ]] || hash=$(recipe_hash "$1")
        [[ ${IMAGE_LABELS[$tag]} == "$hash" ]] || return 1
        ;;
    esac
  done
}

# recipe_hash RECIPE: of its folder, the versions it takes in, its base, and this machine's authorities.
recipe_hash() {
  local base
  base=$(recipe_base "$1")
  {
    say "$1 $NODE_PACKAGE_VERSION $NPM_PACKAGE_VERSION $IMAGE_PG17_VERSION"
    [[ -z $base ]] || recipe_hash "$base"
    (cd "$IMAGES_DIR/$1" && find . -type f -print0 | sort -z | xargs -0 sha256sum)
    cat /usr/local/share/ca-certificates/*.crt 2>/dev/null || true
  } | sha256sum | cut -c1-16
}

# ---- build ------------------------------------------------------------------------------------

# build_images RECIPE...: in the order of their bases; downloads and independent ones side by side.
build_images() {
  local work=$BERTH_HOME/cache/images started=$SECONDS
  mkdir -p "$work"
  build_tools "$@"
  build_side_by_side "$work" "$@" || die "building the stand-in images failed" \
    "The log of each is beside it in $work; './berth images' goes on where it stopped."
  say "images: built in $((SECONDS - started)) s"
}

build_tools() {
  local -a packages=()
  if is_wanted debian "$@" && ! have mmdebstrap; then packages+=(mmdebstrap debian-archive-keyring); fi
  ((${#packages[@]} == 0)) || install_packages "building images" "${packages[@]}"
  ! is_wanted node "$@" || have npm ||
    die "the stand-in for node:22 is made with npm, which is not on the PATH" "Install Node.js with npm (Debian: apt-get install npm)."
  ! is_wanted temurin "$@" || image_jdk >/dev/null ||
    die "the stand-in for eclipse-temurin:$IMAGE_JAVA_RELEASE is made of a JDK $IMAGE_JAVA_RELEASE, and this machine has none" \
      "Install one in /usr/lib/jvm, or name the images that are wanted: ./berth images --only NAME.."
}

# build_side_by_side WORK RECIPE...: some chains; 1 when one of them failed.
build_side_by_side() {
  local work=$1 failed=0 name
  local -a jobs=()
  shift
  if needs busybox "$@"; then build_one "$work" busybox & jobs+=($!); fi
  for name in node postgres17 temurin maven; do
    if needs "$name" "$@"; then fetch_one "$work" "$name" & jobs+=($!); fi
  done
  if needs debian "$@"; then build_one "$work" debian || failed=1; fi
  wait_all "${jobs[@]}" || failed=1
  ((failed == 0)) || return 1
  jobs=()
  (
    ! needs postgres15 "$@" || build_one "$work" postgres15 || exit 1
    ! needs postgres17 "$@" || build_one "$work" postgres17
  ) & jobs+=($!)
  (
    ! needs node "$@" || build_one "$work" node || exit 1
    ! needs redis "$@" || build_one "$work" redis
  ) & jobs+=($!)
  (
    ! needs python "$@" || build_one "$work" python || exit 1
    ! needs golang "$@" || build_one "$work" golang
  ) & jobs+=($!)
  (
    ! needs temurin "$@" || build_one "$work" temurin || exit 1
    ! needs maven "$@" || build_one "$work" maven
  ) & jobs+=($!)
  wait_all "${jobs[@]}"
}

needs() {
  local name=$1
  shift
  [[ " $* " == *" $name "* ]]
}

wait_all() {
  local job failed=0
  for job in "$@"; do wait "$job" || failed=1; done
  return "$failed"
}

# fetch_one WORK RECIPE: downloads beside the base image's build.
fetch_one() {
  local log=$1/$2.log
  mkdir -p "$1/$2"
  "fetch_$2" "$1/$2" >"$log" 2>&1 || { report_failure "$2" "fetching" "$log"; return 1; }
}

build_one() {
  local work=$1 name=$2 log=$1/$2.log started=$SECONDS
  mkdir -p "$work/$name"
  "make_$name" "$work/$name" >>"$log" 2>&1 || { report_failure "$name" "building" "$log"; return 1; }
  say "images:   $(recipe_tags "$name" | head -n 1 | cut -d' ' -f1) ($((SECONDS - started)) s)"
}

report_failure() {
  warn "$2 the stand-in $1 failed; the last lines of $3:"
  tail -n 8 "$3" >&2
}

# build_recipe DIR RECIPE: copies the recipe's folder into the context DIR and builds it.
build_recipe() {
  local tag
  local -a arguments=()
  cp -R "$IMAGES_DIR/$2/." "$1/" || return 1
  for tag in $(recipe_tags "$2"); do
    # A real image under one of the names stays what it is.
    [[ ${IMAGE_LABELS[$tag]:-} == real ]] || arguments+=(-t "$tag")
  done
  for tag in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    [[ -z ${!tag:-} ]] || arguments+=(--build-arg "$tag")
  done
  docker build --label dev.berth.stand-in=true --label "dev.berth.recipe=$(recipe_hash "$2")" "${arguments[@]}" "$1"
}

# ---- the recipes ------------------------------------------------------------------------------

make_debian() {
  "$IMAGES_DIR/debian/make-rootfs.sh" "$1/base.tar" || return 1
  docker import -c 'CMD ["bash"]' -c 'LABEL dev.berth.stand-in=true' -c "LABEL dev.berth.recipe=$(recipe_hash debian)" \
    "$1/base.tar" debian:bookworm-slim || return 1
  [[ ${IMAGE_LABELS[debian:12-slim]:-} == real ]] || docker tag debian:bookworm-slim debian:12-slim || return 1
  rm -f "$1/base.tar"
}

# The static busybox is taken out of its package: installing it would remove the machine's own.
make_busybox() {
  local package
  build_static_busybox "$1" || return 1
  package=$1/etc/ssl/certs
  mkdir -p "$package"
  cp /etc/ssl/certs/ca-certificates.crt "$package/" 2>/dev/null || true
  build_recipe "$1" busybox
}

build_static_busybox() {
  [[ ! -x $1/busybox ]] || return 0
  (
    cd "$1" && rm -rf unpacked ./*.deb &&
      { apt-get download -q busybox-static || { apt-get update -q && apt-get download -q busybox-static; }; } &&
      dpkg-deb -x busybox-static_*.deb unpacked && cp unpacked/bin/busybox busybox.new && mv busybox.new busybox &&
      rm -rf unpacked ./*.deb
  )
}

# Modes are set before the tar is made: a chmod in the image would store the 120 MB binary twice.
fetch_node() {
  [[ ! -s $1/node.tar ]] || return 0
  local arch=x64 npm=root/lib/node_modules/npm
  [[ $(uname -m) != aarch64 ]] || arch=arm64
  (
    cd "$1" && rm -rf root ./*.tgz && mkdir -p root/bin "$npm" &&
      npm pack --silent "node-linux-$arch@$NODE_PACKAGE_VERSION" "npm@$NPM_PACKAGE_VERSION" &&
      tar xzf node-linux-"$arch"-*.tgz -C root --strip-components=1 package/bin/node &&
      tar xzf npm-*.tgz -C "$npm" --strip-components=1 &&
      rm -rf ./*.tgz "$npm/docs" "$npm/man" &&
      chmod 0755 root/bin/node "$npm"/bin/*.js &&
      ln -s node root/bin/nodejs &&
      ln -s ../lib/node_modules/npm/bin/npm-cli.js root/bin/npm &&
      ln -s ../lib/node_modules/npm/bin/npx-cli.js root/bin/npx &&
      tar cf node.tar.new --owner=0 --group=0 -C root . &&
      rm -rf root && mv node.tar.new node.tar
  )
}

fetch_postgres17() {
  [[ ! -s $1/server.tar ]] || return 0
  postgres_binaries "$IMAGE_PG17_VERSION" "$1/root" && tar cf "$1/server.tar.new" --owner=0 --group=0 -C "$1/root" . &&
    mv "$1/server.tar.new" "$1/server.tar" && rm -rf "$1/root"
}

# image_jdk: prints where this machine has a JDK of the release that the image's tag names.
image_jdk() {
  local dir
  for dir in "${JAVA_HOME:-}" "$(find_jdk || true)" /usr/lib/jvm/*; do
    if (($(jdk_release "$dir") == IMAGE_JAVA_RELEASE)); then
      say "$dir"
      return 0
    fi
  done
  return 1
}

# Packages of a JDK may have its list of authorities elsewhere, behind a link.
fetch_temurin() {
  [[ ! -s $1/jdk.tar ]] || return 0
  tar chf "$1/jdk.tar.new" --owner=0 --group=0 --exclude=./lib/src.zip --exclude=./man -C "$(image_jdk)" . &&
    mv "$1/jdk.tar.new" "$1/jdk.tar"
}

fetch_maven() {
  [[ ! -s $1/maven.tar ]] || return 0
  local home
  home=$(cd "$BERTH_HOME/cache" && run_mvnw --version | sed -n 's/^Maven home: //p') && [[ -d $home ]] &&
    tar cf "$1/maven.tar.new" --owner=0 --group=0 -C "$home" . && mv "$1/maven.tar.new" "$1/maven.tar"
}

make_node() { build_recipe "$1" node; }
make_postgres15() { build_recipe "$1" postgres15; }
make_postgres17() { build_recipe "$1" postgres17; }
make_redis() { build_recipe "$1" redis; }
make_python() { build_recipe "$1" python; }
make_golang() { build_recipe "$1" golang; }
make_temurin() { build_recipe "$1" temurin; }
make_maven() { build_recipe "$1" maven; }

# ---- self test --------------------------------------------------------------------------------

# images_check: runs each image the way apps are run, with hardly any capability.
images_check() {
  local failed=0
  check_image 'busybox:1 sh' busybox:1 /usr/bin/env sh -c 'wget --help >/dev/null 2>&1 && echo ok' || failed=1
  check_image 'debian:bookworm-slim' debian:bookworm-slim bash -c 'test -s /etc/ssl/certs/ca-certificates.crt && echo ok' || failed=1
  check_image 'node:22 --version' node:22 node -e 'if (!process.version.startsWith("v22.")) process.exit(1); console.log("ok")' || failed=1
  check_postgres 15 || failed=1
  check_postgres 17 || failed=1
  check_redis || failed=1
  check_image 'python:3.11 venv' python:3.11 sh -c 'python -m venv /tmp/v && /tmp/v/bin/pip --version >/dev/null && echo ok' || failed=1
  check_image 'golang:1.23 version' golang:1.23 sh -c 'go version | grep -q go1.23 && echo ok' || failed=1
  check_image 'eclipse-temurin:25 javac' eclipse-temurin:25-jdk sh -c 'javac --version | grep -q "^javac 25" && echo ok' || failed=1
  check_image 'maven:3 --version' maven:3-eclipse-temurin-25 sh -c 'mvn --version >/dev/null && echo ok' || failed=1
  ((failed == 0)) || die "some images do not work"
}

check_image() {
  local label=$1
  shift
  if [[ $(timeout 60 docker run --rm --cap-drop ALL --security-opt no-new-privileges --init "$@" 2>&1 | tail -n 1) == ok ]]; then
    say "images: ok      $label"
  else
    say "images: FAILED  $label"
    return 1
  fi
}

check_postgres() {
  check_server "postgres:$1 select 1" "psql -h 127.0.0.1 -U postgres -Atc 'select 1' | grep -qx 1" \
    --cap-add CHOWN --cap-add DAC_OVERRIDE --cap-add FOWNER --cap-add SETGID --cap-add SETUID \
    -e POSTGRES_PASSWORD='p@ss "word' -e PGPASSWORD='p@ss "word' "postgres:$1"
}

check_redis() {
  check_server 'redis:7 ping' 'redis-cli ping | grep -qx PONG' --cap-add CHOWN --cap-add SETGID --cap-add SETUID redis:7
}

# check_server LABEL COMMAND RUN-ARGUMENT...: starts a server and runs COMMAND in it until it succeeds.
check_server() {
  local label=$1 command=$2 id result=0
  shift 2
  id=$(docker run -d --cap-drop ALL --security-opt no-new-privileges --init "$@") || return 1
  await 30 docker exec "$id" sh -c "$command" >/dev/null 2>&1 || result=1
  docker rm -fv "$id" >/dev/null
  if ((result == 0)); then say "images: ok      $label"; else say "images: FAILED  $label"; fi
  return "$result"
}
