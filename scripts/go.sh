# shellcheck shell=bash
# Go, for what is built from its modules. Sourced after lib.sh.
. scripts/private-apt.sh

# use_go: puts Go of at least 1.21 on the PATH, which fetches by itself a newer one that a module asks for. Where there is none, Debian's
# is unpacked into the cache.
use_go() {
  local cache unpacked mirror
  cache=$(java_cache)/go
  unpacked=$cache.unpacked
  export GOTOOLCHAIN=auto
  [ ! -x /usr/local/go/bin/go ] || PATH=$PATH:/usr/local/go/bin
  ! recent_go || return 0
  mkdir -p "${cache%/*}"
  # Several scripts may want it at the same time: one unpacks.
  exec 8> "$cache.lock"
  flock 8
  if [ ! -x "$cache/bin/go" ]; then
    mirror=$(debian_mirror Debian)
    [ -n "$mirror" ] || die "no Go of version 1.21 or later, and apt is set up with no Debian mirror to take it from; install one: https://go.dev/dl"
    say "fetching Go of Debian trixie" >&2
    unpack_debian "$cache.apt" "$unpacked" "$mirror" trixie golang-1.24-go golang-1.24-src
    rm -rf "$cache.unfinished"
    mkdir "$cache.unfinished"
    # Debian keeps the sources beside the tools and links to them, from both sides.
    cp -r "$unpacked/usr/lib/go-1.24/." "$cache.unfinished"
    find "$cache.unfinished" -xtype l -delete
    cp -rn "$unpacked/usr/share/go-1.24/." "$cache.unfinished"
    rm -rf "$unpacked"
    mv "$cache.unfinished" "$cache"
  fi
  exec 8>&-
  PATH=$cache/bin:$PATH
  recent_go || die "Go of Debian trixie does not run here; install one of version 1.21 or later: https://go.dev/dl"
}

recent_go() {
  command -v go > /dev/null && go version | grep -qE ' go1\.(2[1-9]|[3-9][0-9])'
}

# cached_go_binary NAME FUNCTION: prints the path of a binary in the cache; where it isn't there, FUNCTION builds it to the path it is given.
cached_go_binary() {
  local binary
  binary=$(java_cache)/$1
  mkdir -p "${binary%/*}"
  exec 9> "$binary.lock"
  flock 9
  if [ ! -x "$binary" ]; then
    say "building ${binary##*/}: some minutes, once" >&2
    use_go
    "$2" "$binary.unfinished"
    mv "$binary.unfinished" "$binary"
  fi
  exec 9>&-
  printf '%s\n' "$binary"
}
