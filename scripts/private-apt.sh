# shellcheck shell=bash
# An apt of its own, for packages of other suites: same mirror and signatures as the machine's, but its own sources and
# state, so that nothing of the machine's is touched. What it brings is unpacked, never installed. Sourced after lib.sh.

debian_keyring=/usr/share/keyrings/debian-archive-keyring.gpg
apt_home=

# debian_mirror LABEL: where this machine's apt gets Debian from ("Debian", or "Debian-Security").
debian_mirror() {
  [ -r "$debian_keyring" ] || die "no $debian_keyring to check Debian's signatures with; as root: apt-get install debian-archive-keyring"
  # shellcheck disable=SC2016 # apt's own variables
  apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' | awk -v label="$1" '$1 == label && !seen++ { print $2 }'
}

# private_apt_open DIR MIRROR SUITE...: from now on private_apt means these suites; fails when they can't be had.
private_apt_open() {
  local mirror=$2
  apt_home=$1
  mkdir -p "$apt_home/state/lists/partial" "$apt_home/cache/archives/partial" "$apt_home/etc/preferences.d"
  [ -e "$apt_home/status" ] || : > "$apt_home/status"
  shift 2
  printf "deb [signed-by=$debian_keyring] $mirror %s main\n" "$@" > "$apt_home/etc/sources.list"
  private_apt apt-get update
}

private_apt() {
  local tool=$1; shift
  "$tool" -qq -o Dir::State="$apt_home/state" -o Dir::Cache="$apt_home/cache" -o Dir::State::status="$apt_home/status" \
    -o Dir::Etc="$apt_home/etc" -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o Acquire::Languages=none \
    -o APT::Sandbox::User=root "$@"
}

# unpack_debian WORK DIR MIRROR SUITE PACKAGE...: the packages' files below DIR, made anew; WORK is a folder that is removed again.
unpack_debian() {
  local apt=$1 dir=$2 mirror=$3 suite=$4 log=$1.log deb
  shift 4
  rm -rf "$apt" "$dir"
  mkdir -p "$apt/debs" "$dir"
  private_apt_open "$apt" "$mirror" "$suite" > "$log" 2>&1 || die "$* of Debian $suite can't be had: $(tail -n 1 "$log")"
  (cd "$apt/debs" && private_apt apt-get download "$@") > "$log" 2>&1 || die "$* of Debian $suite can't be had: $(tail -n 1 "$log")"
  for deb in "$apt"/debs/*.deb; do quietly dpkg-deb -x "$deb" "$dir"; done
  rm -rf "$apt" "$log"
}
