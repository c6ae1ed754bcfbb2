# shellcheck shell=bash
# What is measured: one function for each part, which prints Markdown. Sourced.

declare -A TITLE=(
  [h1]='HTTP/1, 1 KiB, keep-alive, 64 connections'
  [tls]='the same over TLS 1.3'
  [handshake]='a full TLS 1.3 handshake (P-256) for each request'
  [h2]='HTTP/2 over TLS, 8 connections of 32 streams'
  [mib]='HTTP/1, 1 MiB, 16 connections'
  [connect]='HTTP/1, 1 KiB, a new connection for each request'
)
# Of the edge's CPU time a request to nginx' and to Caddy's; none: 0.
declare -A NGINX_BAR=([h1]=0.9 [tls]=0.8 [handshake]=0.75 [h2]=0.85 [mib]=0.6 [connect]=1.2)
declare -A CADDY_BAR=([h1]=0.4 [tls]=0.4 [handshake]=0 [h2]=0.4 [mib]=0.4 [connect]=0.4)

# ask CASE PROXY SECONDS: sends requests; prints how many were answered and how many were not, or not with 200.
ask() {
  local clear=http://127.0.0.1:${CLEAR[$2]} tls=https://127.0.0.1:${TLS[$2]} out=$work/ask.out
  case $1 in
    h1) client wrk -t1 -c64 -d"$3s" "$clear/1k" ;;
    tls) client wrk -t1 -c64 -d"$3s" "$tls/1k" ;;
    handshake) client ab -q -c16 -t"$3" -n 10000000 "$tls/1k" ;; # wrk would resume its sessions
    h2) client h2load -t1 -c8 -m32 -D "$3" "$tls/1k" ;;
    mib) client wrk -t1 -c16 -d"$3s" "$clear/1m" ;;
    connect) client wrk -t1 -c64 -d"$3s" -H 'Connection: close' "$clear/1k" ;;
    *) die "no such case: $1" ;;
  esac >"$out"
  awk '
    / requests in / { done = $1 }
    /^requests: / { done = $8; bad = $10 + $12 + $14 }
    /^status codes: / { bad += $5 + $7 + $9 }
    /^Complete requests:/ { done = $3 }
    /^Failed requests:/ { bad += $3 }
    /Non-2xx/ { bad += $NF }
    /Socket errors:/ { bad += $4 + $6 + $8 + $10 }
    END { print done + 0, bad + 0 }' "$out"
}

client() { taskset -c 1 "$@" 2>&1; }

# ---- cpu --------------------------------------------------------------------------------------

part_cpu() {
  local round name case
  start_proxies
  for case in "${cases[@]}"; do
    for name in $PROXIES; do warm "$case" "$name"; done
  done
  for ((round = 1; round <= rounds; round++)); do
    note "round $round of $rounds (load $(loads))"
    for case in "${cases[@]}"; do
      for name in $PROXIES; do one_slice "$case" "$name"; done
      note "  $case: $(costs "$case")"
    done
  done
  cpu_table
  memory_after_load
  stop_proxies
}

# costs CASE: of the last slice of each proxy.
costs() {
  local name
  for name in $PROXIES; do printf '%s %s us, ' "$name" "$(tail -n 1 "$work/slices/$1.$name" | cut -d' ' -f1)"; done
}

# warm CASE PROXY: the edge until its requests cost no less than in the slice before, for beside others its
# compilers get little time; at most a minute. The others have nothing to compile.
warm() {
  local until=$((SECONDS + warm_up)) last=999999 now
  [[ $2 == edge ]] || { ask "$1" "$2" 1 >/dev/null; return 0; }
  while :; do
    one_slice "$1" "$2"
    now=$(cut -d' ' -f1 "$work/slices/$1.$2")
    rm "$work/slices/$1.$2"
    note "warming up: $1, $now us"
    if ((SECONDS >= until + 60 || (SECONDS >= until && ${now%.*} * 10 >= ${last%.*} * 9))); then break; fi
    last=$now
  done
}

