"""What the neighbour loses, and what the agent uses."""

import statistics

import contenders
from agents import CannotRun
from loads import Nginx, NginxAnywhere, Postgres, Redis
from row import Column, Goal, Plot, Row

KEEPALIVE, CONNECTIONS, QUERIES, GETS = "nginx, keepalive", "nginx, a connection per request", "pgbench, reads", "redis, gets"
ANYWHERE_KEEPALIVE, ANYWHERE_CONNECTIONS = "nginx on all cores, keepalive", "nginx on all cores, a connection per request"
LOADS = [KEEPALIVE, CONNECTIONS, ANYWHERE_KEEPALIVE, ANYWHERE_CONNECTIONS, QUERIES, GETS]
UNTIL_COMPILED = "until the JVM has compiled what is hot"
BUSY = ("`wrk`'s one thread is the limit, and most of both ends' handshake runs in its context, hooks included. A program that does nothing, at the one tracepoint that "
        "tells of states, leaves 0.99 here, and with a daemon that is stopped, so that no record is written, 0.93 are left. What our programs do in its context is 1.2 of 25 µs a request, by "
        "their own clock: the two ends of a connection, 0.3 and 0.55 µs, the larger one of what the other core had in its cache; the beginnings; then the records themselves, which go through "
        "the caches of both cores, and wake-ups of the server, of which there are more when the client is slower, each an interrupt that a virtual machine pays a hypervisor for")
IDLE = ("with keepalive next to nothing of ours runs for a request (its BPF time is below), and the daemon wakes forty times a second: what is missing beyond that is the machine's "
        "own doing, see how far two runs of `nothing` are apart")
FULL = ("both cores are full, so whatever runs besides is missing: the hooks of both ends of each connection, and the daemon's own CPU beside it; see the "
        "line of `nothing` for how much is noise, and the cost inside the kernel below for what each program takes")
ORDER = ["ringside", "ringside-tcp", "libbpf-tools", "ringside-process", "tcplife", "ringside-sched", "bpftrace", "node_exporter"]


class Neighbours:
    """The servers that run all the time, so that only the agent changes."""

    def __init__(self, bench, results):
        self.bench, self.results, self.servers, self.loads = bench, results, [], {}

    def __enter__(self):
        for server, loads in [(Nginx, {KEEPALIVE: Nginx.keepalive, CONNECTIONS: Nginx.connections}),
                              (NginxAnywhere, {ANYWHERE_KEEPALIVE: Nginx.keepalive, ANYWHERE_CONNECTIONS: Nginx.connections}),
                              (Postgres, {QUERIES: Postgres.queries}), (Redis, {GETS: Redis.gets})]:
            work = self.bench.work / server.__name__
            work.mkdir()
            self.bench.work.chmod(0o755)
            try:
                running = server(work).__enter__()
            except CannotRun as reason:
                for case in loads:
                    for who in ["nothing", *ORDER]:
                        self.results.absent(case, who, reason)
                continue
            self.servers.append(running)
            self.loads |= {case: (lambda seconds, load=load, server=running: server.under(lambda s: load(server, s), seconds)) for case, load in loads.items()}
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.__exit__()

    def take(self, cases, seconds):
        return {case: self.loads[case](seconds) for case in cases if case in self.loads}


def beside(bench, neighbours, who, cases, seconds, results):
    """The loads beside an agent; a JVM has compiled before what they need, and what that took is a figure of its own."""
    outcomes = {}
    with contenders.agent(who, bench) as agent:
        if who.startswith("ringside") and CONNECTIONS in neighbours.loads:
            took, cpu = agent.until_compiled(neighbours.loads[CONNECTIONS], 3 if bench.quick else 10)
            results.add(UNTIL_COMPILED, who, "warm_s", took)
            results.add(UNTIL_COMPILED, who, "warm_cpu_s", cpu)
        for case in cases:
            if case not in neighbours.loads:
                continue
            before = agent.threads()
            outcomes[case] = outcome = neighbours.loads[case](seconds)
            used = sum(now - before.get(thread, 0) for thread, now in agent.threads().items())
            results.add(case, who, "cpu_per_10k", used / outcome.requests * 10_000)
        for case in outcomes:
            results.add(case, who, "memory_mib", agent.memory_mib())
    return outcomes


