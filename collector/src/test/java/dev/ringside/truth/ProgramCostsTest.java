package dev.ringside.truth;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

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

    @KernelTest
    void asManyRunsAsTheKernelCounts() throws Exception {
        String before = Files.readString(STATISTICS);
        try (Engine engine = LiveEngine.start(new TcpProbe())) {
            Files.writeString(STATISTICS, "1");
            Map<String, ProbeStatus.Program> began = programs(engine);
            Map<Integer, Long> kernelBegan = kernelCounts();
            connect();
            Map<Integer, Long> kernelEnded = kernelCounts();
            Map<String, ProbeStatus.Program> ended = programs(engine);

            List<ProbeStatus.Program> often = ended.values().stream()
                    .filter(program -> program.runs() - began.get(program.name()).runs() > 4L * CONNECTIONS).toList();
            assertThat(often).as("state changes, ten a connection, and sock_ops").hasSizeGreaterThanOrEqualTo(2).allSatisfy(program -> {
                ProbeStatus.Program then = began.get(program.name());
                assertThat(program.runs() - then.runs()).as(program.name())
                        .isCloseTo(kernelEnded.get(program.id()) - kernelBegan.get(program.id()), withinPercentage(1)); // others of the machine connect as well
                assertThat(program.runNanos() - then.runNanos()).as(program.name()).isPositive();
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
