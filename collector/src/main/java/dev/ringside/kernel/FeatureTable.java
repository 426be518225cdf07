package dev.ringside.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringside.ffi.Errno;
import dev.ringside.ffi.LibBpf;
import dev.ringside.ffi.LibBpfMessages;
import dev.ringside.ffi.LibC;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * How each {@link Feature} is found out: by doing the smallest thing that needs it, or by looking at what the kernel
 * shows. Never by its version, which says little on a distribution's kernel.
 */
public final class FeatureTable {
    // enum bpf_prog_type, bpf_attach_type, bpf_map_type (include/uapi/linux/bpf.h)
    private static final int PROG_TYPE_SOCKET_FILTER = 1;
    private static final int PROG_TYPE_TRACING = 26;
    private static final int TRACE_RAW_TP = 23;
    private static final int TRACE_FENTRY = 24;
    private static final int TRACE_ITER = 28;
    private static final int MAP_TYPE_RINGBUF = 27;

    // r0 = 0; exit
    private static final long[] RETURN_ZERO = {0x00000000_000000b7L, 0x00000000_00000095L};

    // net/bpf/test_run.c: there for tests like this one, attachable wherever trampolines are.
    private static final String ATTACHABLE_FUNCTION = "bpf_fentry_test1";
    private static final String ANY_TRACEPOINT = "sched_switch";
    private static final String ELEMENTS = "bpf_map_elem";
    private static final List<Capability> TRACING = List.of(Capability.CAP_BPF, Capability.CAP_PERFMON);

    /** What a user can do when there is no cgroup2 hierarchy. */
    public static final String CGROUP2_REMEDY = "mount -t cgroup2 none /sys/fs/cgroup/unified, or set paths.cgroupfs";

    private final LibC libc;
    private final LibBpf libbpf;
    private final HostPaths paths;

    private FeatureTable(LibC libc, LibBpf libbpf, HostPaths paths) {
        this.libc = libc;
        this.libbpf = libbpf;
        this.paths = paths;
    }

    public static Features of(LibC libc, LibBpf libbpf, HostPaths paths) {
        return new Features(new FeatureTable(libc, libbpf, paths).rows());
    }

    private Map<Feature, Supplier<FeatureResult>> rows() {
        return Map.ofEntries(
                Map.entry(Feature.BPF_SYSCALL, this::bpfSyscall),
                Map.entry(Feature.KERNEL_BTF, this::kernelBtf),
                Map.entry(Feature.RING_BUFFER, () -> mapType(MAP_TYPE_RINGBUF)),
                Map.entry(Feature.TP_BTF, () -> loads(PROG_TYPE_TRACING, TRACE_RAW_TP, ANY_TRACEPOINT, TRACING)),
                Map.entry(Feature.TRAMPOLINES, () -> loads(PROG_TYPE_TRACING, TRACE_FENTRY, ATTACHABLE_FUNCTION, TRACING)),
                Map.entry(Feature.MAP_ITERATORS, () -> loads(PROG_TYPE_TRACING, TRACE_ITER, ELEMENTS, TRACING)),
                Map.entry(Feature.KPROBES, this::kprobes),
                Map.entry(Feature.TRACEFS, this::traceFs),
                Map.entry(Feature.CGROUP2, this::cgroup2),
                Map.entry(Feature.SCHED_INFO, this::schedInfo),
                Map.entry(Feature.TIMEOUT_COUNT, this::timeoutCount));
    }

    private FeatureResult bpfSyscall() {
        return loads(PROG_TYPE_SOCKET_FILTER, 0, null, List.of(Capability.CAP_BPF));
    }

    private FeatureResult loads(int programType, int attachType, String target, List<Capability> needed) {
        try (Arena arena = Arena.ofConfined(); LibBpfMessages messages = libbpf.captureMessages(2048)) {
            int btfId = 0;
            if (target != null) {
                btfId = libbpf.kernelBtfId(target, attachType);
                if (btfId < 0) {
                    return new FeatureResult.Inconclusive("no type information to try it with: target=" + target + ", error="
                            + Errno.ofResult(btfId));
                }
            }
            MemorySegment program = arena.allocateFrom(JAVA_LONG, RETURN_ZERO);
            int fd = libbpf.programLoad(programType, attachType, btfId, program);
            if (fd >= 0) {
                libc.close(fd);
                return new FeatureResult.Supported("a small program loads");
            }
            return refusedLoad(Errno.ofResult(fd), attachType == TRACE_FENTRY, needed, messages.text());
        }
    }

