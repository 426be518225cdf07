package dev.ringside.truth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.pipeline.Engine;
import dev.ringside.pipeline.EngineConfig.ProbeSettings;
import dev.ringside.pipeline.EventSubscription;
import dev.ringside.pipeline.KernelEvent;
import dev.ringside.probes.ProcessProbe;
import dev.ringside.testing.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;

/** What somebody who watches processes is shown. */
class ProcessEventsTest {
    private static final long DEADLINE_SECONDS = 20;
    private static final ProbeSettings WITH_ARGUMENTS = new ProbeSettings(true, 1 << 20, "", Map.of("arguments", true));

    @AutoClose
    private static Actors actors;

    @BeforeAll
    static void compile() throws IOException, InterruptedException {
        actors = Actors.compile();
    }

    @KernelTest
    void showsWhoStartedWhatAndHowItEnded() throws Exception {
        String name = Actors.uniqueName("shown");
        try (Engine engine = LiveEngine.start(new ProcessProbe()); EventSubscription events = watch(engine, name)) {
            long before = wallNanos();
            Actor actor = actors.start(name, "exit", 3);
            assertThat(actor.status()).isEqualTo(3);

            KernelEvent exec = next(events);
            assertThat(exec.fields()).containsExactly(Map.entry("command", name), Map.entry("pid", (int) actor.pid()),
                    Map.entry("event", "exec"), Map.entry("parent_pid", exec.fields().get("parent_pid")),
                    Map.entry("file", actors.named(name).toString()));
            assertThat(exec.wallTimeNanos()).isBetween(before, wallNanos());
            assertThat(exec.identity()).containsEntry("workload", name).containsEntry("workload_kind", "process");

            KernelEvent exit = next(events);
            assertThat(exit.fields()).containsEntry("pid", (int) actor.pid()).containsEntry("event", "exit")
                    .containsEntry("parent_pid", (int) ProcessHandle.current().pid()).containsEntry("reason", "failure").containsEntry("exit_code", 3);
            assertThat(exit.wallTimeNanos()).isGreaterThan(exec.wallTimeNanos());
        }
    }

    /** Command lines may carry secrets: nothing of them leaves the kernel unless it was asked for. */
    @KernelTest
    void showsArgumentsOnlyWhenToldTo() throws Exception {
        String name = Actors.uniqueName("secret");
        try (Engine engine = LiveEngine.start(new ProcessProbe()); EventSubscription events = watch(engine, name)) {
            actors.run(name, "exit", 0, "--password=hush");
            assertThat(next(events).fields()).doesNotContainKey("arguments");
        }
        try (Engine engine = LiveEngine.start(Map.of("process", WITH_ARGUMENTS), new ProcessProbe());
                EventSubscription events = watch(engine, name)) {
            assertThat(arguments(events, name, "exit", "0", "--password=hush")).containsExactly("exit", "0", "--password=hush");
            assertThat(arguments(events, name, "exit", "0", "Zürich", "日本", "")).containsExactly("exit", "0", "Zürich", "日本", "");
            assertThat(arguments(events, name, "exit", "0", "", "")).containsExactly("exit", "0", "", "");
            assertThat(arguments(events, name)).isEmpty();
        }
    }

    @KernelTest
    void cutsLongCommandLinesAndSaysSo() throws Exception {
        String name = Actors.uniqueName("long");
        try (Engine engine = LiveEngine.start(Map.of("process", WITH_ARGUMENTS), new ProcessProbe());
                EventSubscription events = watch(engine, name)) {
            String program = actors.named(name).toString();
            String fits = "x".repeat(256 - (program + " exit 0 ").length() - 1);

            actors.run(name, "exit", 0, fits);
            KernelEvent whole = next(events);
            assertThat(whole.fields()).containsEntry("arguments", List.of(program, "exit", "0", fits)).doesNotContainKey("arguments_cut");
            next(events);

            actors.run(name, "exit", 0, fits + "y", "and more");
            KernelEvent cut = next(events);
            assertThat(cut.fields()).containsEntry("arguments", List.of(program, "exit", "0", fits + "y")).containsEntry("arguments_cut", true);
        }
    }

    /** A file system's journal has a thread that ends when it is unmounted. */
    @KernelTest
    void showsTheEndOfAKernelThreadAsTheKernels() throws Exception {
        Path image = actors.directory().resolve("image");
        Path mountPoint = Files.createDirectory(actors.directory().resolve("mount"));
        try (Engine engine = LiveEngine.start(new ProcessProbe())) {
            long before = Readings.of(engine).value("ringside_process_exits_total", Map.of("workload_kind", "kernel"));
            run("truncate", "--size=16M", image.toString());
            run("mkfs.ext4", "-q", image.toString());
            run("mount", "-o", "loop", image.toString(), mountPoint.toString());
            long journal = processNamed("jbd2/" + Files.getFileStore(mountPoint).name().replace("/dev/", ""));
            try (EventSubscription events = engine.subscribe("process", event -> event.fields().get("pid").equals((int) journal), 8)) {
                run("umount", mountPoint.toString());

                KernelEvent exit = next(events);
                assertThat(exit.fields()).containsEntry("event", "exit").containsEntry("command", "kernel");
                assertThat(exit.identity()).containsEntry("workload", "kernel").containsEntry("workload_kind", "kernel");
            }
            assertThat(Readings.of(engine).value("ringside_process_exits_total", Map.of("workload_kind", "kernel"))).isGreaterThan(before);
        }
    }

    private static EventSubscription watch(Engine engine, String name) {
        return engine.subscribe("process", event -> event.fields().get("command").equals(name), 64);
    }

    private static KernelEvent next(EventSubscription events) throws InterruptedException {
        KernelEvent event = events.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
        assertThat(event).as("an event within %s s", DEADLINE_SECONDS).isNotNull();
        return event;
    }

    /** Those that come behind the program's name. */
    private static List<String> arguments(EventSubscription events, String name, String... given) throws Exception {
        actors.run(name, (Object[]) given);
        KernelEvent exec = next(events);
        assertThat(next(events).fields()).containsEntry("event", "exit");
        List<String> arguments = new ArrayList<>();
        ((List<?>) exec.fields().get("arguments")).forEach(argument -> arguments.add((String) argument));
        assertThat(arguments.removeFirst()).isEqualTo(actors.named(name).toString());
        return arguments;
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).as(String.join(" ", command)).isZero();
    }

    private static long processNamed(String beginning) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.filter(path -> path.getFileName().toString().matches("\\d+")).filter(path -> nameOf(path).startsWith(beginning))
                    .mapToLong(path -> Long.parseLong(path.getFileName().toString())).findFirst()
                    .orElseThrow(() -> new AssertionError("no process of that name: name=" + beginning));
        }
    }

    private static String nameOf(Path process) {
        try {
            return Files.readString(process.resolve("comm"));
        } catch (IOException ended) {
            return "";
        }
    }

    private static long wallNanos() {
        return System.currentTimeMillis() * 1_000_000;
    }
}
