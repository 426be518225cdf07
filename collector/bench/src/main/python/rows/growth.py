"""What becomes of the cost of an event, and of memory, when there is more of everything."""

import json
import subprocess
import time

from agents import Ringside, Statistics
from loads import Nginx
from row import Column, Goal, Plot, Row
from workloads import Connections, Containers

MOST_CONTAINERS, MOST_CONTAINERS_QUICK, MOST_CONNECTIONS = 10_000, 2_000, 50_000


def measure(bench, results):
    with Statistics(), Nginx(bench.work) as nginx:
        settings = ["identity.max=20000", "probes.tcp.max_workloads=16384", "probes.sched.max_workloads=16384", "probes.tcp.max_connections=131072",
                    "series.max_per_family=20000"]
        for count in (1, MOST_CONTAINERS_QUICK if bench.quick else MOST_CONTAINERS):
            with Containers(bench, count) as containers, Ringside(bench, f"kubelet.url={containers.kubelet.url}", *settings) as agent:
                warm(agent, nginx)
                memory = settled(agent)
                containers.live()
                case = f"{count:,} containers"
                lines = sum(1 for line in agent.scrape().splitlines() if line and line[:1] != b"#")
                results.add(case, "ringside", "series", lines)
                if count > 1:
                    grown = settled(agent) - memory
                    results.add(case, "ringside", "daemon_bytes", max(0, grown) / count)
                    results.add(case, "ringside", "daemon_bytes_series", max(0, grown) / lines)
                    kernel = entry_bytes(agent, "named_cgroups") + entry_bytes(agent, "_totals")
                    results.add(case, "ringside", "kernel_bytes", kernel)
                per_event(bench, results, case, agent, nginx)
        for count in (1, MOST_CONNECTIONS):
            with Ringside(bench, *settings) as agent:
                warm(agent, nginx)
                memory = settled(agent)
                with Connections(bench, count):
                    case = f"{count:,} connections"
                    if count > 1:
                        results.add(case, "ringside", "daemon_bytes", max(0, settled(agent) - memory) / count)
                        results.add(case, "ringside", "kernel_bytes", 2 * entry_bytes(agent, "connections"))  # both ends are here
                    per_event(bench, results, case, agent, nginx)


def warm(agent, nginx):
    nginx.connections(1)
    for _ in range(5):
        agent.scrape()


def settled(agent):
    """Bytes of RSS, some collections of garbage later."""
    for _ in range(5):
        agent.scrape()
    time.sleep(3)
    return agent.memory_mib() * 2**20


def entry_bytes(agent, name):
    """What the kernel keeps for an entry of our maps of this name, by what it has charged for them."""
    listed = json.loads(subprocess.run(["bpftool", "-j", "map", "show"], capture_output=True, text=True, check=True).stdout)
    own = agent.held("map_id")
    return sum(entry["bytes_memlock"] / entry["max_entries"] for entry in listed
               if entry["id"] in own and entry["max_entries"] > 1 and name in entry.get("name", ""))


def per_event(bench, results, case, agent, nginx):
    """The hooks' cost with connections of nginx, which are the same in every case, and how long it takes to collect."""
    for _ in range(2 if bench.quick else 5):
        before = agent.own_programs()
        collected = agent.metrics()
        nginx.connections(1 if bench.quick else 2)
        after = agent.own_programs()
        nanos = runs = 0
        for number, (name, ns, count) in after.items():
            # Those of each event; what walks over all that is open runs once a collection and is in the column beside.
            if number in before and "walk" not in name and "find" not in name and "switch" not in name:
                nanos, runs = nanos + ns - before[number][1], runs + count - before[number][2]
        results.add(case, "ringside", "ns_per_run", nanos / runs)
        now = agent.metrics()
        grown = lambda family: now[family] - collected[family]
        results.add(case, "ringside", "collect_ms", 1e3 * grown("ringside_collect_duration_seconds_sum") / grown("ringside_collect_duration_seconds_count"))


def growth(unit):
    """The most of them against one."""
    def figure(results):
        cases = [case for case in results.cases() if case.endswith(unit)]
        few, many = (results.median(case, "ringside", "ns_per_run") for case in (cases[0], cases[-1])) if cases else (None, None)
        return many / few if few and many else None
    return figure


ROW = Row(
    name="growth",
    title="With more of everything",
    text="The same load of nginx and `wrk`, a connection per request, beside a daemon that knows one container or ten thousand (two thousand in a quick run), one open connection or fifty thousand; limits are "
         "raised so that nothing overflows. Memory is the growth of the daemon's RSS, and the kernel's own charge for each entry of our maps, which are allocated in full at "
         "the start. A run is timed by the kernel, whose clock is a part of it: [cost inside the kernel](#cost-inside-the-kernel). The part of an event behind the ring is above: [decode, identify, accumulate](#decode-identify-accumulate).",
    contenders={"ringside": "Ringside"},
    columns=[Column("ns a run", "ns_per_run", 0), Column("ms a collection", "collect_ms", 1), Column("series", "series", 0, False),
             Column("daemon: bytes each", "daemon_bytes", 0, False), Column("bytes a series", "daemon_bytes_series", 0, False),
             Column("kernel: bytes each", "kernel_bytes", 0, False)],
    goals=[
        Goal("flat from 1 to 10,000 containers, ± 20 %", growth("containers"), 1.2, unit="×", why="a run waits for its workload's totals to come from memory instead of a cache"),
        Goal("flat from 1 to 50,000 live connections, ± 20 %", growth("connections"), 1.2, unit="×"),
    ],
    measure=measure,
)
