"""What traces cost the daemon: the thread that reads the rings, and those that send."""

import contextlib
import json
import math
import pathlib
import subprocess

from agents import Ringside, until
from loads import answers, free_port
from results import ROOT
from row import Column, Goal, Row

RATE = 10_000  # connections a second: two records, and two possible spans, each
RECORD, LOAD = "a record, both ends on this node", f"{RATE:,} connections a second"
OFF, AGAIN, NONE, ONE, TEN, SLOW = "off", "off again", "none kept", "1 %", "10 %", "slow"
RATIOS = {OFF: None, AGAIN: None, NONE: "0", ONE: "0.01", TEN: "0.1"}
SENDERS = ("ringside-traces", "vert.x-eventloo")  # as the kernel has their names


def records(bench, results):
    file = bench.work / "jmh.json"
    options = ["-wi", "2", "-i", "2", "-w", "300ms", "-r", "300ms"] if bench.quick else []
    bench.java("org.openjdk.jmh.Main", "SpanPath", "-f", "1", "-prof", "gc", "-rf", "json", "-rff", file, *options)
    names = {"OFF": OFF, "NONE": NONE, "ONE_PERCENT": ONE, "TEN_PERCENT": TEN, "SLOW": SLOW}
    for benchmark in json.loads(file.read_text()):
        who, metric = names[benchmark["params"]["kept"]], benchmark["primaryMetric"]
        results.add(RECORD, who, "ns_per_record", *[value for fork in metric["rawData"] for value in fork])
        results.add(RECORD, who, "bytes_per_record", benchmark["secondaryMetrics"]["gc.alloc.rate.norm"]["score"])


