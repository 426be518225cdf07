package dev.ringside.exporters.otlp;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait before the next attempt: twice as long each time, up to half a minute, and never quite the same for all nodes. */
final class Backoff {

    static final Duration FIRST = Duration.ofSeconds(1);
    static final Duration LONGEST = Duration.ofSeconds(30);

    private final RandomGenerator random;
    private Duration next = FIRST;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** @param asked what the backend asked for; it is waited for at least that long */
    Duration next(Duration asked) {
        // From half to one and a half of it.
        long millis = next.toMillis() / 2 + random.nextLong(next.toMillis());
        next = next.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : next.multipliedBy(2);
        Duration ours = Duration.ofMillis(millis);
        return asked.compareTo(ours) > 0 ? asked : ours; // as it is: in whole milliseconds it would be too short
    }

    void reset() {
        next = FIRST;
    }
}
