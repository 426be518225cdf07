package dev.ringside.identity.kubelet;

import dev.ringside.identity.ThreadEnd;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Keeps the pod index fresh: a thread of its own, {@code ringside-pods}, asks at once, then every period and on request, and hands on an index
 * after each answer. A question without an answer leaves the last index standing, and its age is known.
 */
public final class PodWatcher implements AutoCloseable {

    public static final String THREAD_NAME = "ringside-pods";

    private static final Logger LOG = System.getLogger("dev.ringside.kubelet");

    /** As long as it takes for the last events of a pod's connections to come. */
    static final Duration LINGER = Duration.ofMinutes(5);

    /** Is told after each question, answered or not, what is known now. */
    @FunctionalInterface
    public interface Publisher {
        void asked(PodIndex pods, Stats stats);
    }

    private final PodSource source;
    private final RefreshSchedule schedule;
    private final Supplier<Instant> clock;
    private final Publisher publisher;
    private final Thread thread;
    private volatile boolean requested;
    private volatile boolean closed;
    private volatile Stats stats;
    private volatile PodIndex index = PodIndex.empty();
    private PodIndex published = PodIndex.empty();
    /** Codes of failures that the log has, since the last answer. */
    private final Set<String> said = new HashSet<>();

    /**
     * What the questions did so far.
     *
     * @param requests         by code
     * @param requested        of these, asked before their time because of an unknown container
     * @param lastAnswer       when the last answer came, unchanged ones included
     * @param failure          what is wrong now; empty after an answer
     * @param lastDurationNanos of the last question
     */
    public record Stats(String source, Map<String, Long> requests, long requested, int pods, Optional<Instant> lastAnswer, Optional<String> failure,
                        long lastDurationNanos) {

        public Stats {
            requests = Collections.unmodifiableMap(new TreeMap<>(requests));
        }

        Stats withFailure(String message) {
            return new Stats(source, requests, requested, pods, lastAnswer, Optional.of(message), lastDurationNanos);
        }

        Stats plus(PodAnswer answer, boolean asked, int nowListed, Instant now, long durationNanos) {
            Map<String, Long> counts = new TreeMap<>(requests);
            counts.merge(answer.code(), 1L, Long::sum);
            Optional<String> wrong = answer instanceof PodAnswer.Failed failed ? Optional.of(failed.message()) : Optional.empty();
            return new Stats(source, counts, requested + (asked ? 1 : 0), nowListed, wrong.isEmpty() ? Optional.of(now) : lastAnswer, wrong, durationNanos);
        }
    }

    private PodWatcher(PodSource source, RefreshSchedule schedule, Supplier<Instant> clock, Publisher publisher) {
        this.source = source;
        this.schedule = schedule;
        this.clock = clock;
        this.publisher = publisher;
        this.stats = new Stats(source.description(), Map.of(), 0, 0, Optional.empty(), Optional.empty(), 0);
        this.thread = Thread.ofPlatform().name(THREAD_NAME).daemon().unstarted(this::run);
    }

    /**
     * @param publisher called on the watcher's thread; must not block for long
     */
    public static PodWatcher start(PodSource source, Publisher publisher) {
        return start(source, new RefreshSchedule(source.period(), bound -> ThreadLocalRandom.current().nextLong(bound)), Instant::now, publisher);
    }

    static PodWatcher start(PodSource source, RefreshSchedule schedule, Supplier<Instant> clock, Publisher publisher) {
        PodWatcher watcher = new PodWatcher(source, schedule, clock, publisher);
        watcher.thread.start();
        return watcher;
    }

    /** Asks before its time; rate-limited. For the drain thread: one volatile read as long as a request is pending. */
    public void requestRefresh() {
        if (!requested) {
            requested = true;
            LockSupport.unpark(thread);
        }
    }

    /** What is known now. */
    public PodIndex index() {
        return index;
    }

    public Stats stats() {
        return stats;
    }

    private void run() {
        while (!closed) {
            boolean asked = requested;
            long waitNanos = schedule.nanosUntilNext(System.nanoTime(), asked);
            if (waitNanos > 0) {
                // A request or close() between the reads above and here has left its permit: park returns at once.
                LockSupport.parkNanos(this, waitNanos);
            } else {
                // Before the question: a request made during it may be for a container that the answer has already passed over.
                requested = false;
                ask(asked);
            }
        }
    }

    private void ask(boolean asked) {
        long startNanos = System.nanoTime();
        Instant now = clock.get();
        PodAnswer answer = answer();
        if (answer instanceof PodAnswer.Pods(_, List<Pod> pods)) {
            published = published.next(pods, now, LINGER);
        }
        long endNanos = System.nanoTime();
        say(answer);
        switch (answer) {
            case PodAnswer.Pods _, PodAnswer.Unchanged _ -> schedule.answered(startNanos, endNanos);
            case PodAnswer.Failed failed -> schedule.failed(startNanos, endNanos, failed.retryAfter().map(Duration::toNanos).orElse(0L));
        }
        Stats next = stats.plus(answer, asked, published.listed(), now, endNanos - startNanos);
        try {
            // Without an answer as well: the counts have changed, and who waits for a container has to learn that it was asked for.
            publisher.asked(published, next);
        } catch (RuntimeException e) {
            next = next.withFailure("pods couldn't be handed on: reason=" + e);
        }
        stats = next;
        index = published;
    }

    /** Each kind of failure once, until there is an answer again. */
    private void say(PodAnswer answer) {
        switch (answer) {
            case PodAnswer.Failed failed when !closed && said.add(failed.code()) -> LOG.log(Level.WARNING, failed.message());
            case PodAnswer.Failed _ -> { }
            case PodAnswer.Pods _, PodAnswer.Unchanged _ -> {
                if (!said.isEmpty()) {
                    said.clear();
                    LOG.log(Level.INFO, "answers again: " + source.description());
                }
            }
        }
    }

    private PodAnswer answer() {
        try {
            return source.fetch();
        } catch (InterruptedException e) {
            // Nobody but close() interrupts this thread.
            return new PodAnswer.Failed("closed", "asking for pods was given up: the daemon stops", Optional.empty());
        } catch (RuntimeException e) {
            return new PodAnswer.Failed("error", "asking for pods failed: source=" + source.description() + ", reason=" + e, Optional.empty());
        }
    }

    /** Ends the thread and waits for it; a question under way is given up. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        ThreadEnd.await(thread);
    }
}
