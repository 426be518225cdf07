package dev.ringside.pipeline;

import dev.ringside.bpf.BpfRuntime;
import dev.ringside.kernel.TraceFs;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Plain tracepoints are found through tracefs. Mounted where a user's system would have it, and taken away again. */
final class TraceFsMount implements AutoCloseable {

    private static final Logger LOG = System.getLogger("dev.ringside.engine");

    private final BpfRuntime bpf;
    private final TraceFs.Mounting mounting;

    private TraceFsMount(BpfRuntime bpf, TraceFs.Mounting mounting) {
        this.bpf = bpf;
        this.mounting = mounting;
    }

    static TraceFsMount ensure(BpfRuntime bpf) {
        TraceFs.Mounting mounting = TraceFs.mountIfAbsent(bpf.libc());
        switch (mounting) {
            case TraceFs.Mounting.AlreadyThere there -> LOG.log(Level.DEBUG, "tracefs is mounted: path={0}", there.path());
            case TraceFs.Mounting.Mounted mounted -> LOG.log(Level.INFO, "mounted tracefs for the time being: path={0}", mounted.path());
            case TraceFs.Mounting.Failed failed -> LOG.log(Level.WARNING, failed.reason());
        }
        return new TraceFsMount(bpf, mounting);
    }

    @Override
    public void close() {
        TraceFs.unmount(bpf.libc(), mounting);
    }
}
