package dev.ringside.pipeline;

import java.util.Map;

/**
 * A ring at this moment.
 *
 * @param sizeBytes    of the ring
 * @param pendingBytes in it, not read yet
 * @param highestBytes most that were ever found waiting
 * @param produced     records that hooks wanted to write
 * @param exported     records that reached the metrics
 * @param lost         by {@code stage/cause}
 */
public record RingStatus(
        String probe,
        long sizeBytes,
        long pendingBytes,
        long highestBytes,
        long produced,
        long exported,
        Map<String, Long> lost) {}