    private FeatureResult refusedLoad(Errno errno, boolean trampoline, List<Capability> needed, String messages) {
        if (errno.equals(Errno.EPERM) || errno.equals(Errno.EACCES)) {
            return denied(errno, trampoline, needed);
        }
        if (errno.equals(Errno.EINVAL) || errno.equals(Errno.ENOSYS) || errno.equals(Errno.EOPNOTSUPP) || errno.equals(Errno.ENOTSUPP)) {
            return new FeatureResult.Unsupported("a small program is refused: " + errno, "");
        }
        return new FeatureResult.Inconclusive("a small program failed to load: " + errno + " " + messages.strip());
    }

    private FeatureResult denied(Errno errno, boolean trampoline, List<Capability> needed) {
        try {
            Denial denial = Denial.of(Capabilities.ofThisProcess(paths.procfs()), needed, trampoline);
            return new FeatureResult.Unsupported(errno + ": " + denial.reason(), denial.remedy());
        } catch (IOException e) {
            return new FeatureResult.Inconclusive(errno + ", and the capabilities can't be read: " + e.getMessage());
        }
    }

    private FeatureResult mapType(int type) {
        int answer = libbpf.probeMapType(type);
        if (answer > 0) {
            return new FeatureResult.Supported("a small map can be made");
        }
        // libbpf's answer is the same whatever the kernel's reason was.
        if (!(bpfSyscall() instanceof FeatureResult.Supported)) {
            return new FeatureResult.Inconclusive("no BPF object can be made by this process, of whatever type");
        }
        return answer == 0
                ? new FeatureResult.Unsupported("the map type is refused", "needs Linux 5.8 or newer, and CAP_BPF")
                : new FeatureResult.Inconclusive("trying it failed: " + Errno.ofResult(answer));
    }

    private FeatureResult kernelBtf() {
        Path btf = paths.btf();
        if (Files.isReadable(btf)) {
            return new FeatureResult.Supported(btf + " is readable");
        }
        if (!Files.isDirectory(paths.sysfs().resolve("kernel"))) {
            return new FeatureResult.Inconclusive("sysfs is not there: path=" + paths.sysfs());
        }
        return new FeatureResult.Unsupported(btf + " is not there", "needs a kernel with CONFIG_DEBUG_INFO_BTF, and sysfs mounted");
    }

    private FeatureResult kprobes() {
        Path sources = paths.sysfs().resolve("bus/event_source/devices");
        if (Files.exists(sources.resolve("kprobe"))) {
            return new FeatureResult.Supported(sources.resolve("kprobe") + " is there");
        }
        if (!Files.isDirectory(sources)) {
            return new FeatureResult.Inconclusive("event sources can't be listed: path=" + sources);
        }
        return new FeatureResult.Unsupported("no event source named kprobe in " + sources, "needs a kernel with CONFIG_KPROBE_EVENTS");
    }

    private FeatureResult traceFs() {
        Optional<Path> found = TraceFs.find();
        return found.isPresent()
                ? new FeatureResult.Supported("mounted at " + found.get())
                : new FeatureResult.Unsupported("tracefs is not mounted: path=" + TraceFs.MOUNT_POINT,
                        "mount -t tracefs tracefs " + TraceFs.MOUNT_POINT);
    }

    private FeatureResult cgroup2() {
        try {
            Optional<HostPaths.Mount> root = paths.cgroup2();
            return root.isPresent()
                    ? new FeatureResult.Supported("mounted at " + root.get().mountPoint())
                    : new FeatureResult.Unsupported("no cgroup2 hierarchy is mounted: path=" + paths.cgroupfs(), CGROUP2_REMEDY);
        } catch (IOException e) {
            return new FeatureResult.Inconclusive(e.getMessage());
        }
    }

    private FeatureResult schedInfo() {
        // The struct is always there; its members are not (include/linux/sched.h, CONFIG_SCHED_INFO).
        return kernelType(btf -> btf.structMembers("sched_info") > 0
                ? new FeatureResult.Supported("struct sched_info has members")
                : new FeatureResult.Unsupported("struct sched_info is empty", "needs a kernel with CONFIG_SCHED_INFO"));
    }

    private FeatureResult timeoutCount() {
        return kernelType(btf -> btf.hasMember("tcp_sock", "total_rto")
                ? new FeatureResult.Supported("struct tcp_sock has total_rto")
                : new FeatureResult.Unsupported("struct tcp_sock has no total_rto", "needs Linux 6.7 or newer"));
    }

    private FeatureResult kernelType(Function<KernelBtf, FeatureResult> question) {
        try (KernelBtf btf = KernelBtf.open(libbpf)) {
            return btf == null
                    ? new FeatureResult.Inconclusive("the kernel shows no type information: " + libbpf.lastError())
                    : question.apply(btf);
        }
    }
}
