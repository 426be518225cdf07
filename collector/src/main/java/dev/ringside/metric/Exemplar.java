package dev.ringside.metric;

import java.util.HexFormat;

/**
 * One observation of a histogram's bucket, and the span that tells of it.
 *
 * @param value      in raw units
 * @param traceHigh  the first eight bytes of the trace id
 * @param traceLow   the other eight
 * @param epochNanos when it was observed
 */
public record Exemplar(long value, long traceHigh, long traceLow, long spanId, long epochNanos) {

    /** 32 hexadecimal digits. */
    public String traceIdText() {
        return HexFormat.of().toHexDigits(traceHigh) + HexFormat.of().toHexDigits(traceLow);
    }

    /** 16 hexadecimal digits. */
    public String spanIdText() {
        return HexFormat.of().toHexDigits(spanId);
    }
}
