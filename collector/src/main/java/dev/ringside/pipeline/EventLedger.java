package dev.ringside.pipeline;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The books of one probe's records. Whenever nothing is under way, produced = exported + Σ lost, exactly. Drain thread only.
 */
final class EventLedger {

    /** Where a record can be lost, and why. The texts are label values. */
    enum Loss {
        /** No room in the ring although the reader came in time: the ring is too small for such a burst. */
        RING_FULL("kernel", "ring_full"),
        /** No room in the ring because the reader came late: the daemon had no CPU, or was stopped. */
        FELL_BEHIND("drain", "fell_behind"),
        /** Shorter than its kind, or of no known kind: daemon and BPF object are of different builds. */
        UNDECODABLE("decode", "undecodable"),
        /** Its cgroup could not be told, even after a while. */
        UNKNOWN_IDENTITY("identify", "unknown_identity"),
        /** Too many others were waiting for their identity. */
        QUEUE_FULL("identify", "queue_full");

        final String stage;
        final String cause;

        Loss(String stage, String cause) {
            this.stage = stage;
            this.cause = cause;
        }
    }

    private final long[] lost = new long[Loss.values().length];
    private long produced;
    private long reserveFailed;
    private long exported;

    /**
     * What the kernel side has counted by now.
     *
     * @param late whether the reader came late this time, and so is to blame for what failed since the last time
     */
    void kernelCounted(long producedNow, long reserveFailedNow, boolean late) {
        produced = producedNow;
        lost[(late ? Loss.FELL_BEHIND : Loss.RING_FULL).ordinal()] += reserveFailedNow - reserveFailed;
        reserveFailed = reserveFailedNow;
    }

    void exported() {
        exported++;
    }

    void lost(Loss loss) {
        lost[loss.ordinal()]++;
    }

    long producedCount() {
        return produced;
    }

    long exportedCount() {
        return exported;
    }

    long lostCount(Loss loss) {
        return lost[loss.ordinal()];
    }

    long lostCount() {
        long sum = 0;
        for (long each : lost) {
            sum += each;
        }
        return sum;
    }

    Map<String, Long> lostByStageAndCause() {
        Map<String, Long> byName = new LinkedHashMap<>();
        for (Loss loss : Loss.values()) {
            byName.put(loss.stage + "/" + loss.cause, lost[loss.ordinal()]);
        }
        return byName;
    }
}
