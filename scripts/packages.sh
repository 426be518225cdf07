# shellcheck shell=bash
# What has to be there, which Debian package brings it, and why. A thing with a slash is a file (a pattern), else a command.

packages() {
  case $1 in
    build) cat <<'LIST' ;;
mvn                                  maven            builds the Java modules
clang                                clang            compiles the BPF programs
llvm-strip                           llvm             strips them to their BTF
/usr/include/bpf/bpf_helpers.h       libbpf-dev       BPF headers
/etc/ssl/certs/ca-certificates.crt   ca-certificates  Maven downloads over TLS
LIST
    run) cat <<'LIST' ;;
/usr/lib/*/libbpf.so.1               libbpf1          loads, relocates and attaches the programs
curl                                 curl             asks the daemon for what it saw
LIST
    test) cat <<'LIST' ;;
prometheus                           prometheus       scrapes the daemon and is asked for the numbers; its promtool checks the exposition
nginx                                nginx-light      a server under load
wrk                                  wrk              makes the load and counts it by itself
nft                                  nftables         loses packets on purpose
ip                                   iproute2         network namespaces; ss as a second opinion
/usr/sbin/runqlat?(-libbpf)          libbpf-tools     run-queue latency as others measure it
bpftool                              bpftool          reads BTF and counts programs, maps and links by itself
busybox                              busybox          user space of the machines that other kernels are tested in
ps                                   procps           looks for what a stopped daemon left behind
pip3                                 python3-pip      fetches Grafana's own model of a dashboard, which reads ours
LIST
    *) die "bootstrap: no list of packages '$1'; there are build, run and test" ;;
  esac
}

shopt -s extglob
present() {
  case $1 in
    /*) compgen -G "$1" >/dev/null ;;
    *) command -v "$1" >/dev/null ;;
  esac
}