# one_slice CASE PROXY: notes microseconds of CPU a request, requests a second, and those that failed.
one_slice() {
  local before done_ bad after started ended
  before=$(cpu_ticks "$2") started=$EPOCHREALTIME
  read -r done_ bad < <(ask "$1" "$2" "$slice")
  after=$(cpu_ticks "$2") ended=$EPOCHREALTIME
  awk -v ticks=$((after - before)) -v n="$done_" -v bad="$bad" -v s="$slice" \
    'BEGIN { printf "%.2f %.0f %d\n", n ? ticks * 10000 / n : 999999, n / s, bad }' >>"$work/slices/$1.$2"
}

# least_and_median FILE FIELD
least() { sort -n "$1" | awk 'NR == 1 { print $1 }'; }
median() { awk -v f="$2" '{ print $f }' "$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

cpu_table() {
  local case name file cells bad
  printf 'CPU microseconds of the proxy for each request: least / median of %d slices of %s s; then requests a second (median).\n\n' "$rounds" "$slice"
  printf '| case | edge | nginx | HAProxy | Caddy | edge to nginx | bar | | edge to Caddy | bar | |\n|---|---|---|---|---|---|---|---|---|---|---|\n'
  for case in "${cases[@]}"; do
    cells=''
    for name in $PROXIES; do
      file=$work/slices/$case.$name
      bad=$(awk '{ sum += $3 } END { print sum }' "$file")
      cells+=" | $(least "$file") / $(median "$file" 1); $(median "$file" 2)"
      ((bad == 0)) || cells+=" ($bad failed)"
    done
    printf '| %s%s | %s | %s |\n' "${TITLE[$case]}" "$cells" "$(ratio "$case" nginx "${NGINX_BAR[$case]}")" \
      "$(ratio "$case" caddy "${CADDY_BAR[$case]}")"
  done
}

# ratio CASE PROXY BAR: cells of a table.
ratio() {
  awk -v edge="$(least "$work/slices/$1.edge")" -v other="$(least "$work/slices/$1.$2")" -v bar="$3" 'BEGIN {
    ratio = edge / other
    if (bar > 0) printf "%.2f | <= %s | %s", ratio, bar, (ratio <= bar ? "met" : "**missed**")
    else printf "%.2f | | ", ratio }'
}

memory_after_load() {
  local name
  printf '\nRSS after that: '
  for name in $PROXIES; do printf '%s %s MB; ' "$name" "$(rss_mb "$name")"; done
  printf '\n'
}

stop_proxies() {
  local name
  for name in $PROXIES; do stop "$name"; done
}

# ---- memory, start, floods, slow clients --------------------------------------------------------

# row WHAT MEASURED BAR UNIT: with a bar, whether it is met.
table() { printf '| what | measured | bar | |\n|---|---|---|---|\n'; }
row() {
  local verdict=''
  [[ -z $3 ]] || verdict=$(awk -v v="$2" -v bar="$3" 'BEGIN { print (v <= bar ? "met" : "**missed**") }')
  printf '| %s | %s %s | %s | %s |\n' "$1" "$2" "$4" "${3:+<= $3 $4}" "$verdict"
}

# A fresh edge that one client may open many connections to.
start_fresh_edge() {
  rm -rf "$work/fresh"
  edge_home "$work/fresh"
  run_edge "$1" "$work/fresh" BERTH_EDGE_MAX_CONNECTIONS_PER_CLIENT=10000
  await_serving edge "http://127.0.0.1:${CLEAR[edge]}/1k"
  await_serving edge "https://127.0.0.1:${TLS[edge]}/1k"
}

