package dev.ringside.bench;

import dev.ringside.bpf.Alternative;
import dev.ringside.bpf.AttachPlan;
import dev.ringside.bpf.AttachPoint;
import dev.ringside.bpf.BpfLoader;
import dev.ringside.bpf.BpfObject;
import dev.ringside.bpf.BpfObjectSpec;
import dev.ringside.bpf.BpfRuntime;
import dev.ringside.bpf.LoadOutcome;
import dev.ringside.bpf.Mechanism;
import dev.ringside.kernel.HostPaths;
import dev.ringside.ring.RingMapping;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/** A kernel ring that a program fills to nine tenths whenever this thread asks for it. */
final class FilledRing implements AutoCloseable {

    private static final int HEADER_BYTES = 8;
    private static final MethodHandle GETPPID = Native.libc("getppid", FunctionDescriptor.of(ValueLayout.JAVA_INT));
    private static final MethodHandle GETTID = Native.libc("gettid", FunctionDescriptor.of(ValueLayout.JAVA_INT));

    private final BpfObject object;
    private final RingMapping mapping;
    private final int records;

    private FilledRing(BpfObject object, RingMapping mapping, int records) {
        this.object = object;
        this.mapping = mapping;
        this.records = records;
    }

    static FilledRing open(Path file, int ringBytes, int recordBytes) throws Throwable {
        BpfRuntime runtime = BpfRuntime.start(HostPaths.defaults(), null);
        BpfObjectSpec spec = BpfObjectSpec.of("fill", Files.readAllBytes(file)).withKnob("target_thread", (int) GETTID.invokeExact())
                .withMapEntries("events", ringBytes);
        AttachPlan plan = AttachPlan.of(
                AttachPoint.required("fill", Alternative.of(Mechanism.RAW_TRACEPOINT, "sys_enter", "fill_" + recordBytes)));
        if (!(new BpfLoader(runtime).load(spec, plan) instanceof LoadOutcome.Loaded loaded)) {
            throw new IOException("the filling program is refused here: object=" + file);
        }
        RingMapping mapping = RingMapping.map(runtime.libc(), loaded.object().map("events").fd(), ringBytes);
        return new FilledRing(loaded.object(), mapping, ringBytes / (recordBytes + HEADER_BYTES) * 9 / 10);
    }

    /** One system call of this thread is one record. */
    void fill() throws Throwable {
        for (int i = 0; i < records; i++) {
            int ignored = (int) GETPPID.invokeExact();
        }
    }

    RingMapping mapping() {
        return mapping;
    }

    int fd() {
        return object.map("events").fd();
    }

    @Override
    public void close() {
        mapping.close();
        object.close();
    }
}
