package dev.ringside.e2e.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Debian's wrk with a connection per request. */
public record Wrk(long requests, long socketErrors) {
    public static final int CONNECTIONS = 8;

    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ");
    private static final Pattern ERRORS = Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");

    public static Wrk run(TestCgroup cgroup, String url, int seconds) {
        Run run = Run.of(cgroup.command("wrk", "-t", "1", "-c", Integer.toString(CONNECTIONS), "-d", seconds + "s", "-H", "Connection: close", url));
        assertThat(run.exitCode()).as("%s", run).isZero();
        Matcher requests = REQUESTS.matcher(run.text());
        assertThat(requests.find()).as(run.text()).isTrue();
        Matcher errors = ERRORS.matcher(run.text());
        long socketErrors = 0;
        if (errors.find()) {
            for (int i = 1; i <= errors.groupCount(); i++) {
                socketErrors += Long.parseLong(errors.group(i));
            }
        }
        return new Wrk(Long.parseLong(requests.group(1)), socketErrors);
    }
}
