package dev.ringside.probes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.bpf.Alternative;
import dev.ringside.bpf.AttachPoint;
import dev.ringside.bpf.BpfObjectSpec;
import dev.ringside.bpf.Mechanism;
import dev.ringside.btf.BtfFile;
import dev.ringside.btf.ElfFile;
import dev.ringside.btf.ElfSymbol;
import dev.ringside.metric.MetricSpec;
import dev.ringside.probe.Knob;
import dev.ringside.probe.Probe;
import dev.ringside.probe.ProbeCatalog;
import dev.ringside.probe.ProbeSpec;
import dev.ringside.testing.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A probe is four things: C, Java, a test, a row in the docs. Says which one is missing, or names what another doesn't have. */
class CatalogTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z][a-z0-9_]*)` \\|.*$");

    /** @param rows by the probe's name */
    private record Pieces(SortedSet<String> sources, SortedMap<String, ProbeSpec> probes, SortedSet<String> tests, SortedMap<String, String> rows) {

        List<String> missing() {
            List<String> missing = new ArrayList<>();
            for (String source : sources) {
                if (!probes.containsKey(source)) {
                    missing.add("probes/src/" + source + ".bpf.c has no Probe named '" + source + "'");
                }
            }
            for (ProbeSpec probe : probes.values()) {
                if (!sources.contains(probe.name())) {
                    missing.add("the Probe named '" + probe.name() + "' has no probes/src/" + probe.name() + ".bpf.c");
                }
                if (!tests.contains(className(probe.name()))) {
                    missing.add(className(probe.name()) + "ProbeTest is missing");
                }
                if (rows.containsKey(probe.name())) {
                    missing.addAll(missingInRow(probe, rows.get(probe.name())));
                } else {
                    missing.add("docs/probes.md has no row for '" + probe.name() + "'");
                }
            }
            for (String row : rows.keySet()) {
                if (!probes.containsKey(row)) {
                    missing.add("docs/probes.md has a row for '" + row + "', and there is no Probe of that name");
                }
            }
            return missing;
        }

        private static List<String> missingInRow(ProbeSpec probe, String row) {
            List<String> words = new ArrayList<>();
            probe.points().forEach(point -> words.add(point.name()));
            probe.points().stream().flatMap(point -> point.alternatives().stream()).map(Alternative::mechanism).map(Mechanism::label).forEach(words::add);
            probe.knobs().forEach(knob -> words.add(knob.name()));
            return words.stream().distinct().filter(word -> !row.contains("`" + word))
                    .map(word -> "docs/probes.md: the row for '" + probe.name() + "' doesn't name `" + word + "`").toList();
        }
    }

    @Test
    void everyProbeIsComplete() throws IOException {
        SortedMap<String, ProbeSpec> probes = new TreeMap<>();
        ProbeCatalog.installed().probes().forEach(probe -> probes.put(probe.spec().name(), probe.spec()));
        SortedSet<String> sources = Repository.stems("probes/src", ".bpf.c");
        // Not a probe but what identities come from: CgroupChanges.
        sources.remove("cgroup");
        SortedSet<String> tests = Repository.stems("collector/src/test/java/dev/ringside/probes", "ProbeTest.java");

        assertThat(new Pieces(sources, probes, tests, rows()).missing()).isEmpty();
        assertThat(probes).as("an empty catalogue is complete as well").containsKeys("tcp", "process", "sched");
    }

    @Test
    void saysWhatIsMissing() {
        SortedMap<String, String> rows = new TreeMap<>(Map.of("gone", "| `gone` |", "tcp", "| `tcp` | `tp_btf` |"));
        ProbeSpec odd = spec("block_io", List.of());
        ProbeSpec tcp = spec("tcp", List.of(Knob.flag("names", false, "doc", new Knob.Target.Constant("names"))));

        assertThat(new Pieces(new TreeSet<>(List.of("tcp", "x")), new TreeMap<>(Map.of("tcp", tcp, "block_io", odd)), new TreeSet<>(List.of("Tcp")), rows)
                .missing()).containsExactly(
                "probes/src/x.bpf.c has no Probe named 'x'",
                "the Probe named 'block_io' has no probes/src/block_io.bpf.c",
                "BlockIoProbeTest is missing",
                "docs/probes.md has no row for 'block_io'",
                "docs/probes.md: the row for 'tcp' doesn't name `point`",
                "docs/probes.md: the row for 'tcp' doesn't name `names`",
                "docs/probes.md has a row for 'gone', and there is no Probe of that name");
    }

    /** What the Java side names, the object has; and what the object has is of use to somebody. */
    @Test
    void specsAndObjectsAgree() throws IOException {
        List<String> problems = new ArrayList<>();
        for (Probe probe : ProbeCatalog.installed().probes()) {
            problems.addAll(disagreements(probe.spec(), probe.object()));
        }

        assertThat(problems).isEmpty();
    }

    @Test
    void saysWhereSpecAndObjectDisagree() throws IOException {
        ProbeSpec spec = new ProbeSpec("process", "Wrong.", true,
                List.of(Knob.flag("names", false, "doc", new Knob.Target.Constant("names")), Knob.number("max", 1, 1, 2, "doc", new Knob.Target.MapSize("rooms"))),
                List.of(AttachPoint.required("exec", Alternative.of(Mechanism.TP_BTF, "sched_process_exec", "exec_raw_tp", "exec_tpp"),
                                Alternative.of(Mechanism.TRACEPOINT, "sched:sched_process_exec", "exec_tp")),
                        AttachPoint.required("exit", Alternative.of(Mechanism.TP_BTF, "sched_process_exit", "exit_tp_btf", "exit_tp"))),
                List.of());

        assertThat(disagreements(spec, new ProcessProbe().object())).containsExactlyInAnyOrder(
                "process.bpf.o: tp_btf exec_raw_tp is in section raw_tp/sched_process_exec",
                "process.bpf.o: tp_btf exit_tp is in section tp/sched/sched_process_exit",
                "process.bpf.o has no program exec_tpp",
                "process.bpf.o: no attach point uses exec_tp_btf",
                "process.bpf.o: no attach point uses exit_raw_tp",
                "process.bpf.o has no constant names, which the knob names sets",
                "process.bpf.o has no map rooms, which the knob max sizes");
    }

    @Test
    void noFamilyHasTwoProbes() {
        List<String> names = ProbeCatalog.installed().probes().stream().flatMap(probe -> probe.spec().metrics().stream()).map(MetricSpec::name).toList();

        assertThat(names).doesNotHaveDuplicates().allSatisfy(name -> assertThat(name).startsWith("ringside_"));
    }

    private static List<String> disagreements(ProbeSpec spec, BpfObjectSpec object) {
        ElfFile elf = ElfFile.ofBytes(object.elf());
        BtfFile btf = BtfFile.of(elf);
        String file = spec.name() + ".bpf.o";
        Map<String, String> unused = new HashMap<>(sections(elf));
        List<String> problems = new ArrayList<>();
        for (AttachPoint point : spec.points()) {
            for (Alternative alternative : point.alternatives()) {
                for (String program : alternative.programs()) {
                    unused.remove(program);
                    String section = sections(elf).get(program);
                    if (section == null) {
                        problems.add(file + " has no program " + program);
                    } else if (!section.startsWith(sectionOf(alternative.mechanism()))) {
                        problems.add(file + ": " + alternative.mechanism().label() + " " + program + " is in section " + section);
                    }
                }
            }
        }
        unused.keySet().forEach(program -> problems.add(file + ": no attach point uses " + program));
        for (Knob knob : spec.knobs()) {
            switch (knob.target()) {
                case Knob.Target.Constant(String variable) when btf.variable(variable).isEmpty() ->
                    problems.add(file + " has no constant " + variable + ", which the knob " + knob.name() + " sets");
                case Knob.Target.MapSize(String map) when btf.variable(map).isEmpty() ->
                    problems.add(file + " has no map " + map + ", which the knob " + knob.name() + " sizes");
                case Knob.Target.Constant _, Knob.Target.MapSize _ -> { }
            }
        }
        return problems;
    }

    /** By program; libbpf knows by the section what a program is attached to. */
    private static Map<String, String> sections(ElfFile elf) {
        Map<String, String> sections = new TreeMap<>();
        for (ElfSymbol symbol : elf.symbols()) {
            if (symbol.type() == ElfSymbol.FUNCTION && symbol.isDefined()) {
                String section = elf.sections().get(symbol.sectionIndex()).name();
                if (!section.equals(".text")) { // what programs call, such as for each element of a map
                    sections.put(symbol.name(), section);
                }
            }
        }
        return sections;
    }

    private static String sectionOf(Mechanism mechanism) {
        return switch (mechanism) {
            case TP_BTF -> "tp_btf/";
            case RAW_TRACEPOINT -> "raw_tp/";
            case TRACEPOINT -> "tp/";
            case FENTRY -> "fentry/";
            case FEXIT -> "fexit/";
            case KPROBE -> "kprobe/";
            case KRETPROBE -> "kretprobe/";
            case SOCK_OPS -> "sockops";
            case CGROUP_SOCK_ADDR -> "cgroup/";
            case ITER -> "iter/";
            case SYSCALL, KERNEL_FIELD -> "syscall";
        };
    }

    private static SortedMap<String, String> rows() throws IOException {
        SortedMap<String, String> rows = new TreeMap<>();
        Matcher row = ROW.matcher(Files.readString(Repository.path("docs/probes.md")));
        while (row.find()) {
            rows.put(row.group(1), row.group());
        }
        return rows;
    }

    /** {@code block_io} becomes {@code BlockIo}. */
    private static String className(String probe) {
        return Pattern.compile("(?:^|_)([a-z0-9])").matcher(probe).replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
    }

    private static ProbeSpec spec(String name, List<Knob> knobs) {
        return new ProbeSpec(name, "A probe.", true, knobs,
                List.of(AttachPoint.required("point", Alternative.of(Mechanism.TP_BTF, "hook", "program"))), List.of());
    }
}
