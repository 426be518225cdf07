package dev.ringside.span;

import java.util.Locale;

/** Why a span is kept, or that it isn't. */
public enum Sampling {
    /** Not chosen. */
    NOT_SAMPLED,
    /** Chosen, but there were too many in this second. */
    OVER_BUDGET,
    /** It failed. */
    FAILED,
    /** Slower than nearly all others of its workload and peer. */
    SLOW,
    /** By its trace id. */
    HEAD,
    /** Its child, parent or other end was kept. */
    RELATED;

    public boolean isKept() {
        return this != NOT_SAMPLED && this != OVER_BUDGET;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
