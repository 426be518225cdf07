package dev.ringside.pipeline;

import dev.ringside.bpf.BpfRuntime;
import dev.ringside.kernel.TraceFs;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Plain tracepoints are found through tracefs. A thread that sees it, whether it is mounted or not, attaches, and takes its mount with it when it ends. */
final class AttachThread {

    private static final Logger LOG = System.getLogger("dev.ringside.engine");

    private AttachThread() {}

    interface Work {

        void run() throws IOException, EngineException;
    }

    /** Does the work and waits for its end. */
    static void run(BpfRuntime bpf, Work work) throws IOException, EngineException {
        FutureTask<Void> task = new FutureTask<>(() -> {
            mountTraceFs(bpf);
            work.run();
            return null;
        });
        Thread.ofPlatform().name("ringside-attach").start(task);
        try {
            await(task);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException cause -> throw cause;
                case EngineException cause -> throw cause;
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    private static void mountTraceFs(BpfRuntime bpf) {
        switch (TraceFs.mountForThisThread(bpf.libc())) {
            case TraceFs.Mounting.AlreadyThere there -> LOG.log(Level.DEBUG, "tracefs is mounted: path={0}", there.path());
            case TraceFs.Mounting.Mounted mounted -> LOG.log(Level.DEBUG, "tracefs was not mounted; the attaching thread has a mount of its own: path={0}", mounted.path());
            case TraceFs.Mounting.Failed failed -> LOG.log(Level.WARNING, failed.reason());
        }
    }

    /** An interrupt waits as well: half of an attached probe would be nobody's to detach. */
    private static void await(FutureTask<Void> task) throws ExecutionException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    task.get();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
