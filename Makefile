# Every target is a script under scripts/; `make help` reads the comments behind the colons.
.DEFAULT_GOAL := help
.PHONY: help demo-pods demo-traces run build image test e2e check bench bench-quick kernels kernel kernel-shell fuzz soak clean dist pictures

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 16

run: ## install what is missing, build if needed, run on this machine's kernel in the foreground
	@scripts/run

build: ## dist/ringside/, ready to run, and the tarball beside it
	@scripts/build

image: ## dist/image/ringside.oci.tar, an OCI image without any base, and its bill of materials beside it
	@scripts/image/all

test: ## everything, on the live kernel, against the built distribution (what CI calls)
	@scripts/test

check: ## the tests that need neither root nor the kernel
	@scripts/check

demo-traces: ## a Collector, Jaeger and the daemon on this machine, and the trace of a request as Jaeger has it
	@scripts/demo-traces

e2e: ## install image and chart on a real node of Kubernetes, scrape, upgrade, uninstall (builds its components the first time)
	@scripts/e2e
	@scripts/kube/older v1.34.4

pictures: ## docs/pictures anew: the dashboards as that node's Prometheus fills them
	@scripts/e2e --pictures

bench: ## Ringside beside what one would pick instead, into docs/performance.md (half an hour)
	@scripts/bench

bench-quick: ## the same in under five minutes
	@scripts/bench --quick

kernels: ## the checks on every kernel from 5.10 to 7.x, in emulated machines (some minutes)
	@scripts/kernels/all

demo-pods: ## a real kubelet with three workloads, and what the daemon says of them
	@scripts/kube/demo

kernel: ## the checks on one of them: make kernel K=6.1
	@scripts/kernels/run $(K) best,raw_tracepoint,tracepoint,kretprobe,cgroup_sock_addr,sock_ops,syscall

kernel-shell: ## a shell on one of them: make kernel-shell K=6.1
	@scripts/kernels/boot $(K) ringside.shell

fuzz: ## what reads bytes that are not our own, two minutes each under Jazzer
	@scripts/fuzz

dist: ## put dist/ringside/ together again from what is compiled
	@scripts/dist

soak: ## a daemon under churn for 20 minutes (RINGSIDE_SOAK_MINUTES), and curves of what it holds
	@scripts/soak

clean: ## remove what the build made (not the cache of fetched tools)
	@scripts/clean
