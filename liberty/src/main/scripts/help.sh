# shellcheck shell=bash
# 'berth help'. Sourced.

help_main() {
  cat <<'HELP'
Berth makes this machine match a Git repository: apps, domains and their containers.

  ./berth up                      build if needed, start everything, stay; Ctrl-C stops. Where Berth runs already:
                                  a new build, and new options, take the place of the old, without a lost request
      --detach                    start everything and return
      --no-build                  start what ran last, as when the machine starts; builds and fetches nothing
      --config URL|DIR            the config repo (default: one made from example-config-repo/)
      --http PORT                 where apps are served (8080); not to be changed while Berth runs
      --https PORT                the same with TLS (8443)
      --http3[=on|off]            HTTP/3, too, on the UDP port of --https (off)
      --control PORT              status page and API, on 127.0.0.1 only (9080)
  ./berth down                    stop Berth; the apps' containers go on
  ./berth status [--json]         what there is, and what is wrong
  ./berth logs [control|edge|APP] the last lines; -f goes on with new ones
  ./berth logs APP RUN | job/NAME the last lines of a run of its cron (by name: the last one), or of a job

  ./berth validate DIR            check a config repo, offline; exit code 1 when it has problems
  ./berth plan DIR|REF [--json]   what would change, and why; changes nothing. REF: a branch, tag or commit of the config
                                  repo, or pull/12: planned as merged into the branch that Berth follows (docs/plan.md)
  ./berth seal FILE...            encrypt the secrets of a config repo, in place (docs/secrets.md)
      --recipient age1...         who may open them (default: as before, else this Berth); --all: every value
      --value NAME.KEY            a Secret with the value on standard input, to standard output
      --new-key                   a key of this Berth to seal for; --recipients prints those there are
      --rotate                    a new key for what Berth keeps at rest

  ./berth engine up [--private]   a Docker engine: the one that answers, else a private one is installed
  ./berth engine down             stop the private engine and its containers
  ./berth engine env              print 'export DOCKER_HOST=...' for the shell
  ./berth images [--only NAME..]  stand-in base images, when no registry can be reached
      --recheck                   ask again whether a registry answers (asked once a day)
      --check                     run each image once

Every command takes --home DIR. Later calls of 'up' for a home take the options of the one before.

Environment
  BERTH_HOME            all state: config repo, database, logs (default: /var/lib/berth as root, else ~/.berth)
  BERTH_DATABASE_URL    a PostgreSQL of your own, as jdbc:postgresql://...; also BERTH_DATABASE_USER and
                        BERTH_DATABASE_PASSWORD_FILE (default: one is started)
  DOCKER_HOST           the engine to use (default: /var/run/docker.sock)
  BERTH_EDGE_IO         how the edge waits for sockets: epoll, io_uring, or auto, which is epoll (default: auto)
  JAVA_HOME             a JDK of at least release 25 (default: the newest one found)
HELP
}
