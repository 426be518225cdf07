"""How much the whole engine takes before it loses something, and how late."""

import itertools

from row import Column, Goal, Plot, Row

RINGS = {"256 KiB": 256 << 10, "1 MiB": 1 << 20, "4 MiB": 4 << 20, "16 MiB": 16 << 20}
RATES = [10_000, 50_000, 100_000, 200_000, 400_000, 800_000, 1_600_000]
INTERVAL_MS = 25
DEFAULT = "1 MiB"
HISTOGRAM = " from hook to metric at most, at 100,000 a second"


def measure(bench, results):
    # The engine on core 0, what makes the records on core 1.
    for ring, size in RINGS.items():
        command = ["taskset", "-c", "0", f"{bench.java_home}/bin/java", "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-Xmx96m", "-cp",
                   bench.classpath, "dev.ringside.bench.Sustained", bench.native / "flood.bpf.o", f"taskset -c 1 {bench.native / 'pace'}", size,
                   500 if bench.quick else 3_000]
        for line in bench.run(command + (RATES[2::2] if bench.quick else RATES)).splitlines():
            rate, made, lost, cores, p50, p99, p999, histogram = line.split()
            case = f"{int(rate):,} a second"
            results.add(case, ring, "made", float(made))
            results.add(case, ring, "lost", float(lost))
            results.add(case, ring, "lost_share", 100 * float(lost) / float(made) / (0.5 if bench.quick else 3))
            results.add(case, ring, "cores", float(cores))
            results.add(case, ring, "p50_ms", float(p50))
            results.add(case, ring, "p99_ms", float(p99))
            results.add(case, ring, "p999_ms", float(p999))
            if ring == DEFAULT and int(rate) == 100_000:
                steps(results, [(float(bound), int(count)) for bound, count in (step.split(":") for step in histogram.split(","))])


def steps(results, within):
    """The histogram at 100,000 a second: the share of all records in each step, and up to it."""
    all_records, before = within[-1][1], 0
    for bound, count in within:
        case = f"{bound:g} ms{HISTOGRAM}"
        results.add(case, DEFAULT, "share", 100 * (count - before) / all_records)
        results.add(case, DEFAULT, "share_within", 100 * count / all_records)
        before = count


def at_a_rate(case):
    return not case.endswith(HISTOGRAM)


def knee(results):
    """The highest rate asked for at which the default ring lost nothing, and nothing at any lower one."""
    measured = [(rate, max(lost)) for rate in RATES if (lost := results.values(f"{rate:,} a second", DEFAULT, "lost"))]
    without = list(itertools.takewhile(lambda one: one[1] == 0, measured))
    return None if not measured else without[-1][0] if without else 0


def at_100k(metric):
    return lambda results: max((max(results.values("100,000 a second", ring, metric), default=0) for ring in RINGS), default=None)


ROW = Row(
    name="sustained",
    title="Records a second before the first loss",
    text="The engine as the daemon has it (ring, identities, families, books), on core 0; on core 1 a process that writes records of 128 bytes by system calls, at a "
         "steady rate. Latency is from the hook to the metric family, of which every snapshot that is taken next is made. CPU is the whole engine's process.",
    contenders={ring: f"ring of {ring}" for ring in RINGS},
    columns=[Column("made a second", "made", 0, False), Column("lost", "lost", 0), Column("CPU, cores", "cores", 3), Column("p50 ms", "p50_ms", 1),
             Column("p99 ms", "p99_ms", 1), Column("p99.9 ms", "p999_ms", 1), Column("% of the records", "share", 2), Column("% up to here", "share_within", 2)],
    goals=[
        Goal("0 lost at 100,000 a second, any ring", at_100k("lost"), 0, unit="lost",
             why="a ring that is smaller than what comes while the reader has no CPU loses; the default of 1 MiB has room for 7,700 records of this size"),
        Goal("≤ 1 core at 100,000 a second", at_100k("cores"), 1, unit="cores"),
        Goal("p99 latency < 2 × the drain interval of 25 ms, at 100,000 a second", at_100k("p99_ms"), 2 * INTERVAL_MS, unit="ms"),
        Goal("the knee of the default ring (1 MiB) at or beyond 100,000 a second", knee, 100_000, at_least=True, unit="a second"),
    ],
    measure=measure,
    plots=[Plot("sustained", "Records lost, by ring", "lost_share", "% of the records", lines=True, across="records a second", cases=at_a_rate),
           Plot("latency", "From the hook to the metric, p99", "p99_ms", "ms", lines=True, across="records a second", cases=at_a_rate),
           Plot("latency_histogram", "From the hook to the metric at 100,000 a second", "share_within", "% of the records within this time", lines=True, across="ms",
                cases=lambda case: not at_a_rate(case))],
)
