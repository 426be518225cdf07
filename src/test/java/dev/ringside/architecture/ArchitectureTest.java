package dev.ringside.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.util.Arrays;
import java.util.stream.Stream;

/** The rooms of the house, and which doors are between them: {@code docs/architecture.md}. */
@AnalyzeClasses(packages = "dev.ringside", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String DAEMON = "dev.ringside.daemon..";

    @ArchTest
    static final ArchRule FFI = room("ffi");
    @ArchTest
    static final ArchRule BTF = room("btf");
    @ArchTest
    static final ArchRule METRIC = room("metric");
    @ArchTest
    static final ArchRule SPAN = room("span");
    @ArchTest
    static final ArchRule AGENT = room("agent");
    @ArchTest
    static final ArchRule EVENTS = room("events");
    @ArchTest
    static final ArchRule KERNEL = room("kernel", "ffi", "btf");
    @ArchTest
    static final ArchRule BPF = room("bpf", "ffi", "btf", "kernel");
    /** The poller is how an agent idles, so it sees that one interface. */
    @ArchTest
    static final ArchRule RING = room("ring", "ffi", "agent");
    @ArchTest
    static final ArchRule IDENTITY = room("identity", "kernel");
    @ArchTest
    static final ArchRule PROBES = room("probes", "probe", "metric", "span", "events", "bpf");
    @ArchTest
    static final ArchRule PROMETHEUS = room("exporters.prometheus", "metric");
    @ArchTest
    static final ArchRule MICROMETER = room("exporters.micrometer", "metric", "exporters.prometheus");

    @ArchTest
    static final ArchRule OTLP = room("exporters.otlp", "span");

    @ArchTest
    static final ArchRule NOBODY_SEES_THE_DAEMON = noClasses().that().resideOutsideOfPackage(DAEMON)
            .should().dependOnClassesThat().resideInAPackage(DAEMON);

    /** A probe says what it wants to attach to, as plain data; loading and attaching is the pipeline's. */
    @ArchTest
    static final ArchRule PROBES_SEE_ONLY_PLANS = noClasses().that().resideInAnyPackage("dev.ringside.probe..", "dev.ringside.probes..")
            .should().dependOnClassesThat().haveNameMatching("dev\\.ringside\\.bpf\\.(Bpf(?!ObjectSpec).*|Attacher|.*Object(?!Spec)|LoadOutcome|VerifierLog)");

    @ArchTest
    static final ArchRule NATIVE_CALLS_LIVE_IN_FFI = noClasses().that().resideOutsideOfPackage("dev.ringside.ffi..")
            .should().dependOnClassesThat().belongToAnyOf(Linker.class, SymbolLookup.class);

    @ArchTest
    static final ArchRule THE_DAEMONS_LIBRARIES_STAY_THERE = noClasses().that().resideOutsideOfPackage(DAEMON)
            .should().dependOnClassesThat().resideInAnyPackage("picocli..", "io.vertx..", "io.netty..", "com.fasterxml.jackson..", "tools.jackson..");

    @ArchTest
    static final ArchRule VERTX_SERVES_AND_ASKS_THE_KUBELET_AND_SENDS_SPANS = noClasses()
            .that().resideOutsideOfPackages("dev.ringside.daemon.http..", "dev.ringside.daemon.kubelet..", "dev.ringside.daemon.cluster..", "dev.ringside.daemon.otlp..")
            .should().dependOnClassesThat().resideInAnyPackage("io.vertx..", "io.netty..");

    @ArchTest
    static final ArchRule PICOCLI_STAYS_IN_CLI = noClasses().that().resideOutsideOfPackage("dev.ringside.daemon.cli..")
            .should().dependOnClassesThat().resideInAPackage("picocli..");

    @ArchTest
    static final ArchRule SIMPLECLIENT_STAYS_IN_ITS_EXPORTER = noClasses()
            .that().resideOutsideOfPackages("dev.ringside.exporters.prometheus..", "dev.ringside.exporters.micrometer..")
            .should().dependOnClassesThat().resideInAPackage("io.prometheus..");

    @ArchTest
    static final ArchRule MICROMETER_STAYS_IN_ITS_EXPORTER = noClasses().that().resideOutsideOfPackage("dev.ringside.exporters.micrometer..")
            .should().dependOnClassesThat().resideInAPackage("io.micrometer..");

    @ArchTest
    static final ArchRule OPENTELEMETRY_STAYS_IN_ITS_EXPORTER = noClasses().that().resideOutsideOfPackage("dev.ringside.exporters.otlp..")
            .should().dependOnClassesThat().resideInAPackage("io.opentelemetry..");

    @ArchTest
    static final ArchRule STDOUT_IS_THE_COMMAND_LINES = noClasses()
            .that().doNotHaveFullyQualifiedName("dev.ringside.daemon.cli.Terminal")
            .and().doNotHaveFullyQualifiedName("dev.ringside.btf.gen.Main")
            .should().accessField(System.class, "out");

    @ArchTest
    static final ArchRule STDERR_IS_THE_LOGS = noClasses()
            .that().doNotHaveFullyQualifiedName("dev.ringside.daemon.cli.Terminal")
            .and().doNotHaveFullyQualifiedName("dev.ringside.daemon.log.DaemonLoggerFinder")
            .should().accessField(System.class, "err");

    @ArchTest
    static final ArchRule NO_STATIC_STATE = fields().that().areStatic().and().doNotHaveName("$VALUES").should().beFinal();

    /** Depends on nothing of ours but the rooms named. */
    private static ArchRule room(String name, String... doors) {
        String[] allowed = Stream.concat(Stream.of(name), Arrays.stream(doors)).map(room -> "dev.ringside." + room + "..").toArray(String[]::new);
        return noClasses().that().resideInAPackage("dev.ringside." + name + "..")
                .should().dependOnClassesThat(resideInAnyPackage("dev.ringside..").and(resideOutsideOfPackages(allowed)).as("other rooms than " + Arrays.toString(allowed)));
    }
}
