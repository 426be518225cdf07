# shellcheck shell=bash disable=SC2034
# What the scripts share. Sourced first by each of them: goes to the repository's root and sets strict mode.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$root"
# Debian keeps nft, tc and bpftool in the administrator's directories, which a plain login lacks.
export PATH="$PATH:/usr/sbin:/sbin"
# A fresh machine has a POSIX locale, in which Java turns all but ASCII into question marks; and what apt says is read.
export LC_ALL=C.UTF-8

dist=$root/dist/ringside

say() { printf '==> %s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# quietly COMMAND...: its output is shown only when it fails.
quietly() {
  local log
  log=$(mktemp)
  "$@" > "$log" 2>&1 || { tail -n 30 "$log" >&2; rm -f "$log"; die "$* failed"; }
  rm -f "$log"
}

# shellcheck source=src/main/dist/lib/java.sh
. "$root/src/main/dist/lib/java.sh"

# use_jdk: JAVA_HOME and PATH for Maven and everything it forks.
use_jdk() {
  java_pick javac || die "no JDK of version $java_least or later; scripts/bootstrap gets one. Seen:${java_rejected:-$'\n'  none}"
  export JAVA_HOME=$java_home PATH="$java_home/bin:$PATH"
  # Maven 3.8 itself uses what newer JDKs warn about; the warnings would say nothing about Ringside.
  MAVEN_OPTS="${MAVEN_OPTS:-} --enable-native-access=ALL-UNNAMED -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
  [ "$java_major" -lt 23 ] || MAVEN_OPTS+=" --sun-misc-unsafe-memory-access=allow"
  export MAVEN_OPTS
}

# project_version: as the parent pom says it; the first <version> there is its own.
project_version() { sed -n '0,/<version>/s/.*<version>\(.*\)<\/version>.*/\1/p' pom.xml; }
