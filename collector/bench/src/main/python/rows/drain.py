"""Draining a full ring."""


from row import Column, Goal, Plot, Row

MEMORY = "the wait for memory is in both figures; without it the distance is larger"
CASES = {"64": "64-byte records", "128": "128-byte records"}


def measure(bench, results):
    programs = [str(bench.native / "drain")]
    if (bench.native / "drain-go").exists():
        programs.append(str(bench.native / "drain-go"))
    else:
        results.absent("", "go", bench.missing["go"])
    for line in bench.java("dev.ringside.bench.RingDrain", bench.native / "fill.bpf.o", 5 if bench.quick else 20, *programs).splitlines():
        size, contender, nanos = line.split()
        results.add(CASES[size], contender, "ns_per_record", float(nanos))


def worst(contender):
    def figure(results):
        ratios = [results.ratio(case, "ringside", contender, "ns_per_record") for case in CASES.values()]
        ratios = [ratio for ratio in ratios if ratio is not None]
        return max(ratios) if ratios else None
    return figure


def slowdown(contender):
    def figure(results):
        ratio = worst(contender)(results)
        return 1 / ratio if ratio else None
    return figure


ROW = Row(
    name="drain",
    title="Drain of a full ring",
    text="A kernel ring of 16 MiB, nine tenths full of records that a BPF program wrote, is read to its end: header checked, first eight bytes summed up, "
         "records given back. Processes alternate in five blocks; what is taken is the CPU time of the reading thread. The bound is the least that can be done: a C loop without calls that gives the space back once.",
    contenders={
        "ringside": "Ringside: RingReader (Java, over the mapped ring)",
        "bound": "the bound: a bare C loop over the same memory",
        "libbpf": "libbpf `ring_buffer__consume`, C",
        "upcall": "libbpf `ring_buffer__consume`, Java by FFM upcall",
        "go": "cilium/ebpf `ringbuf.Reader`, Go",
    },
    columns=[Column("ns a record", "ns_per_record", 2)],
    goals=[
        Goal("≤ 1.15 × the bound", worst("bound"), 1.15, unit="×"),
        Goal("≤ 0.7 × libbpf in C", worst("libbpf"), 0.7, unit="×",
             why="a ring of 16 MiB is not in the CPU's caches, so all wait for memory; libbpf itself is near the bound here, and nothing can be a third below that"),
        Goal("≥ 4 × faster than an upcall", slowdown("upcall"), 4, at_least=True, unit="×", why=MEMORY),
        Goal("≥ 5 × faster than Go", slowdown("go"), 5, at_least=True, unit="×", why=MEMORY),
    ],
    measure=measure,
    plots=[Plot("drain", "Drain of a full ring: nanoseconds a record", "ns_per_record", "ns a record, less is better")],
)
