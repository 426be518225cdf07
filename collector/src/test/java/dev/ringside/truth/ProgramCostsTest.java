package dev.ringside.truth;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.pipeline.Engine;
import dev.ringside.pipeline.ProbeStatus;
import dev.ringside.probes.TcpProbe;
import dev.ringside.testing.KernelTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What programs say of their own runs, beside what the kernel counts of them. */
class ProgramCostsTest {

    private static final Path STATISTICS = Path.of("/proc/sys/kernel/bpf_stats_enabled");
    private static final int CONNECTIONS = 2_000;
    /** Runs that one side has counted and the other not yet, on each CPU. */
    private static final long UNDER_WAY = Runtime.getRuntime().availableProcessors();

    @KernelTest
    void asManyRunsAsTheKernelCounts() throws Exception {
        String before = Files.readString(STATISTICS);
        try (Engine engine = LiveEngine.start(new TcpProbe())) {
            Files.writeString(STATISTICS, "1");
            // Others of the machine connect as well: the kernel is asked between two questions to us, before and after.
            Map<String, ProbeStatus.Program> first = programs(engine);
            Map<Integer, Long> kernelBegan = kernelCounts();
            Map<String, ProbeStatus.Program> second = programs(engine);
            connect();
            Map<String, ProbeStatus.Program> third = programs(engine);
            Map<Integer, Long> kernelEnded = kernelCounts();
            Map<String, ProbeStatus.Program> fourth = programs(engine);

            List<ProbeStatus.Program> often = fourth.values().stream()
                    .filter(program -> program.runs() - first.get(program.name()).runs() > CONNECTIONS).toList();
            assertThat(often).as("state changes, ten a connection, and sockets given back, two").hasSizeGreaterThanOrEqualTo(2).allSatisfy(program -> {
                String name = program.name();
                assertThat(kernelEnded.get(program.id()) - kernelBegan.get(program.id())).as(name)
                        .isBetween(third.get(name).runs() - second.get(name).runs() - UNDER_WAY, program.runs() - first.get(name).runs() + UNDER_WAY);
                assertThat(program.runNanos() - first.get(name).runNanos()).as(name).isPositive();
            });
        } finally {
            Files.writeString(STATISTICS, before.strip());
        }
    }

    private static Map<String, ProbeStatus.Program> programs(Engine engine) {
        return engine.probes().getFirst().programs().stream().collect(toMap(ProbeStatus.Program::name, program -> program));
    }

    /** By program id, from the descriptors of this process. */
    private static Map<Integer, Long> kernelCounts() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fdinfo"))) {
            return descriptors.map(ProgramCostsTest::fields).filter(fields -> fields.containsKey("prog_id"))
                    .collect(toMap(fields -> Integer.parseInt(fields.get("prog_id")), fields -> Long.parseLong(fields.getOrDefault("run_cnt", "0")), Math::max));
        }
    }

    private static Map<String, String> fields(Path descriptor) {
        try {
            return Files.readAllLines(descriptor).stream().map(line -> line.split(":\\s+", 2)).filter(parts -> parts.length == 2)
                    .collect(toMap(parts -> parts[0], parts -> parts[1].strip(), (one, _) -> one));
        } catch (IOException gone) {
            return Map.of();
        }
    }

    private static void connect() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < CONNECTIONS; i++) {
                try (Socket client = new Socket(server.getInetAddress(), server.getLocalPort()); Socket accepted = server.accept()) {
                    assertThat(client.isConnected() && accepted.isConnected()).isTrue();
                }
            }
        }
    }
}
