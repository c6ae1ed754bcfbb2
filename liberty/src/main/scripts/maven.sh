# shellcheck shell=bash
# Artifacts from Maven Central, by the repository's own Maven wrapper. Sourced.

readonly DEPENDENCY_PLUGIN=org.apache.maven.plugins:maven-dependency-plugin:3.9.0

# fetch_artifact GROUP:ARTIFACT:VERSION DIR: copies the jar into DIR under its name without version.
fetch_artifact() {
  # From outside the source tree: only coordinates matter, and no project needs to be read.
  (cd "$BERTH_HOME/cache" && "$BERTH_ROOT/mvnw" -q -B "$DEPENDENCY_PLUGIN:copy" -Dartifact="$1" \
    -DoutputDirectory="$2" -Dmdep.stripVersion=true)
}

# postgres_binaries VERSION DIR: unpacks the PostgreSQL server of that version into DIR.
postgres_binaries() {
  local arch=amd64 artifact
  if ! have unzip || ! have xz; then install_packages "unpacking PostgreSQL" unzip xz-utils; fi
  [[ $(uname -m) != aarch64 ]] || arch=arm64v8
  artifact=embedded-postgres-binaries-linux-$arch
  rm -rf "$2" "$2.jar"
  mkdir -p "$2.jar" "$2"
  fetch_artifact "io.zonky.test.postgres:$artifact:$1" "$2.jar" &&
    unzip -qo "$2.jar/$artifact.jar" '*.txz' -d "$2.jar" &&
    tar xJf "$2.jar"/*.txz -C "$2" && rm -rf "$2.jar"
}
