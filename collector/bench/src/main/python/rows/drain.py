"""Draining a full ring."""


from row import Column, Goal, Plot, Row

MEMORY = "the wait for memory is in both figures; see the ring of 1 MiB for what is left without it"
SIZES = {"16 MiB": 16 << 20, "1 MiB": 1 << 20}
RECORDS = [64, 128]
case_of = lambda record, ring: f"{record}-byte records, ring of {ring}"


def measure(bench, results):
    programs = [str(bench.native / "drain")]
    if (bench.native / "drain-go").exists():
        programs.append(str(bench.native / "drain-go"))
    else:
        results.absent("", "go", bench.missing["go"])
    for line in bench.java("dev.ringside.bench.RingDrain", bench.native / "fill.bpf.o", 5 if bench.quick else 20, *programs).splitlines():
        size, record, contender, nanos = line.split()
        ring = next(name for name, length in SIZES.items() if length == int(size))
        results.add(case_of(record, ring), contender, "ns_per_record", float(nanos))


def worst(contender, ring):
    def figure(results):
        ratios = [results.ratio(case_of(record, ring), "ringside", contender, "ns_per_record") for record in RECORDS]
        ratios = [ratio for ratio in ratios if ratio is not None]
        return max(ratios) if ratios else None
    return figure


def slowdown(contender, ring):
    def figure(results):
        ratio = worst(contender, ring)(results)
        return 1 / ratio if ratio else None
    return figure


ROW = Row(
    name="drain",
    title="Drain of a full ring",
    text="A kernel ring, nine tenths full of records that a BPF program wrote, is read to its end: header checked, first eight bytes summed up, "
         "records given back. 16 MiB are more than a core has of caches for itself, so waiting for memory is a part of it; 1 MiB is the daemon's default on up to eight CPUs. Processes alternate in "
         "five blocks; what is taken is the CPU time of the reading thread. The bound is a C loop without calls that gives the space back once. "
         "It follows each header to the next, as libbpf does, and waits for each; ours compares a header with the one before, and so is a few records ahead: it can be below the bound.",
    contenders={
        "ringside": "Ringside: RingReader (Java, over the mapped ring)",
        "bound": "the bound: a bare C loop over the same memory",
        "libbpf": "libbpf `ring_buffer__consume`, C",
        "upcall": "libbpf `ring_buffer__consume`, Java by FFM upcall",
        "go": "cilium/ebpf `ringbuf.Reader`, Go",
    },
    columns=[Column("ns a record", "ns_per_record", 2)],
    goals=[
        Goal("≤ 1.15 × the bound", worst("bound", "16 MiB"), 1.15, unit="×"),
        Goal("≤ 1.15 × the bound, ring of 1 MiB", worst("bound", "1 MiB"), 1.15, unit="×"),
        Goal("≤ 0.7 × libbpf in C", worst("libbpf", "16 MiB"), 0.7, unit="×", why=MEMORY),
        Goal("≤ 0.7 × libbpf in C, ring of 1 MiB", worst("libbpf", "1 MiB"), 0.7, unit="×",
             why="being some records ahead brings what waiting for the cache costs, and that depends on who else uses the host's: from 0.7 to 1.1 with the same code on different days"),
        Goal("≥ 4 × faster than an upcall", slowdown("upcall", "16 MiB"), 4, at_least=True, unit="×", why=MEMORY),
        Goal("≥ 4 × faster than an upcall, ring of 1 MiB", slowdown("upcall", "1 MiB"), 4, at_least=True, unit="×"),
        Goal("≥ 5 × faster than Go", slowdown("go", "16 MiB"), 5, at_least=True, unit="×", why=MEMORY),
        Goal("≥ 5 × faster than Go, ring of 1 MiB", slowdown("go", "1 MiB"), 5, at_least=True, unit="×"),
    ],
    measure=measure,
    plots=[Plot("drain", "Drain of a full ring: nanoseconds a record", "ns_per_record", "ns a record, less is better")],
)
