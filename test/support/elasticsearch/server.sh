#!/usr/bin/env bash
# A real single-node Elasticsearch for development, tests and CI, without Docker.
#
#   server.sh start  [--port 9200] [--heap 1g] [--fresh]     --fresh: without the data of an earlier one
#   server.sh status [--port 9200]     exit 0 up, 3 down
#   server.sh stop   [--port 9200] [--fresh]   graceful (SIGTERM); data stays, but with --fresh
#   server.sh kill9  [--port 9200]     SIGKILL, for fault tests; data stays; `start` recovers it
#
# `start` prints the URL as the only line on stdout; everything else goes to stderr:
#   ELASTICSEARCH_URL="$(test/support/elasticsearch/server.sh start)" && export ELASTICSEARCH_URL
# It is idempotent and safe to call from several processes at once. Each port is its own node: own data, log and pid file.
#
# The server is the integ-test zip that Elastic publishes as a Maven artifact. It has the whole core (dense_vector, kNN, BM25,
# bulk, aliases, PIT, snapshots to fs) and the Basic licence, but none of the optional modules: no painless, no reindex /
# delete_by_query / update_by_query, no ingest processors, no ILM, no rrf/linear retriever, no language analyzers, no rank_feature.
# Health check: cluster.health (client.info() and client.ping() answer 405 here).
#
# Environment:
#   ES_JAVA_HOME       JDK to use (21 or later); otherwise JAVA_HOME, then the newest one found on the machine
#   XDG_CACHE_HOME     the zip is kept in $XDG_CACHE_HOME/annals (default ~/.cache/annals)
#   ANNALS_ES_HOME     where servers are unpacked and nodes keep data (default: /var/lib/annals/elasticsearch as root,
#                      otherwise $XDG_CACHE_HOME/annals/elasticsearch)
#   ANNALS_ES_USER     user the server runs as when called as root (default annals-es, created if needed)
#   ANNALS_ES_TIMEOUT  seconds to wait for the node (default 180)
set -euo pipefail
umask 022

readonly VERSION=9.5.3
readonly ZIP_SHA256=bec49f3b8d00e75c8d1cec85c35298635ec9fbd3ae80ef5aeb6bc05abdb3db2d
readonly ARTIFACT=org.elasticsearch.distribution.integ-test-zip:elasticsearch:$VERSION:zip
readonly DEPENDENCY_PLUGIN=org.apache.maven.plugins:maven-dependency-plugin:3.6.1

say() { printf 'elasticsearch: %s\n' "$*" >&2; }
die() { printf 'elasticsearch: error: %s\n' "$*" >&2; exit 1; }
usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0" >&2; exit 2; }
has() { command -v "$1" >/dev/null 2>&1; }

[ $# -ge 1 ] || usage
command=$1; shift
port=9200 heap=1g fresh=no
while [ $# -gt 0 ]; do
  case $1 in
    --port|--heap) [ $# -ge 2 ] || die "$1 needs a value"; printf -v "${1#--}" %s "$2"; shift 2 ;;
    --fresh) fresh=yes; shift ;;
    -h|--help) usage ;;
    *) die "unknown argument: $1 (see --help)" ;;
  esac
done
if ! [[ $port =~ ^[0-9]{4,5}$ ]] || [ "$port" -lt 1024 ] || [ "$port" -gt 65435 ]; then die "--port must be 1024..65435, not '$port'"; fi
[[ $heap =~ ^[0-9]+[mMgG]$ ]] || die "--heap must look like 512m or 1g, not '$heap'"

is_root() { [ "$(id -u)" = 0 ]; }
cache=${XDG_CACHE_HOME:-${HOME:?HOME is not set}/.cache}/annals
# As root the node runs as another user, who cannot enter root's home: so the node does not live there.
if is_root; then default_base=/var/lib/annals/elasticsearch; else default_base=$cache/elasticsearch; fi
base=${ANNALS_ES_HOME:-$default_base}
run_user=${ANNALS_ES_USER:-annals-es}
node=$base/node-$port
pid_file=$node/pid
started_file=$node/pid.started
url=http://127.0.0.1:$port
timeout_s=${ANNALS_ES_TIMEOUT:-180}

