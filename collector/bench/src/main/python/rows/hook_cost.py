"""What runs inside the kernel, per run and per request."""

import contenders
from agents import CannotRun, Ringside, Statistics, programs
from loads import Nginx, spawn_processes
from row import Column, Goal, Plot, Row

KEEPALIVE, CONNECTIONS, PROCESSES = "keepalive", "a connection per request", "processes"
WHO = {
    "ringside": [KEEPALIVE, CONNECTIONS, PROCESSES],
    "ringside-tcp": [KEEPALIVE, CONNECTIONS],
    "tcplife": [KEEPALIVE, CONNECTIONS],
    "tcpstates": [KEEPALIVE, CONNECTIONS],
    "ringside-sched": [KEEPALIVE, CONNECTIONS],
    "runqlat": [KEEPALIVE, CONNECTIONS],
    "ringside-process": [PROCESSES],
    "execsnoop": [PROCESSES],
    "bpftrace": [KEEPALIVE, CONNECTIONS, PROCESSES],
}
HOOKS = ["tp_btf", "raw_tracepoint", "tracepoint", "fexit", "kretprobe", "cgroup_sock_addr"]
CLOCK = "a program that does nothing"
SELF = "Ringside's word for it, over the kernel's"


def loads(bench, nginx):
    seconds = 1  # are some 20,000 connections, or 150,000 requests
    return {
        KEEPALIVE: lambda: nginx.keepalive(seconds),
        CONNECTIONS: lambda: nginx.connections(seconds),
        PROCESSES: lambda: spawn_processes(200 if bench.quick else 400),
    }


def spent(own, before):
    """Name -> (ns, runs) since then, of each program that ran."""
    total = {}
    for number, (name, nanos, runs) in own.items():
        _, nanos_before, runs_before = before.get(number, ("", 0, 0))
        if runs > runs_before:
            ns, count = total.get(name, (0, 0))
            total[name] = ns + nanos - nanos_before, count + runs - runs_before
    return total


def record(results, case, who, total, requests):
    nanos, runs = sum(ns for ns, _ in total.values()), sum(count for _, count in total.values())
    clock = results.median(CLOCK, CLOCK, "ns_per_run")
    if runs:
        results.add(case, who, "ns_per_run", nanos / runs)
    if requests:  # none is answered where others have both CPUs for a second
        results.add(case, who, "runs_per_request", runs / requests)
        results.add(case, who, "ns_per_request", nanos / requests)
        results.add(case, who, "net_per_request", (nanos - runs * clock) / requests)


def compare(bench, results, load):
    clock = results.median(CLOCK, CLOCK, "ns_per_run")
    for who, cases in WHO.items():
        try:
            with contenders.agent(who, bench) as agent:
                start = both_words(agent, clock) if who == "ringside" else None
                for case in cases:
                    before = agent.own_programs()
                    requests = load[case]().requests
                    total = spent(agent.own_programs(), before)
                    record(results, case, who, total, requests)
                    if who == "ringside":
                        for name, one in total.items():
                            record(results, f"Ringside by program, {case}", name, {name: one}, requests)
                if start:
                    for (metric, inside, outside), (_, inside_before, outside_before) in zip(both_words(agent, clock), start):
                        results.add(SELF, "ringside", metric, (inside - inside_before) / (outside - outside_before))
        except CannotRun as reason:
            for case in cases:
                results.absent(case, who, reason)


def both_words(agent, clock):
    """(metric, what the daemon says, what the kernel says without its clock): the kernel is asked before and after the scrape, and its mean is taken."""
    outside = lambda: (sum(nanos - runs * clock for _, nanos, runs in agent.own_programs().values()) / 1e9, agent.cpu_seconds())
    before = outside()
    inside = [agent.metric("ringside_bpf_program_run_seconds_total"), agent.metric("process_cpu_seconds_total")]
    return [(metric, own, (one + two) / 2) for metric, own, one, two in zip(("bpf_time", "cpu_time"), inside, before, outside())]


