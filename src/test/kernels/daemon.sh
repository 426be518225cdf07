# For scripts in a guest: the daemon, a load, what is expected of the one to say of the other. Sourced.

# The AOT cache comes from another processor: its classes are welcome, its machine code is not. And code that runs once
# is not worth C2's time, emulated.
export RINGSIDE_JAVA_OPTS='-XX:TieredStopAtLevel=1 -XX:+IgnoreUnrecognizedVMOptions -XX:+UnlockDiagnosticVMOptions -XX:-AOTAdapterCaching -XX:-AOTStubCaching'
expected=/run/expected
mkdir /run/load
# A command in front of the daemon's.
under=

progress() { read -r up _ < /proc/uptime; echo "PROGRESS up=$up $*"; }

# start NAME PORT OPTION...: a daemon by that name.
start() {
  name=$1 port=$2
  shift 2
  mkdir "/run/$name"
  $under ringside run --set http.port="$port" "$@" > "/run/$name/ready" 2> "/run/$name/log" &
  echo $! > "/run/$name/pid"
}

# The daemon says one line when it can be scraped, or ends.
await_ready() {
  while [ ! -s "/run/$1/ready" ] && kill -0 "$(cat "/run/$1/pid")" 2>/dev/null; do usleep 100000; done
  line=
  read -r line < "/run/$1/ready"
  case $line in
    'ready url='*) echo "${line#ready url=}" > "/run/$1/url"; progress "ready $1" ;;
    *) echo "CHECK $1 daemon/ready expected=1 seen=0 FAIL"; sed "s/^/LOG $1 /" "/run/$1/log"; return 1 ;;
  esac
}

# expect PROBE/NAME OP NUMBER FAMILY LABEL...: the sum of the family's series that have all these labels (!LABEL: have not).
expect() { echo "$*" >> $expected; }

# as WORKLOAD COMMAND...: runs it under that name, which it is counted by.
as() {
  workload=$1
  shift
  ln -sf /guest/load "/run/load/$workload"
  "/run/load/$workload" "$@" || echo "CHECK load load/$workload expected=0 seen=$? FAIL"
}

tcp_counter() { awk -v name="$1" '$1 == "Tcp:" { if (!at) { for (i = 2; i <= NF; i++) if ($i == name) at = i } else print $at }' /proc/net/snmp; }

# Until the last segment of what has ended has gone.
await_quiet_network() {
  tries=1200
  while [ $tries -gt 0 ] && [ "$(awk '$1 == "TCP:" { print $5 }' /proc/net/sockstat)" != 0 ]; do usleep 50000; tries=$((tries - 1)); done
}

# What is true has to become visible; a daemon adds up at its own pace.
compare() {
  for _ in 1 2 3 4 5; do
    wget -q -O "/run/$1/metrics" "$(cat "/run/$1/url")metrics"
    awk -v hooks="$1" -f /guest/compare.awk $expected "/run/$1/metrics" > "/run/$1/checks"
    grep -q ' FAIL$' "/run/$1/checks" || break
    sleep 1
  done
  cat "/run/$1/checks"
  sed -n 's/^ringside_events_lost_total{\(.*\)} \([^0].*\)/LOST '"$1"' \1 \2/p' "/run/$1/metrics"
  sed -n 's/^ringside_probe_attached{probe="\(.*\)",point="\(.*\)",mechanism="\(.*\)",hook="\(.*\)"} 1$/HOOK '"$1"' \1 \2 \3 \4/p' "/run/$1/metrics"
  wget -q -O - "$(cat "/run/$1/url")debug/probes" | awk -v hooks="$1" -f /guest/refused.awk
}

stop() {
  pid=$(cat "/run/$1/pid")
  kill -TERM "$pid"
  wait "$pid"
  code=$?
  verdict=ok
  # Emulated, taking back all hooks may need longer than the daemon waits for; then it says so, and leaves it to the kernel.
  [ $code = 0 ] || grep -q 'not closed in time' "/run/$1/log" || verdict=FAIL
  echo "CHECK $1 daemon/exit_code expected=0 seen=$code $verdict"
  ! grep -q ' FAIL$' "/run/$1/checks" && [ $verdict = ok ] || sed "s/^/LOG $1 /" "/run/$1/log"
}
