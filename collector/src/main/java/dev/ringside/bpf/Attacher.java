package dev.ringside.bpf;

import dev.ringside.ffi.Errno;
import dev.ringside.ffi.LibBpf;
import dev.ringside.ffi.LibBpfMessages;
import dev.ringside.ffi.LibC;
import dev.ringside.kernel.FeatureTable;
import dev.ringside.kernel.HostPaths;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Attaches the programs of a loaded object, each by its alternative's mechanism. */
final class Attacher {
    private static final int MAX_MESSAGES = 8 << 10;

    private final BpfRuntime runtime;
    private final RefusalExplainer explainer;

    Attacher(BpfRuntime runtime, RefusalExplainer explainer) {
        this.runtime = runtime;
        this.explainer = explainer;
    }

    /** Attaches whatever can be attached; the refusals of what can't, so that one more round is enough for all of them. */
    List<Refusal> attachAll(BpfObject object, Map<AttachPoint, Alternative> chosen) {
        List<Refusal> refusals = new ArrayList<>();
        chosen.forEach((point, alternative) -> attach(object, point, alternative).ifPresent(refusals::add));
        return refusals;
    }

    private Optional<Refusal> attach(BpfObject object, AttachPoint point, Alternative alternative) {
        for (String program : alternative.programs()) {
            if (object.isAttached(program)) {
                continue; // two points may share a program
            }
            switch (attachProgram(object, alternative, program)) {
                case Try.Linked linked -> object.attached(point, alternative, program, linked.link());
                case Try.Ran ignored -> object.ran(point, alternative, program);
                case Try.Failed failed -> {
                    return Optional.of(failed.refusal());
                }
            }
        }
        return Optional.empty();
    }

    private sealed interface Try {
        record Linked(MemorySegment link) implements Try {}

        /** There is nothing that it could be attached to. */
        record Ran() implements Try {}

        record Failed(Refusal refusal) implements Try {}
    }

    private Try attachProgram(BpfObject object, Alternative alternative, String name) {
        LibBpf libbpf = runtime.libbpf();
        MemorySegment program = object.program(name);
        try (LibBpfMessages messages = libbpf.captureMessages(MAX_MESSAGES)) {
            return switch (alternative.mechanism()) {
                case TP_BTF, RAW_TRACEPOINT, TRACEPOINT, FENTRY, FEXIT, KPROBE, KRETPROBE ->
                        linkedOrFailed(libbpf.programAttach(program), alternative, messages);
                case ITER -> linkedOrFailed(libbpf.programAttachIterator(program, iteratedMap(object, alternative)), alternative, messages);
                case SOCK_OPS, CGROUP_SOCK_ADDR -> attachToCgroup(program, alternative, messages);
                case SYSCALL, KERNEL_FIELD -> {
                    int result = BpfProgramRun.once(libbpf, libbpf.programFd(program));
                    yield result >= 0 ? new Try.Ran() : new Try.Failed(explainer.attach(alternative, Errno.ofResult(result), messages.text()));
                }
            };
        }
    }

    private Try linkedOrFailed(MemorySegment link, Alternative alternative, LibBpfMessages messages) {
        return link.address() != 0
                ? new Try.Linked(link)
                : new Try.Failed(explainer.attach(alternative, runtime.libbpf().lastError(), messages.text()));
    }

    private static int iteratedMap(BpfObject object, Alternative alternative) {
        String map = alternative.iteratedMap();
        return map.isEmpty() ? -1 : object.map(map).fd();
    }

    // A bpf_link at a cgroup implies BPF_F_ALLOW_MULTI (kernel/bpf/cgroup.c, cgroup_bpf_link_attach), so that programs of others
    // go on running beside ours. A directory's descriptor is enough: read-only mounts are no obstacle.
    private Try attachToCgroup(MemorySegment program, Alternative alternative, LibBpfMessages messages) {
        LibC libc = runtime.libc();
        Optional<Path> root;
        try {
            root = runtime.paths().cgroup2().map(HostPaths.Mount::path);
        } catch (IOException e) {
            return noCgroup(alternative, Errno.NONE, e.getMessage());
        }
        if (root.isEmpty()) {
            return noCgroup(alternative, Errno.ENOENT, "no cgroup2 hierarchy is mounted: path=" + runtime.paths().cgroupfs());
        }
        int fd = libc.open(root.get().toString(), LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_CLOEXEC);
        if (fd < 0) {
            Errno errno = Errno.ofResult(fd);
            return noCgroup(alternative, errno, "cgroup2 hierarchy can't be opened: path=" + root.get() + ", error=" + errno);
        }
        Try attached = linkedOrFailed(runtime.libbpf().programAttachCgroup(program, fd), alternative, messages);
        libc.close(fd); // the link holds the cgroup itself
        return attached;
    }

    private static Try noCgroup(Alternative alternative, Errno errno, String reason) {
        return new Try.Failed(new Refusal(alternative, Refusal.Stage.ATTACH, errno, reason, FeatureTable.CGROUP2_REMEDY, ""));
    }
}
