package dev.ringside.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.pipeline.EventLedger.Loss;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventLedgerTest {
    private final EventLedger ledger = new EventLedger();

    @Test
    void beginsWithNothing() {
        assertThat(ledger.producedCount()).isZero();
        assertThat(ledger.exportedCount()).isZero();
        assertThat(ledger.lostByStageAndCause()).isEqualTo(Map.of("kernel/ring_full", 0L, "drain/fell_behind", 0L,
                "decode/undecodable", 0L, "identify/unknown_identity", 0L, "identify/queue_full", 0L));
    }

    /** The kernel's counts are totals, the reasons are told by what has been added since the last look. */
    @Test
    void blamesARingThatWasTooSmallOrAReaderThatWasLate() {
        ledger.kernelCounted(10, 2, false);
        ledger.kernelCounted(30, 7, true);
        ledger.kernelCounted(30, 7, false);
        ledger.kernelCounted(31, 8, false);

        assertThat(ledger.producedCount()).isEqualTo(31);
        assertThat(ledger.lostCount(Loss.RING_FULL)).isEqualTo(3);
        assertThat(ledger.lostCount(Loss.FELL_BEHIND)).isEqualTo(5);
    }

    @Test
    void balances() {
        ledger.kernelCounted(10, 1, false);
        for (int i = 0; i < 5; i++) {
            ledger.exported();
        }
        ledger.lost(Loss.UNDECODABLE);
        ledger.lost(Loss.UNKNOWN_IDENTITY);
        ledger.lost(Loss.UNKNOWN_IDENTITY);
        ledger.lost(Loss.QUEUE_FULL);

        assertThat(ledger.exportedCount() + ledger.lostCount()).isEqualTo(ledger.producedCount());
        assertThat(ledger.lostByStageAndCause()).containsEntry("identify/unknown_identity", 2L);
    }
}
