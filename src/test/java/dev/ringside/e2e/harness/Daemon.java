package dev.ringside.e2e.harness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.testing.Await;
import dev.ringside.testing.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;

/** A daemon that runs, on a port of its own. */
public final class Daemon implements AutoCloseable {
    private static final String READY = "ready url=";

    /** On a machine that has something else to do; how long it takes is for benchmarks to say. */
    private static final Duration LONGEST_START = Duration.ofMinutes(1);

    private final Process process;
    private final Lines out;
    private final Lines err;
    // One connection for all questions: what watches TCP would see more.
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private URI url;

    private Daemon(Process process) {
        this.process = process;
        this.out = new Lines(process.getInputStream());
        this.err = new Lines(process.getErrorStream());
    }

    public static Daemon start(String... options) {
        return start(Distribution.built().ringside().with(options));
    }

    public static Daemon start(Ringside ringside) {
        try {
            Daemon daemon = new Daemon(ringside.processBuilder("run", "--set", "http.port=0").start());
            Runtime.getRuntime().addShutdownHook(new Thread(daemon.process::destroyForcibly));
            try {
                daemon.awaitReady();
                return daemon;
            } catch (AssertionError e) {
                daemon.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitReady() {
        Await.until("a daemon that is ready or ended", LONGEST_START, () -> !out.soFar().isEmpty() || !process.isAlive());
        assertThat(out.soFar()).as("stdout, while stderr=%s", err.soFar()).singleElement().asString().startsWith(READY);
        url = URI.create(out.soFar().getFirst().substring(READY.length()));
    }

    public URI url() {
        return url;
    }

    public long pid() {
        return process.pid();
    }

    public Lines out() {
        return out;
    }

    public Lines err() {
        return err;
    }

    public Exposition scrape() {
        return Exposition.parse(get("metrics").body());
    }

    /** A debug page. */
    public Json debug(String page) {
        HttpResponse<String> response = get("debug/" + page);
        assertThat(response.statusCode()).as("%s", response.body()).isEqualTo(200);
        return Json.parse(response.body());
    }

    /** @param headers names and values in turn */
    public HttpResponse<String> get(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url.resolve(path)).timeout(Await.DEADLINE);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException("url=" + url + ", stderr=" + err.soFar(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while asking " + url, e);
        }
    }

    /** @param name without SIG */
    public void signal(String name) {
        Run.tool("kill", "-" + name, Long.toString(pid()));
    }

    /** Until none of its threads runs any more. */
    public void stop() {
        signal("STOP");
        Await.until("all threads stopped", () -> threadStates().stream().allMatch("T"::equals));
    }

    private List<String> threadStates() {
        try (var threads = Files.list(Path.of("/proc/" + pid() + "/task"))) {
            return threads.map(Daemon::state).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String state(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            // pid (comm) state …, and a comm may have anything in it.
            return stat.substring(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
        } catch (IOException e) {
            return "gone";
        }
    }

    /** @return the exit code, or that of a shell for one that a signal ended */
    public int awaitExit(long seconds) {
        try {
            assertThat(process.waitFor(seconds, TimeUnit.SECONDS)).as("ended within %d s; stderr=%s", seconds, err.soFar()).isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for the daemon's end", e);
        }
    }

    @Override
    public void close() {
        Processes.kill(process);
        client.shutdownNow();
    }

    /** A probe as {@code /debug/probes} tells of it. */
    public Json probe(String name) {
        return debug("probes").get("probes").with("name", name);
    }

    /** Samples of this daemon, waited for. */
    public Exposition await(String what, Predicate<Exposition> wanted) {
        return await(what, Await.DEADLINE, wanted);
    }

    public Exposition await(String what, Duration deadline, Predicate<Exposition> wanted) {
        Exposition[] last = new Exposition[1];
        Await.until(what, deadline, () -> wanted.test(last[0] = scrape()));
        return last[0];
    }

    /** The scrape in which the sum of such samples is what is expected at that moment. */
    public Exposition awaitSum(DoubleSupplier expected, String name, String... labels) {
        double[] last = new double[2];
        try {
            return await(name, scrape -> {
                last[0] = expected.getAsDouble();
                last[1] = scrape.sum(name, labels);
                return last[0] == last[1];
            });
        } catch (AssertionError e) {
            throw new AssertionError("sum of " + name + List.of(labels) + ": expected=" + last[0] + ", was=" + last[1], e);
        }
    }

    /** Everything that every log line has; each line has to be one. */
    public List<Map<String, String>> log() {
        return err.all().stream().map(LogLine::parse).toList();
    }
}
