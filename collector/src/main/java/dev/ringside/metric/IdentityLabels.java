package dev.ringside.metric;

import java.util.List;

/**
 * Whom a slot stands for. Read by the writer alone, and only when a slot first touches a family, which keeps the values from then on:
 * what the slot means later doesn't change series that exist.
 *
 * <p>No two live slots may have equal label values, or the exposition would show one series twice.
 */
public interface IdentityLabels {
    List<String> labelNames();

    /** Immutable, as long as {@link #labelNames}; shared by reference with every snapshot. */
    List<String> labelValues(int slot);
}
