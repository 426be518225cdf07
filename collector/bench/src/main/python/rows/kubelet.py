"""The kubelet's answer."""

import json

from row import Column, Goal, Row


def measure(bench, results):
    file = bench.work / "jmh.json"
    options = ["-wi", "3", "-i", "3", "-w", "500ms", "-r", "500ms"] if bench.quick else ["-wi", "5", "-i", "10", "-w", "1s", "-r", "1s"]
    bench.java("org.openjdk.jmh.Main", "KubeletRefresh", "-f", "1", "-prof", "gc", "-rf", "json", "-rff", file, *options)
    for benchmark in json.loads(file.read_text()):
        contender, case = benchmark["benchmark"].rsplit(".", 1)[1], f"110 pods, 1.5 MB, {benchmark['params']['answer']}"
        results.add(case, contender, "ms", *[value for fork in benchmark["primaryMetric"]["rawData"] for value in fork])
        allocated = [value for fork in benchmark["secondaryMetrics"]["gc.alloc.rate.norm"]["rawData"] for value in fork]
        results.add(case, contender, "allocated_mb", *[value / 1e6 for value in allocated])


def most(metric):
    def figure(results):
        values = [results.median(case, "ringside", metric) for case in results.cases()]
        return max((value for value in values if value is not None), default=None)
    return figure


ROW = Row(
    name="kubelet",
    title="A kubelet's answer",
    text="JMH, with `-prof gc`: an answer of 110 pods with their managed fields, environments, volumes, conditions and statuses, read in pieces of 16 KiB, and the next index of "
         "pods made of it, which is what `ringside-pods` does every half minute. Of an answer that changes, ten pods are others each time. The obvious way has Jackson make a tree of the "
         "document, and takes the same fields out of that.",
    contenders={"ringside": "Ringside", "tree": "the obvious way: Jackson's tree"},
    columns=[Column("ms an answer", "ms", 2), Column("MB allocated an answer", "allocated_mb", 2)],
    goals=[
        Goal("≤ 20 ms an answer", most("ms"), 20, unit="ms"),
        Goal("≤ 2 MB of garbage an answer", most("allocated_mb"), 2, unit="MB"),
    ],
    measure=measure,
)