def by_mechanism(bench, results, load):
    for hook in HOOKS:
        who = f"ringside-tcp by {hook}"
        try:
            with Ringside(bench, f"probes.tcp.hook={hook}", probes=["tcp"]) as agent:
                before = agent.own_programs()
                outcome = load[CONNECTIONS]()
                record(results, "tcp by mechanism, a connection per request", who, spent(agent.own_programs(), before), outcome.requests)
        except CannotRun as reason:
            results.absent("tcp by mechanism, a connection per request", who, reason)


def measure(bench, results):
    with Statistics(), Nginx(bench.work) as nginx:
        load = loads(bench, nginx)
        load[CONNECTIONS]()  # the server warm
        for _ in range(5):
            results.add(CLOCK, CLOCK, "ns_per_run", float(bench.run([bench.native / "empty", bench.native / "fill.bpf.o"])))
        for _ in range(1 if bench.quick else 5):
            compare(bench, results, load)
            by_mechanism(bench, results, load)


def ours(case, metric="ns_per_request"):
    return lambda results: results.median(case, "ringside", metric)


def against(case, who, other):
    def figure(results):
        one, two = results.median(case, who, "ns_per_request"), results.median(case, other, "ns_per_request")
        return one / two if one is not None and two else None
    return figure


def off(metric):
    def figure(results):
        ratio = results.median(SELF, "ringside", metric)
        return abs(ratio - 1) * 100 if ratio is not None else None
    return figure


ROW = Row(
    name="hook_cost",
    title="Cost inside the kernel",
    text="The kernel's own timing of every run of a BPF program (`BPF_ENABLE_STATS`, which is on for this row alone), over the requests that `wrk` counts, or the processes "
         "that a shell starts. It reads a clock twice a run, which an application does not pay otherwise: what a program that does nothing takes is in the first line, and left out in the "
         "column `without the clock`. Both ends of each connection are on this machine, so a request pays for both. Ringside's own figure comes from its programs: every run is counted, one of "
         "61 timed, and the clock left out. The guests of `make kernels` are emulated, and their clock says nothing of a CPU's; so a mechanism that this kernel refuses has no figure.",
    contenders={CLOCK: "the clock alone", **contenders.LABELS, **{f"ringside-tcp by {hook}": f"Ringside, tcp by {hook}" for hook in HOOKS}},
    columns=[Column("ns a run", "ns_per_run", 0), Column("runs a request", "runs_per_request", 2), Column("ns a request", "ns_per_request", 0),
             Column("without the clock", "net_per_request", 0), Column("BPF time", "bpf_time", 3), Column("CPU time", "cpu_time", 3)],
    goals=[
        Goal("≤ 100 ns a request, keepalive", ours(KEEPALIVE), 100, unit="ns"),
        Goal("≤ 2,500 ns a request, a connection each", ours(CONNECTIONS), 2_500, unit="ns",
             why="a connection changes its state ten times, its two ends are both on this machine and both counted, and a good part is the clock itself; see the next line, and what each program takes below"),
        Goal("the same without the clock", ours(CONNECTIONS, "net_per_request"), 2_500, unit="ns",
             why="thirty runs; in a fast hour of the machine, when the clock alone takes 36 ns (first line below), they take 2,450 ns"),
        Goal("tcp ≤ tcplife, a connection per request", against(CONNECTIONS, "ringside-tcp", "tcplife"), 1, unit="×"),
        Goal("tcp ≤ tcpstates, a connection per request", against(CONNECTIONS, "ringside-tcp", "tcpstates"), 1, unit="×"),
        Goal("sched ≤ runqlat, a connection per request", against(CONNECTIONS, "ringside-sched", "runqlat"), 1, unit="×"),
        Goal("process ≤ execsnoop, a process each", against(PROCESSES, "ringside-process", "execsnoop"), 1, unit="×"),
        Goal("`ringside_bpf_program_run_seconds_total` within 10 % of bpftool, the clock left out", off("bpf_time"), 10, unit="% off",
             why="most runs are as short as a look at a clock, and one clock looks around the other's run"),
        Goal("`process_cpu_seconds_total` within 10 % of /proc", off("cpu_time"), 10, unit="% off"),
    ],
    measure=measure,
    plots=[Plot("hook_cost", "BPF time a request", "ns_per_request", "ns, logarithmic",
                cases=lambda case: case in (KEEPALIVE, CONNECTIONS, PROCESSES), logarithmic=True)],
)
