"""Decode, identify, accumulate."""

import json

from row import Column, Goal, Plot, Row


def measure(bench, results):
    file = bench.work / "jmh.json"
    options = ["-wi", "4", "-i", "3", "-w", "200ms", "-r", "200ms", "-p", "containers=1,10000"] if bench.quick else ["-wi", "4", "-i", "6", "-w", "500ms", "-r", "500ms"]
    bench.java("org.openjdk.jmh.Main", "EventPath", "-f", "1", "-prof", "gc", "-rf", "json", "-rff", file, *options)
    for benchmark in json.loads(file.read_text()):
        contender, case = benchmark["benchmark"].rsplit(".", 1)[1], f"{int(benchmark['params']['containers']):,} containers, {benchmark['params']['probe']}"
        metric = benchmark["primaryMetric"]
        results.add(case, contender, "ns_per_record", *[value for fork in metric["rawData"] for value in fork])
        results.add(case, contender, "bytes_per_record", benchmark["secondaryMetrics"]["gc.alloc.rate.norm"]["score"])


def most(metric, cases=lambda case: True):
    def figure(results):
        values = [results.median(case, "ringside", metric) for case in results.cases() if cases(case)]
        return max((value for value in values if value is not None), default=None)
    return figure


def growth(count):
    """So many containers against one, the worse of the probes."""
    def figure(results):
        probes = [case.split(" containers, ")[1] for case in results.cases() if case.startswith("1 ")]
        pairs = [[results.median(f"{n} containers, {probe}", "ringside", "ns_per_record") for n in ("1", count)] for probe in probes]
        return max((many / one for one, many in pairs if one and many), default=None)
    return figure


MISSES = ("with 10,000 containers, each with two peers, places and rows are 7 MB, and a core has 2 MB of cache for itself. A record waits for three of them one after the other, as each "
          "says where the next one is: its container's place, its pair's, its rows. `perf` finds half of the time in two loads, the pair's key and the length of a row; the CPU looks some two "
          "records ahead. Records come in random order here, which is the worst there is. What was tried: [below](#before-and-after)")


ROW = Row(
    name="event_path",
    title="Decode, identify, accumulate",
    text="JMH, with `-prof gc`: 16,384 records of containers in random order, from the mapped bytes to the metric families. The obvious way makes an object of each "
         "record, strings of its labels, and looks its counters up in a `HashMap` by them. With peers, each container talks to a pod of this node and to an address on the internet, and families have a row for each such pair; a record asks first whether its peer is worth waiting for, as in the daemon.",
    contenders={"ringside": "Ringside", "recordAndHashMap": "the obvious way: a record object, a HashMap"},
    columns=[Column("ns a record", "ns_per_record"), Column("bytes allocated", "bytes_per_record", 1)],
    goals=[
        Goal("≤ 60 ns a record", most("ns_per_record"), 60, unit="ns", why=MISSES),
        Goal("≤ 60 ns a record without peers", most("ns_per_record", lambda case: not case.endswith("peers")), 60, unit="ns", why=MISSES),
        Goal("0 bytes allocated a record", most("bytes_per_record"), 0.05, unit="bytes"),
        Goal("flat from 1 to 100 containers, ± 20 %", growth("100"), 1.2, unit="×", why=MISSES),
        Goal("flat from 1 to 10,000 containers, ± 20 %", growth("10,000"), 1.2, unit="×", why=MISSES),
    ],
    measure=measure,
    plots=[Plot("event_path", "A record behind the ring, by containers", "ns_per_record", "ns a record", lines=True, across="containers",
                cases=lambda case: case.endswith("tcp"))],
)
