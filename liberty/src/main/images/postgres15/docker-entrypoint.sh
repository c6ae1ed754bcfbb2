#!/bin/bash
# The official image's contract: POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB (each also as _FILE),
# POSTGRES_INITDB_ARGS, POSTGRES_HOST_AUTH_METHOD, PGDATA and /docker-entrypoint-initdb.d.
set -eo pipefail

# from_file NAME DEFAULT: fills $NAME from the file named by $NAME_FILE, else with DEFAULT if unset.
from_file() {
  local file=${1}_FILE
  if [ -n "${!file:-}" ] && [ -n "${!1:-}" ]; then
    echo "error: both $1 and $file are set (but are exclusive)" >&2
    exit 1
  elif [ -n "${!file:-}" ]; then
    export "$1"="$(<"${!file}")"
  elif [ -z "${!1:-}" ]; then
    export "$1"="$2"
  fi
  unset "$file"
}

read_settings() {
  from_file POSTGRES_PASSWORD ''
  from_file POSTGRES_USER postgres
  from_file POSTGRES_DB "$POSTGRES_USER"
  from_file POSTGRES_INITDB_ARGS ''
  : "${POSTGRES_HOST_AUTH_METHOD:=scram-sha-256}"
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
    echo 'Error: Database is uninitialized and superuser password is not specified.' >&2
    echo '       Set POSTGRES_PASSWORD to a value that is not empty.' >&2
    exit 1
  fi
}

# as_postgres ARG...: goes on as the postgres user with the data directory made its own.
as_postgres() {
  mkdir -p "$PGDATA" /var/run/postgresql
  chmod 0700 "$PGDATA" || :
  find "$PGDATA" \! -user postgres -exec chown postgres '{}' +
  find /var/run/postgresql \! -user postgres -exec chown postgres '{}' +
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
}

create_cluster() {
  # The arguments are a shell-quoted list by contract.
  if [ -n "$POSTGRES_PASSWORD" ]; then
    eval 'initdb --username="$POSTGRES_USER" --pwfile=<(printf "%s\n" "$POSTGRES_PASSWORD") '"$POSTGRES_INITDB_ARGS"
  else
    eval 'initdb --username="$POSTGRES_USER" '"$POSTGRES_INITDB_ARGS"
  fi
  printf "listen_addresses = '*'\nunix_socket_directories = '/var/run/postgresql'\n" >>"$PGDATA/postgresql.conf"
  printf '\nhost all all all %s\n' "$POSTGRES_HOST_AUTH_METHOD" >>"$PGDATA/pg_hba.conf"
}

query() {
  PGPASSWORD=$POSTGRES_PASSWORD psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$POSTGRES_USER" -h /var/run/postgresql "$@"
}

run_init_files() {
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh)
        # shellcheck source=/dev/null
        if [ -x "$file" ]; then "$file"; else . "$file"; fi
        ;;
      *.sql) query -d "$POSTGRES_DB" -f "$file" ;;
      *.sql.gz) gunzip -c "$file" | query -d "$POSTGRES_DB" ;;
    esac
  done
}

# Nobody can connect from outside before the first start has done all its work.
fill_cluster() {
  PGUSER=$POSTGRES_USER PGPASSWORD=$POSTGRES_PASSWORD pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start
  [ "$POSTGRES_DB" = postgres ] || query -d postgres --set db="$POSTGRES_DB" <<<'CREATE DATABASE :"db";'
  run_init_files
  pg_ctl -D "$PGDATA" -m fast -w stop
  printf '\nPostgreSQL init process complete; ready for start up.\n\n'
}

if [ "${1:0:1}" = - ]; then set -- postgres "$@"; fi
if [ "$1" = postgres ]; then
  [ "$(id -u)" != 0 ] || as_postgres "$@"
  if [ ! -s "$PGDATA/PG_VERSION" ]; then
    read_settings
    create_cluster
    fill_cluster
    unset POSTGRES_PASSWORD
  fi
fi
exec "$@"
