package dev.ringside.identity.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.testing.Await;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class PodWatcherTest {

    private static final Duration NEVER = Duration.ofDays(1);

    /** Each question waits until the test has an answer for it. */
    private static final class Asked implements PodSource {
        private final BlockingQueue<PodAnswer> answers = new SynchronousQueue<>();

        @Override
        public String description() {
            return "test";
        }

        @Override
        public Duration period() {
            return NEVER;
        }

        @Override
        public PodAnswer fetch() throws InterruptedException {
            PodAnswer answer = answers.take();
            if (answer instanceof PodAnswer.Unchanged(String code) && code.equals("throw")) {
                throw new IllegalStateException("no good");
            }
            return answer;
        }

        void answer(PodAnswer answer) throws InterruptedException {
            assertThat(answers.offer(answer, 20, TimeUnit.SECONDS)).as("somebody asks").isTrue();
        }

        @Override
        public void close() {}
    }

    private record Published(PodIndex pods, PodWatcher.Stats stats) {}

    private final Asked source = new Asked();
    private final BlockingQueue<Published> published = new LinkedBlockingQueue<>();
    private final Instant now = Instant.parse("2025-11-14T10:36:02Z");

    private PodWatcher start() {
        return PodWatcher.start(source, new RefreshSchedule(NEVER, _ -> 0), () -> now, (pods, stats) -> published.add(new Published(pods, stats)));
    }

    private Published next() throws InterruptedException {
        Published next = published.poll(20, TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        return next;
    }

    private static PodAnswer.Pods pods(Pod... pods) {
        return new PodAnswer.Pods("200", List.of(pods));
    }

    /** Whoever looks for pods' names looks into the log; a kubelet that is away for a night must not fill it. */
    @Test
    void saysEachKindOfFailureOnceUntilThereIsAnAnswer() throws Exception {
        List<String> said = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                said.add(entry.getLevel() + " " + entry.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger log = Logger.getLogger("dev.ringside.kubelet");
        log.addHandler(handler);
        try (PodWatcher watcher = start()) {
            for (PodAnswer answer : List.of(failed("401"), failed("401"), pods(), pods(), failed("401"))) {
                watcher.requestRefresh();
                source.answer(answer);
                next();
            }
        } finally {
            log.removeHandler(handler);
        }

        assertThat(said).containsExactly("WARNING no good: 401", "INFO answers again: test", "WARNING no good: 401");
    }

    private static PodAnswer.Failed failed(String code) {
        return new PodAnswer.Failed(code, "no good: " + code, Optional.empty());
    }

    @Test
    void asksAtOnceAndHandsOn() throws Exception {
        try (PodWatcher watcher = start()) {
            source.answer(pods(Pods.running("web-1", 0, "")));

            Published first = next();
            assertThat(first.pods().listed()).isEqualTo(1);
            assertThat(first.stats().requests()).isEqualTo(Map.of("200", 1L));
            assertThat(first.stats().lastAnswer()).contains(now);
            Await.until("stats are public", () -> watcher.stats().pods() == 1);
            assertThat(watcher.index()).isSameAs(first.pods());
        }
    }

    @Test
    void asksEarlyWhenRequested() throws Exception {
        try (PodWatcher watcher = start()) {
            source.answer(pods());
            next();

            watcher.requestRefresh();
            source.answer(pods(Pods.running("web-1", 0, "")));

            Published second = next();
            assertThat(second.pods().listed()).isEqualTo(1);
            assertThat(second.stats().requested()).isEqualTo(1);
        }
    }

    @Test
    void keepsTheLastGoodAnswer() throws Exception {
        try (PodWatcher watcher = start()) {
            source.answer(pods(Pods.running("web-1", 0, "")));
            PodIndex good = next().pods();

            watcher.requestRefresh();
            source.answer(new PodAnswer.Failed("503", "in trouble", Optional.empty()));

            Published after = next();
            assertThat(after.pods()).isSameAs(good);
            assertThat(after.stats().failure()).contains("in trouble");
            assertThat(after.stats().lastAnswer()).contains(now);
            assertThat(after.stats().requests()).isEqualTo(Map.of("200", 1L, "503", 1L));
            source.answer(new PodAnswer.Unchanged("304"));
            assertThat(next().stats().failure()).isEmpty();
        }
    }

    @Test
    void triesAgainByItselfAfterAnError() throws Exception {
        try (PodWatcher _ = start()) {
            source.answer(new PodAnswer.Unchanged("throw"));
            assertThat(next().stats().failure()).contains("asking for pods failed: source=test, reason=java.lang.IllegalStateException: no good");

            source.answer(pods());
            assertThat(next().stats().requests()).isEqualTo(Map.of("200", 1L, "error", 1L));
        }
    }

    @Test
    void endsAlthoughAQuestionIsUnderWay() throws Exception {
        PodWatcher watcher = start();
        watcher.close();

        assertThat(Thread.getAllStackTraces().keySet()).noneMatch(thread -> thread.getName().equals(PodWatcher.THREAD_NAME));
    }
}