# Start time of a process in clock ticks since boot: pid + start time names one process even when pids are reused.
# A zombie counts as gone only once its other threads are gone too: until then it still holds its ports and files.
start_time() {
  local stat fields tasks
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  read -ra fields <<<"${stat##*) }"
  if [ "${fields[0]}" = Z ]; then tasks=("/proc/$1/task/"*); [ "${#tasks[@]}" -gt 1 ] || return 1; fi
  echo "${fields[19]}"
}

# Prints the pid of our server when it is alive; a pid file left by a crash or a reboot does not count.
running() {
  local pid now
  [ -s "$pid_file" ] && [ -s "$started_file" ] || return 1
  pid=$(cat "$pid_file"); [[ $pid =~ ^[0-9]+$ ]] || return 1
  now=$(start_time "$pid") || return 1
  [ "$now" = "$(cat "$started_file")" ] || return 1
  echo "$pid"
}

wait_gone() { # pid, seconds
  local i; for ((i = 0; i < $2 * 10; i++)); do start_time "$1" >/dev/null || return 0; sleep 0.1; done; return 1
}

health() { curl -fsS --max-time 15 "$url/_cluster/health?${1:-timeout=5s}" 2>/dev/null; }
field() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"; }
port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

as_run_user() { # runs a command as the server's user
  if ! is_root; then "$@"
  elif has setpriv; then setpriv --reuid="$run_user" --regid="$(id -g "$run_user")" --clear-groups -- "$@"
  elif has runuser; then runuser -u "$run_user" -- "$@"
  else die "need setpriv or runuser (package util-linux) to leave root: Elasticsearch refuses to run as root"
  fi
}

ensure_user() {
  is_root || return 0
  id "$run_user" >/dev/null 2>&1 && { [ "$(id -u "$run_user")" != 0 ] || die "ANNALS_ES_USER must not be root"; return 0; }
  has useradd || die "user $run_user does not exist and useradd is missing: create it, or set ANNALS_ES_USER (for example nobody)"
  useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$run_user" >&2 \
    || id "$run_user" >/dev/null 2>&1 || die "could not create the user $run_user; set ANNALS_ES_USER"
  say "created the system user $run_user"
}