class Collector:
    """The OpenTelemetry Collector, which takes spans and drops them."""

    def __init__(self, work):
        self.port, self.config = free_port(), pathlib.Path(work) / "otelcol.yaml"
        self.config.write_text(f"receivers: {{otlp: {{protocols: {{http: {{endpoint: '127.0.0.1:{self.port}'}}}}}}}}\n"
                               "exporters: {debug: {verbosity: basic}}\n"
                               "service:\n  telemetry: {metrics: {level: none}, logs: {level: error}}\n"
                               "  pipelines: {traces: {receivers: [otlp], exporters: [debug]}}\n")

    def __enter__(self):
        binary = subprocess.run([ROOT / "scripts" / "get-otelcol"], capture_output=True, text=True, check=True).stdout.split()[-1]
        self.process = subprocess.Popen([binary, "--config", self.config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: answers(self.port), 30, "the Collector answered")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def threads(agent, *names):
    """CPU seconds of the agent's threads of these names, by the scheduler's own account."""
    seconds = 0
    for task in pathlib.Path(f"/proc/{agent.processes[0].pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError):  # it has ended
            if (task / "comm").read_text().strip() in names:
                seconds += int((task / "schedstat").read_text().split()[0]) / 1e9
    return seconds


def exported(agent):
    return sum(float(line.rsplit(" ", 1)[1]) for line in agent.scrape().decode().splitlines() if line.startswith("ringside_spans_exported_total{"))


def state(agent):
    return {"drain": threads(agent, "ringside-drain"), "senders": threads(agent, *SENDERS), "all": agent.cpu_seconds()}


def load(bench, results):
    """All of them at once, under the same connections: each one's CPU time is its own, and what the machine does to one in a window it does to all."""
    seconds, windows = (2, 3) if bench.quick else (5, 12)
    with contextlib.ExitStack() as stack:
        collector = stack.enter_context(Collector(bench.work))
        traced = [f"traces.endpoint=http://127.0.0.1:{collector.port}", "traces.max_spans_per_second=2500", "traces.slow_ratio=0"]
        agents = {who: stack.enter_context(Ringside(bench, *(traced + [f"traces.head_ratio={ratio}"] if ratio else []))) for who, ratio in RATIOS.items()}
        connect = stack.enter_context(subprocess.Popen([bench.native / "connect"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        stack.callback(connect.kill)

        def run(millis):
            print(RATE, millis, file=connect.stdin, flush=True)
            return int(connect.stdout.readline()) / millis * 1e3
        # Until the compiler has done with them: C2 gets what was called 50,000 times, and they all want it at once.
        run(15_000 if bench.quick else 45_000)
        for _ in range(windows):
            exported_before = {who: exported(agent) for who, agent in agents.items()}
            before = {who: state(agent) for who, agent in agents.items()}  # without the scrapes
            made = run(seconds * 1000)
            after = {who: state(agent) for who, agent in agents.items()}
            percent = {who: {part: 100 * (after[who][part] - before[who][part]) / seconds for part in after[who]} for who in agents}
            without = (percent[OFF]["drain"] + percent[AGAIN]["drain"]) / 2
            for who, agent in agents.items():
                results.add(LOAD, who, "connections", made)
                results.add(LOAD, who, "drain_percent", percent[who]["drain"])
                results.add(LOAD, who, "senders_percent", percent[who]["senders"])
                results.add(LOAD, who, "cpu_percent", percent[who]["all"])
                results.add(LOAD, who, "spans", (exported(agent) - exported_before[who]) / seconds)
                if RATIOS[who]:
                    results.add(LOAD, who, "more_percent", percent[who]["drain"] - without)
            results.add(LOAD, AGAIN, "more_percent", percent[AGAIN]["drain"] - percent[OFF]["drain"])
        for who, agent in agents.items():
            results.add(LOAD, who, "memory_mb", agent.memory_mib() * 1.048576)


def measure(bench, results):
    records(bench, results)
    load(bench, results)


def more_drain(results):
    return results.median(LOAD, ONE, "more_percent")


def more_than_noise(results):
    """As a multiple of what two daemons without traces differ by in nine windows of ten: one in which a compiler worked for one of them says nothing."""
    differences = sorted(map(abs, results.values(LOAD, AGAIN, "more_percent")))
    noise = differences[math.ceil(0.9 * len(differences)) - 1] if differences else 0
    return more_drain(results) / noise if noise else None


def more_when_hot(results):
    one, off = results.median(RECORD, ONE, "ns_per_record"), results.median(RECORD, OFF, "ns_per_record")
    return None if one is None or off is None else (one - off) * 2 * RATE / 1e9 * 100


def senders(results):
    """For 2,000 spans a second, of what was sent with 10 % of 20,000."""
    spent, sent = results.median(LOAD, TEN, "senders_percent"), results.median(LOAD, TEN, "spans")
    return spent / sent * 2_000 if sent else None


ROW = Row(
    name="traces",
    title="Traces",
    text="First JMH: what a connection's records cost the drain thread from the mapped bytes on, with both ends on this node, joined and decided upon. Then five daemons at once, "
         "under the same connections, with an OpenTelemetry Collector behind those that trace: CPU of their drain threads, of the threads that send (the exporter's and the HTTP "
         "client's), and of the whole process; the compiler's and the metrics' part is in the last. `More than without` is each window's own difference: of one that traces to the mean "
         "of the two that don't, and of these two to each other, which is how much is noise.",
    contenders={OFF: "no traces", AGAIN: "no traces, another daemon", NONE: "traces, 0 % kept", ONE: "traces, 1 % kept", TEN: "traces, 10 % kept", SLOW: "traces, the slowest 1 % kept"},
    columns=[Column("ns a record", "ns_per_record"), Column("bytes allocated", "bytes_per_record", 1, False), Column("spans a second", "spans", 0),
             Column("drain thread, % of a core", "drain_percent", 2), Column("more than without", "more_percent", 2), Column("senders, % of a core", "senders_percent", 2),
             Column("process, % of a core", "cpu_percent", 1), Column("RSS, MB", "memory_mb", 0, False)],
    goals=[
        Goal(f"1 % kept of {RATE:,} connections a second: the drain thread needs ≤ 0.5 % of a core more than without traces", more_drain, 0.5, unit="% of a core"),
        Goal("the same: nothing measurable, which is no more than two daemons without traces differ by in nine windows of ten", more_than_noise, 1, unit="×",
             why="with 0 % kept it is that, in the median; a kept span takes some 5 µs, of which hot code would take a tenth. There are five in a pass, and between two passes others use the "
                 "core, so their code, and the memory that they are written to, are outside of its caches"),
        Goal(f"the same by JMH, hot, for {2 * RATE:,} records a second: ≤ 0.05 % of a core", more_when_hot, 0.05, unit="% of a core"),
        Goal("2,000 spans a second sent: ≤ 10 % of a core", senders, 10, unit="% of a core"),
    ],
    measure=measure,
)
