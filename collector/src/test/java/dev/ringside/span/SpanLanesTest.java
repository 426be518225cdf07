package dev.ringside.span;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SpanLanesTest {

    private static final SpanResource SOMEBODY = new SpanResource(Map.of("service.name", "somebody"));

    private final List<KernelSpan> shown = new ArrayList<>();
    private boolean watched;

    private SpanLanes lanes(Optional<SpanQueue> queue) {
        return new SpanLanes(new SpanSettings(0.5, 0, 100_000, 4, Duration.ofMinutes(1), Duration.ofMinutes(1)), queue, new SpanLanes.Surroundings() {
            @Override
            public boolean watched() {
                return watched;
            }

            @Override
            public void show(KernelSpan span) {
                shown.add(span);
            }

            @Override
            public SpanResource resource(int slot) {
                return SOMEBODY;
            }

            @Override
            public long wallNanos(long monotonicNanos) {
                return monotonicNanos;
            }
        });
    }

    static KernelSpan span(long id) {
        return new KernelSpan("tcp", "TCP 80", KernelSpan.Kind.CLIENT, 1, id, id, 0, 10, 20, "", Map.of(), List.of(), List.of(), SOMEBODY, Sampling.HEAD, 0.5);
    }

    /** Produced = exported + what was left out, lost, or waits; to the last one. */
    @Test
    void theBooksBalance() throws InterruptedException {
        SpanQueue queue = new SpanQueue(4);
        SpanLane lane = lanes(Optional.of(queue)).lane("tcp");
        for (long id = 1; id <= 1_000; id++) {
            if (lane.decide(TraceIds.mix(id, id), false, 1, 0, false).isKept()) {
                lane.offer(span(id));
            }
        }
        SpanLedger books = queue.ledger("tcp");
        long notSampled = books.lostCount(SpanLoss.NOT_SAMPLED);
        assertThat(notSampled).isBetween(400L, 600L);
        assertThat(books.lostCount(SpanLoss.QUEUE_FULL)).isEqualTo(1_000 - notSampled - 4);

        List<KeptSpan> batch = queue.take(10, 0);
        assertThat(batch).hasSize(4);
        queue.exported(batch.subList(0, 3));
        queue.lost(batch.subList(3, 4), SpanLoss.REJECTED);
        long lost = 0;
        for (SpanLoss loss : SpanLoss.values()) {
            lost += books.lostCount(loss);
        }
        assertThat(books.producedCount()).isEqualTo(1_000).isEqualTo(books.exportedCount() + lost);
    }

    @Test
    void withoutAnExporterThereAreSpansWhileSomebodyWatches() {
        SpanLanes lanes = lanes(Optional.empty());
        SpanLane lane = lanes.lane("tcp");
        assertThat(lane.isOn()).isFalse();
        watched = true;
        assertThat(lane.isOn()).isTrue();
        assertThat(lane.offer(span(1))).as("queued for an exporter").isFalse();
        assertThat(shown).containsExactly(span(1));
        assertThat(lanes.recent()).containsExactly(span(1));
    }

    @Test
    void onlyTheLastSpansAreRemembered() {
        SpanLanes lanes = lanes(Optional.empty());
        for (long id = 1; id <= SpanLanes.RECENT + 5; id++) {
            lanes.lane("tcp").offer(span(id));
        }
        assertThat(lanes.recent()).hasSize(SpanLanes.RECENT).first().isEqualTo(span(6));
    }
}
