package dev.ringside.span;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.testing.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who takes waits for a batch, not for each span. */
class SpanQueueTest {

    private static final long AN_HOUR = Duration.ofHours(1).toNanos();

    private static CompletableFuture<List<KeptSpan>> taking(SpanQueue queue, int limit) {
        CompletableFuture<List<KeptSpan>> batch = new CompletableFuture<>();
        Thread taker = Thread.ofPlatform().daemon().name("taker").start(() -> {
            try {
                batch.complete(queue.take(limit, AN_HOUR));
            } catch (InterruptedException e) {
                batch.completeExceptionally(e);
            }
        });
        Await.until("it waits", () -> taker.getState() == Thread.State.TIMED_WAITING);
        return batch;
    }

    private static void offer(SpanQueue queue, long... ids) {
        for (long id : ids) {
            queue.offer(SpanLanesTest.span(id));
        }
    }

    @Test
    void aWholeBatchWakesWhoWaitsForItAndOneSpanDoesNot() {
        SpanQueue queue = new SpanQueue(64);
        CompletableFuture<List<KeptSpan>> batch = taking(queue, 3);
        offer(queue, 1, 2);
        assertThat(batch).isNotDone();
        offer(queue, 3);
        assertThat(batch.join()).extracting(span -> span.span().spanId()).containsExactly(1L, 2L, 3L);
    }

    /** A batch larger than the queue would never be there. */
    @Test
    void aHalfFullQueueIsEnough() {
        SpanQueue queue = new SpanQueue(4);
        CompletableFuture<List<KeptSpan>> batch = taking(queue, 100);
        offer(queue, 1, 2);
        assertThat(batch.join()).hasSize(2);
    }

    /** Neither those that wait nor those under way are told of yet. */
    @Test
    void whatIsUnderWayIsCountedUntilItsFateIsKnown() throws InterruptedException {
        SpanQueue queue = new SpanQueue(4);
        offer(queue, 1, 2, 3, 4);
        List<KeptSpan> batch = queue.take(3, 0);
        assertThat(queue.size()).isEqualTo(4);
        queue.exported(batch.subList(0, 1));
        queue.lost(batch.subList(1, 3), SpanLoss.REJECTED);
        assertThat(queue.size()).isEqualTo(1);
    }

    @Test
    void anInterruptEndsTheWaitAndLosesNothing() throws InterruptedException {
        SpanQueue queue = new SpanQueue(64);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> queue.take(3, AN_HOUR)).isInstanceOf(InterruptedException.class);
        offer(queue, 1);
        Thread.currentThread().interrupt();
        assertThat(queue.take(3, AN_HOUR)).hasSize(1);
        assertThat(Thread.interrupted()).as("for who asked").isTrue();
    }
}
