# shellcheck shell=bash
# The proxies that are compared, each with one worker on CPU 0, and the backend of all on CPU 1. Sourced.

readonly PROXIES='edge nginx haproxy caddy'
declare -A PID=() CLEAR=() TLS=()
PIDS=()

install_tools() {
  local missing=() tool
  for tool in nginx:nginx-light haproxy:haproxy caddy:caddy wrk:wrk ab:apache2-utils h2load:nghttp2-client curl:curl openssl:openssl; do
    PATH=$PATH:/usr/sbin command -v "${tool%%:*}" >/dev/null || missing+=("${tool#*:}")
  done
  ((${#missing[@]})) || return 0
  is_root || die "missing: ${missing[*]}; install these packages, or run this as root on Debian"
  note "installing ${missing[*]}"
  # Nothing of it is to run as a service: it would listen on ports of this machine.
  if [[ ! -e /usr/sbin/policy-rc.d ]]; then
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod +x /usr/sbin/policy-rc.d
    trap 'rm -f /usr/sbin/policy-rc.d; stop_all; rm -rf "$work"' EXIT
  fi
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends "${missing[@]}"; } >"$work/apt.log" 2>&1 ||
    die "the packages could not be installed:" "$(tail -n 5 "$work/apt.log")"
}

versions() {
  printf '%s, HAProxy %s, Caddy %s' "$(nginx -v 2>&1 | sed 's/.*: //')" "$(haproxy -v | sed -nE '1s/HAProxy version ([^ -]*).*/\1/p')" \
    "$(caddy version | sed 's/ .*//')"
}

# reserve_ports: ten in a row that are free, below those that the kernel gives to clients.
reserve_ports() {
  local base port
  for ((base = 21000 + RANDOM % 800 * 10; base < 32000; base += 10)); do
    for ((port = base; port < base + 10; port++)); do
      ! port_taken "$port" || continue 2
    done
    BACKEND=$base
    # Nobody answers as control: the edge serves its last good snapshot.
    CONTROL=$((base + 1))
    CLEAR=([edge]=$((base + 2)) [nginx]=$((base + 3)) [haproxy]=$((base + 4)) [caddy]=$((base + 5)))
    TLS=([edge]=$((base + 6)) [nginx]=$((base + 7)) [haproxy]=$((base + 8)) [caddy]=$((base + 9)))
    return 0
  done
  die "no ten ports in a row are free"
}

# make_files: what is asked for, and one P-256 certificate for all.
make_files() {
  head -c 1024 /dev/urandom >"$work/files/1k"
  head -c 1048576 /dev/urandom >"$work/files/1m"
  chmod -R a+rX "$work/files"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=bench.test \
    -addext subjectAltName=DNS:bench.test -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
  cat "$work/cert.pem" "$work/key.pem" >"$work/both.pem"
}

# launch NAME CPUS COMMAND...: runs it in the background; its pid is PID[NAME].
launch() {
  local name=$1 cpus=$2
  shift 2
  taskset -c "$cpus" "$@" >"$work/$name.log" 2>&1 </dev/null &
  PID[$name]=$!
  PIDS+=("$!")
}

stop_all() {
  local pid
  for pid in "${PIDS[@]}"; do kill -s TERM "$pid" 2>/dev/null || true; done
  for pid in "${PIDS[@]}"; do wait "$pid" 2>/dev/null || true; done
  PIDS=()
}

# stop NAME: and waits for its end.
stop() {
  kill -s TERM "${PID[$1]}"
  wait "${PID[$1]}" || true
}

serves() { curl -sfk -o "$work/answer" --max-time 1 "$1"; }

# await_serving NAME URL: until it answers.
await_serving() { await 60 serves "$2" || die "$1 does not answer:" "$(tail -n 20 "$work/$1.log")"; }

start_backend() {
  cat >"$work/backend.conf" <<CONF
daemon off; worker_processes 1; pid $work/backend.pid; error_log stderr warn;
events { worker_connections 8192; }
http {
  access_log off; sendfile on; tcp_nopush on; open_file_cache max=10;
  keepalive_timeout 75; keepalive_requests 1000000000; client_max_body_size 0;
  client_body_temp_path $work/backend; proxy_temp_path $work/backend; fastcgi_temp_path $work/backend;
  uwsgi_temp_path $work/backend; scgi_temp_path $work/backend;
  server { listen 127.0.0.1:$BACKEND backlog=4096; root $work/files; location /upload { proxy_pass http://127.0.0.1:$BACKEND/taken; } location /taken { return 204; } }
}
CONF
  launch backend 1 nginx -p "$work" -c "$work/backend.conf"
  await_serving backend "http://127.0.0.1:$BACKEND/1k"
}

# edge_home DIR: with the last good snapshot that control would have left.
edge_home() {
  local host routes=()
  mkdir -p "$1/edge" "$1/cache"
  for host in bench.test 127.0.0.1; do
    routes+=('{"host":"'$host'","path":"/","owner":"app/bench","app":"bench","target":{"type":"proxy","backends":[{"container":"bench","address":"127.0.0.1","port":'$BACKEND',"protocol":"http1"}]},"policy":{"responseHeaders":[],"compress":true,"sticky":false,"errorPages":[],"redirectHttps":false,"canaries":[]}}')
  done
  printf '{"version":1,"routes":{"routes":[%s,%s]},"probes":[],"certificates":[{"names":["bench.test"],"chain":"%s","key":"%s"}]}\n' \
    "${routes[@]}" "$(one_line "$work/cert.pem")" "$(one_line "$work/key.pem")" >"$1/edge/snapshot.json"
}

one_line() { awk '{ printf "%s\\n", $0 }' "$1"; }

# run_edge CPUS HOME [NAME=VALUE...]: with the flags that the launcher gives it (processes.sh).
run_edge() {
  local cpus=$1 home=$2
  shift 2
  launch edge "$cpus" env MALLOC_ARENA_MAX=2 BERTH_HOME="$home" BERTH_CONTROL_URL="http://127.0.0.1:$CONTROL" \
    BERTH_HTTP_PORT="${CLEAR[edge]}" BERTH_HTTPS_PORT="${TLS[edge]}" "$@" "$BERTH_JDK/bin/java" \
    -Xmx64m -XX:+UseSerialGC -XX:+UseCompactObjectHeaders -XX:MaxDirectMemorySize=64m \
    -XX:+AutoCreateSharedArchive -XX:SharedArchiveFile="$home/cache/edge.jsa" \
    --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow ${BENCH_EDGE_FLAGS:-} \
    -cp "$(edge_classpath)" dev.berth.proxy.Main
}

edge_classpath() { printf "%s" "${BENCH_CP:-$(ls proxy/target/berth-proxy-*.jar):proxy/target/lib/*}"; }

start_edge_under_load() {
  edge_home "$work/edge"
  run_edge 0 "$work/edge"
}

start_nginx() {
  cat >"$work/nginx.conf" <<CONF
daemon off; worker_processes 1; pid $work/nginx.pid; error_log stderr warn;
events { worker_connections 8192; }
http {
  access_log off; keepalive_requests 1000000000;
  client_body_temp_path $work/nginx; proxy_temp_path $work/nginx; fastcgi_temp_path $work/nginx;
  uwsgi_temp_path $work/nginx; scgi_temp_path $work/nginx;
  upstream backend { server 127.0.0.1:$BACKEND; keepalive 256; keepalive_requests 1000000000; }
  ssl_certificate $work/cert.pem; ssl_certificate_key $work/key.pem; ssl_protocols TLSv1.2 TLSv1.3;
  server {
    listen 127.0.0.1:${CLEAR[nginx]} backlog=4096;
    listen 127.0.0.1:${TLS[nginx]} ssl http2 backlog=4096;
    location / {
      proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host \$http_host;
      proxy_set_header X-Forwarded-For \$remote_addr; proxy_set_header X-Forwarded-Proto \$scheme;
      proxy_set_header X-Forwarded-Host \$http_host; proxy_set_header X-Forwarded-Port \$server_port;
      proxy_set_header X-Real-IP \$remote_addr; proxy_set_header X-Request-Id \$request_id;
      add_header X-Request-Id \$request_id;
    }
  }
}
CONF
  launch nginx 0 nginx -p "$work" -c "$work/nginx.conf"
}

start_haproxy() {
  cat >"$work/haproxy.cfg" <<CONF
global
  nbthread 1
  maxconn 8192
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  http-reuse always
frontend all
  bind 127.0.0.1:${CLEAR[haproxy]} backlog 4096
  bind 127.0.0.1:${TLS[haproxy]} ssl crt $work/both.pem alpn h2,http/1.1 ssl-min-ver TLSv1.2 backlog 4096
  unique-id-format %{+X}o%ci:%cp_%fi:%fp_%Ts_%rt:%pid
  unique-id-header X-Request-Id
  http-request set-header X-Forwarded-For %[src]
  http-request set-header X-Forwarded-Proto %[ssl_fc,iif(https,http)]
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request set-header X-Forwarded-Port %[dst_port]
  http-request set-header X-Real-IP %[src]
  http-response set-header X-Request-Id %[unique-id]
  default_backend files
backend files
  server one 127.0.0.1:$BACKEND
CONF
  launch haproxy 0 haproxy -db -f "$work/haproxy.cfg"
}

start_caddy() {
  local address tls
  {
    printf '{\n admin off\n auto_https off\n log {\n  level ERROR\n }\n servers {\n  protocols h1 h2\n }\n}\n'
    for address in "http://:${CLEAR[caddy]}" "https://:${TLS[caddy]}"; do
      tls=''
      [[ $address == http:* ]] || tls="tls $work/cert.pem $work/key.pem"
      printf '%s {\n bind 127.0.0.1\n %s\n header X-Request-Id {http.request.uuid}\n reverse_proxy 127.0.0.1:%s {\n  header_up X-Request-Id {http.request.uuid}\n  header_up X-Real-IP {remote_host}\n  transport http {\n   keepalive_idle_conns 1024\n   keepalive_idle_conns_per_host 1024\n   compression off\n  }\n }\n}\n' \
        "$address" "$tls" "$BACKEND"
    done
  } >"$work/Caddyfile"
  launch caddy 0 env GOMAXPROCS=1 XDG_DATA_HOME="$work/caddy" XDG_CONFIG_HOME="$work/caddy" HOME="$work/caddy" \
    caddy run --adapter caddyfile --config "$work/Caddyfile"
}

# start_proxies: all at once, so that all meet the same minutes of this machine.
start_proxies() {
  local name
  start_edge_under_load
  start_nginx
  start_haproxy
  start_caddy
  for name in $PROXIES; do
    await_serving "$name" "http://127.0.0.1:${CLEAR[$name]}/1k"
    await_serving "$name" "https://127.0.0.1:${TLS[$name]}/1k"
    cmp -s "$work/answer" "$work/files/1k" || die "$name answers something else"
  done
}

# cpu_ticks NAME: user and system time of a proxy and its workers, in hundredths of a second.
cpu_ticks() {
  local pid
  for pid in "${PID[$1]}" $(children "${PID[$1]}"); do
    sed 's/.*) //' "/proc/$pid/stat"
  done | awk '{ sum += $12 + $13 } END { print sum }'
}

# rss_mb NAME: of a proxy and its workers.
rss_mb() {
  local pid
  for pid in "${PID[$1]}" $(children "${PID[$1]}"); do
    sed -n 's/^VmRSS:\s*\([0-9]*\).*/\1/p' "/proc/$pid/status"
  done | awk '{ sum += $1 } END { printf "%.0f\n", sum / 1024 }'
}

children() { cat "/proc/$1/task/$1/children"; }