# program NAME ARG...: one of the clients, in a JVM of its own.
PROGRAM=(-cp "proxy/target/test-classes:proxy/target/classes:proxy/target/lib/*" dev.berth.proxy.bench.Clients)
program() { taskset -c 1 "$BERTH_JDK/bin/java" -XX:+UseSerialGC -Xmx256m "${PROGRAM[@]}" "$@" 2>"$work/program.log" || die "$1 failed:" "$(tail -n 20 "$work/program.log")"; }

part_memory() {
  local idle
  start_fresh_edge 0
  table
  row 'RSS of an edge that serves nobody' "$(rss_mb edge)" '' MB
  coproc CLIENT { program Idle "${TLS[edge]}" 1000; }
  read -r -t 120 -u "${CLIENT[0]}" idle || die "the idle connections could not be opened: $(tail -n 5 "$work/program.log")"
  sleep 3
  row "RSS with $idle idle TLS connections that asked once" "$(rss_mb edge)" 160 MB
  kill "$CLIENT_PID" 2>/dev/null || true
  wait "$CLIENT_PID" 2>/dev/null || true
  stop edge
}

part_start() {
  local i began times=()
  start_fresh_edge 0,1
  stop edge
  for ((i = 0; i < 7; i++)); do
    began=$EPOCHREALTIME
    run_edge 0,1 "$work/fresh"
    until serves "http://127.0.0.1:${CLEAR[edge]}/1k"; do :; done
    times+=($(((${EPOCHREALTIME/./} - ${began/./}) / 1000)))
    stop edge
  done
  printf '%s\n' "${times[@]}" | sort -n >"$work/starts"
  table
  row "from exec to the first 200 through it, with the class archive of the run before; median of ${#times[@]} (least $(least "$work/starts"))" \
    "$(median "$work/starts" 1)" 1000 ms
}

part_flood() {
  local before growth kind frames
  start_fresh_edge 0
  ask h2 edge "$warm_up" >/dev/null
  program Flood "${CLEAR[edge]}" 20 >/dev/null
  before=$(rss_mb edge)
  program Flood "${CLEAR[edge]}" 50 >"$work/flood"
  growth=$(($(rss_mb edge) - before))
  table
  while IFS=: read -r kind frames; do
    row "HTTP/2 flood, 50 connections: $kind; most frames until it was closed" "$frames" 1000 frames
  done <"$work/flood"
  row 'growth of RSS by these floods' "$growth" 16 MB
  stop edge
}

part_slow() {
  local alone beside slow
  start_fresh_edge 0
  ask h1 edge "$warm_up" >/dev/null
  alone=$(p99)
  coproc CLIENT { program Slowloris "${CLEAR[edge]}" 2000 20; }
  read -r -t 60 -u "${CLIENT[0]}" slow || die "the slow connections could not be opened: $(tail -n 5 "$work/program.log")"
  beside=$(p99)
  slow=$(cat <&"${CLIENT[0]}")
  table
  row 'p99 of a client with one connection, alone' "$alone" '' ''
  row 'the same beside 2000 connections that send a byte of their head each second' "$beside" '' ''
  row 'what became of those in 20 s' "$slow" '' ''
  stop edge
}

p99() { client wrk -t1 -c1 -d5s --latency "http://127.0.0.1:${CLEAR[edge]}/1k" | awk '$1 == "99%" { print $2 }'; }

part_upload() {
  start_fresh_edge 0,1
  table
  row 'an upload of ten minutes with 10 KB a second' "$(program Upload "${CLEAR[edge]}" 10240 600)" '' ''
  stop edge
}

# It starts its edge itself; both may have all CPUs.
part_hosts() {
  printf '```\n'
  "$BERTH_JDK/bin/java" -XX:+UseSerialGC -Xmx256m --enable-native-access=ALL-UNNAMED "${PROGRAM[@]}" Hosts "${TLS[edge]}" 1000 2>"$work/program.log" ||
    die "Hosts failed:" "$(tail -n 20 "$work/program.log")"
  printf '```\n'
}
