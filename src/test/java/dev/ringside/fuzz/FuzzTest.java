package dev.ringside.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ringside.testing.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Everything that reads bytes that are not our own, for a while each under Jazzer: nothing comes out of it but answers and our own refusals, within
 * bounded time and memory. {@code -Dringside.fuzz.seconds=} says how long; {@code make fuzz} takes two minutes each. Two at a time: none uses more
 * than a core. An input that fails is kept
 * in {@code target/fuzz/}; once fixed it belongs into {@code src/test/resources/fuzz/TARGET}, where each run begins.
 */
class FuzzTest {
    private static final List<String> TARGETS = List.of("dev.ringside.fuzz.ObjectFileFuzz", "dev.ringside.fuzz.EventFuzz", "dev.ringside.fuzz.CgroupPathFuzz",
            "dev.ringside.daemon.config.ConfigFuzz", "dev.ringside.daemon.kubelet.PodListFuzz",
            "dev.ringside.daemon.cluster.ApiObjectsFuzz");
    private static final int SECONDS = Integer.getInteger("ringside.fuzz.seconds", 30);
    private static final Pattern INPUTS = Pattern.compile("stat::number_of_executed_units: (\\d+)");

    /** One input may take this long, in an instrumented JVM on a machine that has other things to do; a hang takes for ever. */
    private static final int LONGEST_INPUT_SECONDS = 20;

    private static final ExecutorService CORES = Executors.newFixedThreadPool(2);

    @AfterAll
    static void stop() {
        CORES.shutdownNow();
    }

    @TestFactory
    Stream<DynamicTest> inputs() {
        Map<String, Future<?>> runs = new LinkedHashMap<>();
        for (String target : TARGETS) {
            runs.put(target, CORES.submit(() -> {
                fuzz(target);
                return null;
            }));
        }
        return runs.entrySet().stream().map(run -> dynamicTest(run.getKey(), () -> {
            try {
                run.getValue().get();
            } catch (ExecutionException e) {
                throw e.getCause();
            }
        }));
    }

    private static void fuzz(String target) throws IOException, InterruptedException {
        String name = target.substring(target.lastIndexOf('.') + 1);
        Path found = Files.createDirectories(Repository.path("target/fuzz").resolve(name));
        Path log = found.resolveSibling(name + ".log");
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m", "-XX:+UseSerialGC", "-XX:+EnableDynamicAgentLoading", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
                "-cp", System.getProperty("java.class.path"), "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target, "--instrumentation_includes=dev.ringside.**", "--custom_hook_includes=dev.ringside.**",
                "-max_total_time=" + SECONDS, "-timeout=" + LONGEST_INPUT_SECONDS, "-max_len=16384", "-print_final_stats=1",
                "-artifact_prefix=" + found + "-", found.toString()));
        Path seeds = Repository.path("src/test/resources/fuzz").resolve(name);
        if (Files.isDirectory(seeds)) {
            command.add(seeds.toString());
        }
        Process jazzer = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        int code;
        try {
            code = jazzer.waitFor();
        } finally {
            jazzer.destroyForcibly(); // others are not waited for once one of us is interrupted
        }
        String said = Files.readString(log);
        assertThat(code).as("%s; the input is in %s-*, all it said in %s:%n%s", name, found, log, said.lines().filter(FuzzTest::tells).toList()).isZero();
        Matcher inputs = INPUTS.matcher(said);
        assertThat(inputs.find()).as("number of inputs in %s", log).isTrue();
        assertThat(Long.parseLong(inputs.group(1))).as("inputs tried").isGreaterThan(100);
        System.out.println("fuzz " + name + ": inputs=" + inputs.group(1) + ", seconds=" + SECONDS);
    }

    private static boolean tells(String line) {
        return line.startsWith("== ") || line.contains("Exception") || line.contains("Error") || line.startsWith("\tat dev.ringside");
    }
}