java_major() { "$1/bin/java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.specification\.version = \([0-9]*\).*/\1/p'; }

find_java() { # prints the home of a JDK of 21 or later
  local home major path_java='' best='' best_major=0
  if [ -n "${ES_JAVA_HOME:-}" ]; then
    [ -x "$ES_JAVA_HOME/bin/java" ] || die "ES_JAVA_HOME has no bin/java"
    major=$(java_major "$ES_JAVA_HOME"); [ "${major:-0}" -ge 21 ] || die "ES_JAVA_HOME is Java ${major:-?}; Elasticsearch $VERSION needs 21 or later"
    echo "$ES_JAVA_HOME"; return
  fi
  if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/java" ]; then
    major=$(java_major "$JAVA_HOME"); [ "${major:-0}" -lt 21 ] || { echo "$JAVA_HOME"; return; }
  fi
  if has java; then path_java=$(dirname "$(dirname "$(readlink -f "$(command -v java)")")"); fi
  for home in "$path_java" /usr/lib/jvm/*; do
    if [ -L "$home" ] || ! [ -x "$home/bin/java" ]; then continue; fi
    major=$(java_major "$home")
    if [ "${major:-0}" -ge 21 ] && [ "$major" -gt "$best_major" ]; then best=$home best_major=$major; fi
  done
  [ -n "$best" ] || die "no Java 21 or later found (looked at ES_JAVA_HOME, JAVA_HOME, PATH, /usr/lib/jvm): install a JDK 21 or 25 and set ES_JAVA_HOME"
  echo "$best"
}

zip_ok() { [ -s "$1" ] && [ "$(sha256sum "$1" | cut -d' ' -f1)" = "$ZIP_SHA256" ]; }

# What is half done goes when the script ends, however it ends.
scratch=()
trap '[ "${#scratch[@]}" = 0 ] || rm -rf "${scratch[@]}"' EXIT

fetch() { # leaves the zip at $zip
  zip=$cache/elasticsearch-$VERSION.zip
  if [ -s "$zip" ]; then
    zip_ok "$zip" && return
    say "the cached zip is damaged, fetching it again"; rm -f "$zip"
  fi
  has mvn || die "mvn is missing and Elasticsearch $VERSION is not in $cache: install Maven (package maven), or put elasticsearch-$VERSION.zip there"
  has java || [ -n "${JAVA_HOME:-}" ] || die "java is missing (Maven needs it): install a JDK"
  mkdir -p "$cache"
  local tmp; tmp=$(mktemp -d "$cache/.fetch.XXXXXX"); scratch+=("$tmp")
  say "fetching $ARTIFACT with Maven (about 130 MB)"
  # Not Maven's -C: some mirrors serve no checksum files. The pinned SHA-256 is the check.
  mvn -B -q "$DEPENDENCY_PLUGIN:copy" -Dartifact="$ARTIFACT" -DoutputDirectory="$tmp" \
    -Dmdep.useBaseVersion=true </dev/null >"$tmp/mvn.log" 2>&1 \
    || { grep -m 3 -F '[ERROR]' "$tmp/mvn.log" >&2; die "Maven could not fetch Elasticsearch $VERSION"; }
  zip_ok "$tmp/elasticsearch-$VERSION.zip" || die "the fetched zip is empty or does not match its pinned SHA-256"
  mv -f "$tmp/elasticsearch-$VERSION.zip" "$zip"
}

unpack() { # java home; leaves the server's files at $dist, owned by the caller, read-only for the server
  dist=$base/dist/elasticsearch-$VERSION
  [ -f "$dist/.complete" ] && return
  fetch
  local tmp; mkdir -p "$base/dist"; tmp=$(mktemp -d "$base/dist/.unpack.XXXXXX"); scratch+=("$tmp")
  chmod 755 "$tmp"
  if has unzip; then unzip -q "$zip" -d "$tmp"
  elif [ -x "$1/bin/jar" ]; then (cd "$tmp" && "$1/bin/jar" xf "$zip")
  elif has python3; then python3 -m zipfile -e "$zip" "$tmp"
  else die "need unzip, jar or python3 to unpack the zip"
  fi
  chmod -R u+rwX,go+rX,go-w "$tmp"; chmod 755 "$tmp/elasticsearch-$VERSION/bin/"*
  touch "$tmp/elasticsearch-$VERSION/.complete"
  rm -rf "$dist"; mv "$tmp/elasticsearch-$VERSION" "$dist"
}

configure() {
  mkdir -p "$node"
  [ "$fresh" = no ] || rm -rf "$node/data" "$node/repo" "$node/logs"
  rm -rf "$node/config" "$node/tmp"
  cp -R "$dist/config" "$node/config"
  mkdir -p "$node/data" "$node/logs" "$node/repo" "$node/tmp"
  cat >"$node/config/elasticsearch.yml" <<YML
cluster.name: annals-$port
node.name: annals-$port
discovery.type: single-node
network.host: 127.0.0.1
http.port: $port
transport.port: $((port + 100))
path.data: $node/data
path.logs: $node/logs
path.repo: $node/repo
xpack.security.enabled: false
xpack.license.self_generated.type: basic
action.auto_create_index: false
cluster.routing.allocation.disk.threshold_enabled: false
YML
  # no GC log (up to 2 GB), no heap dumps
  sed -i -e '/^[0-9-]*:\{0,1\}-Xlog:gc/d' -e '/HeapDumpOnOutOfMemoryError/d' "$node/config/jvm.options"
  if is_root; then chown -R "$run_user:" "$node/config" "$node/data" "$node/logs" "$node/repo" "$node/tmp"; chown "$run_user:" "$node"; fi
}

describe() { echo "up, Elasticsearch $(curl -fsS --max-time 5 "$url/_nodes/_local?filter_path=nodes.*.version" | field version), pid $1, $url, health $(health | field status)"; }

start() {
  local java pid t0=$SECONDS rc=0
  has curl || die "curl is missing: install it"
  mkdir -p "$node" || die "cannot write to $base; set ANNALS_ES_HOME"
  if has flock; then exec 9>"$node.lock"; flock -w "$timeout_s" 9 || die "another start or stop of port $port is still running"; fi
  if pid=$(running); then
    [ "$fresh" = no ] || die "--fresh needs the node stopped: stop --port $port"
    health 'timeout=60s' >/dev/null || die "pid $pid is alive but $url does not answer; see $node/logs"
    say "already $(describe "$pid")"; echo "$url"; return
  fi
  local p i
  for p in "$port" $((port + 100)); do
    for ((i = 0; i < 30; i++)); do port_open "$p" || break; sleep 0.1; done
    [ "$i" -lt 30 ] || die "port $p is taken by another program; choose another --port"
  done
  java=$(find_java)
  ensure_user
  unpack "$java"
  as_run_user test -x "$dist/bin/elasticsearch" || die "the user ${run_user} cannot reach $base: set ANNALS_ES_HOME to a directory that everyone may enter"
  as_run_user "$java/bin/java" -version >/dev/null 2>&1 || die "the user ${run_user} cannot run $java/bin/java: set ES_JAVA_HOME to a JDK that everyone may read"
  configure
  rm -f "$pid_file" "$started_file"
  ulimit -n "$(ulimit -Hn)" 2>/dev/null || true
  say "starting Elasticsearch $VERSION on port $port (heap $heap)"
  # -d returns once the node has started, or with its error. Descriptor 9 (the lock) must not pass to the server.
  (cd "$node/logs" && as_run_user env -i PATH=/usr/local/bin:/usr/bin:/bin HOME="$node/tmp" LANG=C.UTF-8 ES_JAVA_HOME="$java" \
    ES_PATH_CONF="$node/config" ES_TMPDIR="$node/tmp" ES_JAVA_OPTS="-Xms$heap -Xmx$heap" \
    timeout "$timeout_s" "$dist/bin/elasticsearch" -d -p "$pid_file") </dev/null >"$node/logs/start.log" 2>&1 9>&- || rc=$?
  pid=$(cat "$pid_file" 2>/dev/null || true)
  if [ "$rc" != 0 ] || [ -z "$pid" ] || ! start_time "$pid" >"$started_file"; then
    rm -f "$started_file"
    grep -vE '\]\[INFO \]|^\s+at ' "$node/logs/start.log" | tail -n 15 | cut -c1-300 >&2 || true
    die "the node did not start (exit $rc); see $node/logs/start.log"
  fi
  # `wait_for_status=yellow`: every primary shard is there, also after a crash
  while :; do
    case $(health 'wait_for_status=yellow&timeout=10s' | field status) in yellow|green) break ;; esac
    start_time "$pid" >/dev/null || die "the node died while starting; see $node/logs"
    [ $((SECONDS - t0)) -lt "$timeout_s" ] || die "no yellow or green health within $timeout_s s; see $node/logs"
    sleep 0.5
  done
  say "$(describe "$pid") (after $((SECONDS - t0)) s)"
  echo "$url"
}

end() { # signal, seconds to wait
  local pid
  if [ -d "$base" ] && has flock && exec 9>"$node.lock"; then flock -w "$timeout_s" 9 || true; fi
  if pid=$(running); then
    kill -"$1" "$pid" || die "cannot signal pid $pid (started by another user?)"
    wait_gone "$pid" "$2" || die "pid $pid is still alive after $2 s (kill9 --port $port ends it)"
    say "pid $pid ended (SIG$1)"
  else
    say "not running on port $port"
  fi
  rm -f "$pid_file" "$started_file"
  if [ "$fresh" = yes ]; then rm -rf "$node" "$node.lock"; else say "data stays in $node"; fi
}

case $command in
  start) start ;;
  stop) end TERM 60 ;;
  kill9) end KILL 20 ;;
  status)
    if pid=$(running); then
      if health >/dev/null; then describe "$pid"; else echo "starting or stuck, pid $pid, $url does not answer"; exit 1; fi
    else echo "down, port $port"; exit 3; fi ;;
  -h|--help|help) usage ;;
  *) die "unknown command: $command (start, stop, status, kill9)" ;;
esac
