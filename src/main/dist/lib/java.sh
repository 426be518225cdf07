# shellcheck shell=sh disable=SC2034 # its variables are for who sources it
# Finds a Java runtime of at least version 22 (the first with the final Foreign Function & Memory API).
# Sourced by the launcher and by the build, so that both mean the same by "a fitting Java". POSIX sh,
# and no process is started for a candidate: the file `release` in a Java home tells its version.

java_least=22
java_preferred=25

# java_pick TOOL: sets java_home, java_version, java_major and java_reason for the first fitting home that
# has bin/TOOL (java to run, javac to build); else returns 1, and java_rejected says what was seen.
java_pick() {
  java_tool=$1 java_rejected=
  if [ -n "${RINGSIDE_JAVA_HOME:-}" ]; then
    # An explicit wish is never second-guessed: it fits, or it is an error.
    java_consider "$RINGSIDE_JAVA_HOME" RINGSIDE_JAVA_HOME
    return
  fi
  if [ -n "${JAVA_HOME:-}" ] && java_consider "$JAVA_HOME" JAVA_HOME; then return; fi
  if java_on_path=$(command -v "$java_tool" 2>/dev/null) && java_on_path=$(readlink -f "$java_on_path"); then
    if java_consider "${java_on_path%/bin/*}" PATH; then return; fi
  fi
  java_pick_installed
}

java_pick_installed() {
  java_best_home='' java_best_version='' java_best_major=0
  for java_candidate in /usr/lib/jvm/* /opt/* "$(java_cache)"/jdk-*; do
    # A link is another name of a home that is listed as well.
    [ -d "$java_candidate" ] && [ ! -L "$java_candidate" ] || continue
    java_consider "$java_candidate" installed || continue
    if [ "$java_best_major" -ne "$java_preferred" ] &&
       { [ "$java_major" -eq "$java_preferred" ] || [ "$java_major" -gt "$java_best_major" ]; }; then
      java_best_home=$java_home java_best_version=$java_version java_best_major=$java_major
    fi
  done
  [ -n "$java_best_home" ] || return 1
  java_home=$java_best_home java_version=$java_best_version java_major=$java_best_major java_reason=installed
}

# java_consider HOME REASON
java_consider() {
  [ -x "$1/bin/$java_tool" ] || { [ "$2" = installed ] || java_reject "$1" "no bin/$java_tool there" "$2"; return 1; }
  java_read_version "$1" || { java_reject "$1" "no version in its file 'release'" "$2"; return 1; }
  [ "$java_major" -ge "$java_least" ] || { java_reject "$1" "is $java_version" "$2"; return 1; }
  java_home=$1 java_reason=$2
}

java_reject() {
  java_rejected="$java_rejected
  $1: $2 ($3)"
}

# java_read_version HOME: sets java_version and java_major.
java_read_version() {
  java_version='' java_major=''
  [ -r "$1/release" ] || return 1
  while IFS='=' read -r java_key java_value; do
    [ "$java_key" = JAVA_VERSION ] || continue
    java_value=${java_value#\"}
    java_version=${java_value%\"}
    java_major=${java_version%%[!0-9]*}
    break
  done < "$1/release"
  [ -n "$java_major" ]
}

# Where the build keeps a JDK that it had to fetch itself.
java_cache() {
  if [ -n "${XDG_CACHE_HOME:-}" ]; then echo "$XDG_CACHE_HOME/ringside"
  elif [ -w /var/cache ]; then echo /var/cache/ringside
  else echo "${HOME:-/nonexistent}/.cache/ringside"
  fi
}
