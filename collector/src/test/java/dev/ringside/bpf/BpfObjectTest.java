package dev.ringside.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.ffi.LibBpf;
import dev.ringside.ffi.LibC;
import dev.ringside.kernel.Feature;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

final class BpfObjectTest {
    private static final int CGROUP_SOCK_OPS = 3; // enum bpf_attach_type
    private static final AttachPoint SYSCALLS =
            AttachPoint.required("syscalls", Alternative.of(Mechanism.RAW_TRACEPOINT, "sys_enter", "count_raw_tp"));
    private static final AttachPoint TASKS = AttachPoint.required("tasks", Alternative.of(Mechanism.ITER, "task", "walk_tasks"));
    private static final AttachPoint CONNECTS =
            AttachPoint.required("connects", Alternative.of(Mechanism.SOCK_OPS, "cgroup2 root", "count_connects"));

    @KernelTest(needs = Feature.CGROUP2)
    void leavesNothingInTheKernelAndNoDescriptorBehind() throws IOException {
        Fixture.load(Fixture.SPEC, SYSCALLS, TASKS, CONNECTS).close(); // whatever is opened once for good, is open now
        List<String> before = bpfDescriptors();
        BpfObject object = Fixture.load(Fixture.SPEC, SYSCALLS, TASKS, CONNECTS);
        List<Integer> programs = object.stats().stream().map(ProgramStats::id).toList();
        List<Integer> maps = object.maps().stream().map(BpfMap::id).toList();
        object.walk("tasks").orElseThrow().walk(8, (memory, offset) -> { });
        assertThat(programs).hasSize(3).allSatisfy(id -> assertThat(exists(LibBpf.Kind.PROGRAM, id)).isTrue());
        assertThat(maps).hasSizeGreaterThan(4).allSatisfy(id -> assertThat(exists(LibBpf.Kind.MAP, id)).isTrue());
        assertThat(bpfDescriptors().stream().filter(name -> name.contains("link"))).hasSize(3);

        object.close();
        object.close();
        assertThat(bpfDescriptors()).isEqualTo(before);
        // The kernel frees them after an RCU grace period.
        Await.until("programs and maps are gone", () -> programs.stream().noneMatch(id -> exists(LibBpf.Kind.PROGRAM, id))
                && maps.stream().noneMatch(id -> exists(LibBpf.Kind.MAP, id)));
    }

    @KernelTest
    void leavesNothingBehindWhereItIsRefused() throws IOException {
        List<String> before = bpfDescriptors();
        LoadOutcome outcome = new BpfLoader(Fixture.RUNTIME).load(Fixture.SPEC, AttachPlan.of(SYSCALLS,
                AttachPoint.required("nowhere", Alternative.of(Mechanism.RAW_TRACEPOINT, "no_such_tracepoint", "missing_raw_tp"))));
        assertThat(outcome).isInstanceOf(LoadOutcome.Refused.class);
        assertThat(bpfDescriptors()).isEqualTo(before);
    }

    @KernelTest(needs = Feature.MAP_ITERATORS)
    void leavesNothingBehindWhereAPlanNamesWhatIsNotThere() throws IOException {
        List<String> before = bpfDescriptors();
        AttachPoint broken = AttachPoint.required("walk", Alternative.of(Mechanism.ITER, "bpf_map_elem:nonesuch", "walk_plain"));
        assertThatThrownBy(() -> new BpfLoader(Fixture.RUNTIME).load(Fixture.SPEC, AttachPlan.of(SYSCALLS, broken)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("no such map in BPF object: object=fixture, map=nonesuch");
        assertThat(bpfDescriptors()).isEqualTo(before);
    }

    @KernelTest(needs = Feature.CGROUP2)
    void sharesTheCgroupWithProgramsOfOthers() throws IOException {
        try (BpfObject others = Fixture.load(Fixture.SPEC, CONNECTS)) {
            int withOthers = sockOpsPrograms();
            try (BpfObject ours = Fixture.load(Fixture.SPEC, CONNECTS)) {
                assertThat(sockOpsPrograms()).isEqualTo(withOthers + 1);
                long before = Fixture.sum(others.map("connects"));
                connect(20);
                assertThat(Fixture.sum(ours.map("connects"))).isGreaterThanOrEqualTo(20);
                assertThat(Fixture.sum(others.map("connects"))).isGreaterThanOrEqualTo(before + 20);
            }
            assertThat(sockOpsPrograms()).isEqualTo(withOthers);
            long before = Fixture.sum(others.map("connects"));
            connect(5);
            assertThat(Fixture.sum(others.map("connects"))).as("after ours is gone").isGreaterThanOrEqualTo(before + 5);
        }
    }

    @KernelTest
    void tellsWhatIsLoaded() {
        try (BpfObject object = Fixture.load(Fixture.SPEC, SYSCALLS)) {
            assertThat(object.stats()).singleElement().satisfies(stats -> {
                assertThat(stats.name()).isEqualTo("count_raw_tp");
                assertThat(stats.section()).isEqualTo("raw_tp/sys_enter");
                assertThat(stats.id()).isPositive();
                assertThat(stats.jitBytes()).isPositive();
            });
        }
    }

    private static void connect(int times) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < times; i++) {
                try (Socket client = new Socket(server.getInetAddress(), server.getLocalPort()); Socket accepted = server.accept()) {
                    assertThat(client.isConnected() && accepted.isConnected()).isTrue();
                }
            }
        }
    }

    private static int sockOpsPrograms() throws IOException {
        Path root = Fixture.RUNTIME.paths().cgroup2().orElseThrow().path();
        int fd = Fixture.RUNTIME.libc().open(root.toString(), LibC.O_RDONLY | LibC.O_DIRECTORY);
        try {
            return Fixture.RUNTIME.libbpf().programQuery(fd, CGROUP_SOCK_OPS, new int[64]);
        } finally {
            Fixture.RUNTIME.libc().close(fd);
        }
    }

    // Others load and unload programs on this machine too, so totals say nothing; an id is not given twice.
    private static boolean exists(LibBpf.Kind kind, int id) {
        return Fixture.RUNTIME.libbpf().nextId(kind, id - 1) == id;
    }

    private static List<String> bpfDescriptors() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.map(BpfObjectTest::target).filter(name -> name.contains("bpf") || name.contains("btf")).sorted().toList();
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