def in_turns(bench, neighbours, groups, cases, seconds, results):
    """Nothing, a group of agents one after the other, nothing, the next group, …, nothing: an agent is compared with both times beside its group."""
    before = neighbours.take(cases, seconds)
    for group in groups:
        taken = []
        for who in group:
            try:
                taken.append((who, beside(bench, neighbours, who, cases, seconds, results)))
            except CannotRun as reason:
                for case in cases:
                    results.absent(case, who, reason)
        after = neighbours.take(cases, seconds)
        for who, outcomes in taken:
            compare(results, who, outcomes, before, after)
        for case in after:
            add(results, case, "nothing", after[case])
            results.add(case, "nothing", "left", after[case].per_second / before[case].per_second)
            results.add(case, "nothing", "cpu_ratio", after[case].cpu_us / before[case].cpu_us)
        before = after


def compare(results, who, outcomes, before, after):
    for case, outcome in outcomes.items():
        alone = [before[case], after[case]]
        results.add(case, who, "left", outcome.per_second / statistics.mean(one.per_second for one in alone))
        results.add(case, who, "cpu_ratio", outcome.cpu_us / statistics.mean(one.cpu_us for one in alone))
        add(results, case, who, outcome)


def add(results, case, who, outcome):
    results.add(case, who, "per_second", outcome.per_second)
    if outcome.p99_us:
        results.add(case, who, "p50_us", outcome.p50_us)
        results.add(case, who, "p99_us", outcome.p99_us)


def measure(bench, results):
    with Neighbours(bench, results) as neighbours:
        neighbours.take(LOADS, 1)
        rounds, seconds = (1, 0.5) if bench.quick else (5, 1)  # of wrk, at least one second
        together = 2 if bench.quick else 1
        groups = [ORDER[first:first + together] for first in range(0, len(ORDER), together)]
        for _ in range(rounds):
            in_turns(bench, neighbours, groups, LOADS, seconds, results)


def ours(case, metric):
    return lambda results: results.median(case, "ringside", metric)


def core_at_10k(case):
    """CPU seconds of 10,000 requests are cores at 10,000 requests a second."""
    return ours(case, "cpu_per_10k")


ROW = Row(
    name="applications",
    title="What the application keeps",
    text="The server is on core 0, `wrk`, `pgbench` or `redis-benchmark` on core 1, the agent wherever there is room; `nginx on all cores` has as many workers as cores and "
         "`wrk` two threads and 64 connections, all wherever the kernel puts them. With two cores both are busy, so whatever an agent uses is taken from the load. "
         "A run of a second with an agent is compared with the runs without one right before and after it, in five rounds of all agents (a quick run has one, and takes two agents between two runs without). A JVM sees load before, until its "
         "compilers are idle, ten seconds at the most (three in a quick run): what that takes is in lines of its own. "
         "`CPU a request` is what server and load tool together needed for a request, over what they need alone: it stays true when others have the machine too. "
         "The line of `nothing` shows how much two runs without an agent differ.",
    contenders=contenders.LABELS,
    columns=[Column("throughput left", "left", 3), Column("CPU a request", "cpu_ratio", 3), Column("a second", "per_second", 0, False), Column("p50 µs", "p50_us", 0, False),
             Column("p99 µs", "p99_us", 0, False), Column("agent's CPU s per 10,000", "cpu_per_10k", 4), Column("RSS MiB", "memory_mib", 0, False),
             Column("s until steady", "warm_s", 0), Column("CPU s until then", "warm_cpu_s", 2)],
    goals=[
        Goal("≥ 0.99 left, keepalive", ours(KEEPALIVE, "left"), 0.99, at_least=True, why=IDLE),
        Goal("≥ 0.99 left, keepalive, on all cores", ours(ANYWHERE_KEEPALIVE, "left"), 0.99, at_least=True, why=IDLE),
        Goal("≥ 0.96 left, a connection per request", ours(CONNECTIONS, "left"), 0.96, at_least=True, why=BUSY),
        Goal("≥ 0.96 left, a connection per request, on all cores", ours(ANYWHERE_CONNECTIONS, "left"), 0.96, at_least=True, why=FULL),
        Goal("daemon ≤ 0.1 core at 10,000 requests a second, keepalive", core_at_10k(KEEPALIVE), 0.1, unit="cores"),
        Goal("daemon ≤ 0.1 core at 10,000 requests a second, a connection each", core_at_10k(CONNECTIONS), 0.1, unit="cores"),
    ],
    measure=measure,
    plots=[Plot("applications", "Throughput left beside an agent", "left", "1 is what runs without an agent have", cases=lambda case: case in LOADS)],
)
