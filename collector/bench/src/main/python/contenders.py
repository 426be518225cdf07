"""Who is compared, under the names of the tables."""

from agents import Agent, NodeExporter, Ringside

COUNT_STATES = "tracepoint:sock:inet_sock_set_state { @states[args->newstate] = count(); }"
COUNT_EXECS = "tracepoint:sched:sched_process_exec { @execs[comm] = count(); }"
COUNT_SWITCHES = "tracepoint:sched:sched_switch { @switches[args->next_comm] = count(); }"

LABELS = {
    "nothing": "nothing",
    "ringside": "Ringside, all three probes",
    "ringside-tcp": "Ringside, tcp alone",
    "ringside-process": "Ringside, process alone",
    "ringside-sched": "Ringside, sched alone",
    "libbpf-tools": "tcplife + tcpstates + runqlat",
    "tcplife": "tcplife",
    "tcpstates": "tcpstates",
    "runqlat": "runqlat",
    "execsnoop": "execsnoop",
    "bpftrace": "bpftrace: states, execs, switches counted",
    "node_exporter": "node_exporter",
}

TOOLS = {
    "tcplife": ["tcplife"],
    "tcpstates": ["tcpstates"],
    "runqlat": ["runqlat", "3600"],
    "execsnoop": ["execsnoop"],
}


def agent(name, bench):
    """To be entered by `with`; CannotRun is raised there, if anywhere."""
    if name == "ringside":
        return Ringside(bench)
    if name.startswith("ringside-"):
        return Ringside(bench, probes=[name.removeprefix("ringside-")])
    if name == "libbpf-tools":
        return Agent(bench.work, TOOLS["tcplife"], TOOLS["tcpstates"], TOOLS["runqlat"])
    if name == "bpftrace":
        return Agent(bench.work, ["bpftrace", "-e", f"{COUNT_STATES} {COUNT_EXECS} {COUNT_SWITCHES}"])
    if name == "node_exporter":
        return NodeExporter(bench.work)
    return Agent(bench.work, TOOLS[name])
