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
    image) cat <<'LIST' ;;
unshare                              util-linux       makes the AOT cache in the image's own file system
LIST
    test) cat <<'LIST' ;;
prometheus                           prometheus       scrapes the daemon and is asked for the numbers; its promtool checks the exposition
nginx                                nginx-light      a server under load
wrk                                  wrk              makes the load and counts it by itself
nft                                  nftables         loses packets on purpose
ip                                   iproute2         network namespaces; ss as a second opinion
/usr/sbin/runqlat?(-libbpf)          libbpf-tools     run-queue latency as others measure it
bpftrace                             bpftrace         another tool at the same hooks
bpftool                              bpftool          reads BTF and counts programs, maps and links by itself
busybox                              busybox          user space of the machines that other kernels are tested in
ps                                   procps           looks for what a stopped daemon left behind
runc                                 runc             runs the image as a container
openssl                              openssl          makes the certificates of a Kubernetes node
systemd-analyze                      systemd          starts the unit on a machine of its own
pip3                                 python3-pip      fetches Grafana's own model of a dashboard, which reads ours
LIST
    bench) cat <<'LIST' ;;
cc                                   gcc                       compiles the yardsticks in C
go                                   golang-go                 builds the reader in Go
/usr/lib/postgresql/*/bin/postgres   postgresql                a database under load, and pgbench
redis-server                         redis-server              a cache under load
redis-benchmark                      redis-tools               makes that load
bpftrace                             bpftrace                  what one would count with by hand
prometheus-node-exporter             prometheus-node-exporter  a daemon that is scraped and has no BPF
python3                              python3                   runs the comparison and writes its page
LIST
    *) die "bootstrap: no list of packages '$1'; there are build, run, image, test and bench" ;;
  esac
}

shopt -s extglob
present() {
  case $1 in
    /*) compgen -G "$1" >/dev/null ;;
    *) command -v "$1" >/dev/null ;;
  esac
}
