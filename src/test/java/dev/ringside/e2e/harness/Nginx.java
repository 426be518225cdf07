package dev.ringside.e2e.harness;

import dev.ringside.testing.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Debian's nginx with a config of its own, in a cgroup of its own. It counts what it accepts. */
public final class Nginx implements AutoCloseable {
    private static final String CONFIG = """
            daemon off;
            master_process off;
            pid %1$s/pid;
            error_log stderr;
            events { worker_connections 1024; }
            http {
              access_log off;
              client_body_temp_path %1$s/body;
              proxy_temp_path %1$s/proxy;
              fastcgi_temp_path %1$s/fastcgi;
              uwsgi_temp_path %1$s/uwsgi;
              scgi_temp_path %1$s/scgi;
              server {
                listen 127.0.0.1:%2$d backlog=4096;
                location / { return 200 "hello\\n"; }
              }
              server {
                listen unix:%1$s/status;
                location / { stub_status; }
              }
            }
            """;

    private final Process process;
    private final Path directory;
    private final int port;

    private Nginx(Process process, Path directory, int port) {
        this.process = process;
        this.directory = directory;
        this.port = port;
    }

    public static Nginx start(TestCgroup cgroup, Path directory) {
        int port = FreePort.find();
        Path config = directory.resolve("nginx.conf");
        try {
            Files.writeString(config, CONFIG.formatted(directory, port));
            Path log = directory.resolve("log");
            Process process = cgroup.command("nginx", "-p", directory.toString(), "-c", config.toString())
                    .redirectErrorStream(true).redirectOutput(log.toFile()).start();
            Listening.await("nginx", process, log, port);
            return new Nginx(process, directory, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String url() {
        return "http://127.0.0.1:" + port + "/";
    }

    /** TCP connections so far. Asked through a Unix socket; that connection is left out. */
    public long accepted() {
        String status = String.join("\n", Run.tool("curl", "-sS", "--unix-socket", directory.resolve("status").toString(), "http://status/"));
        statusRequests++;
        return Long.parseLong(status.replaceFirst("(?s).*requests\\s+(\\d+) .*", "$1")) - statusRequests;
    }

    private long statusRequests;

    @Override
    public void close() {
        Processes.end(process);
    }
}
