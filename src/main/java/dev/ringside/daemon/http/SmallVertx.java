package dev.ringside.daemon.http;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.util.concurrent.TimeUnit;

/** Vert.x with one event loop, and nothing else that costs memory. */
public final class SmallVertx {

    private SmallVertx() {}

    /** The caller's to close. */
    public static Vertx start() {
        // Addresses come from the config and are looked up once; Netty's own resolver would add threads, sockets and classes.
        System.setProperty("vertx.disableDnsResolver", "true");
        return Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setPreferNativeTransport(false)
                .setUseDaemonThread(true)
                .setBlockedThreadCheckInterval(TimeUnit.MINUTES.toMillis(1))
                .setFileSystemOptions(new FileSystemOptions().setClassPathResolvingEnabled(false).setFileCachingEnabled(false)));
    }
}
