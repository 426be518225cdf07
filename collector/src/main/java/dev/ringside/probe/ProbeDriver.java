package dev.ringside.probe;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.OptionalInt;

/** A probe at work. Called on the drain thread only; allocates nothing per record. */
public interface ProbeDriver {

    /**
     * Takes a record.
     *
     * @param data   memory that holds it, starting with the {@code struct event_header}
     * @param offset of the record
     * @param length of the record in bytes, at least the header's
     * @param slot   whose it is
     * @return false when the record's kind is unknown or its length is not that kind's; nothing was counted then
     */
    default boolean onEvent(MemorySegment data, long offset, int length, int slot) {
        return false;
    }

    /** The kind of those records that tell of a program that was executed: who follows pods' starts hears of each as it comes, before {@link #onEvent}. */
    default OptionalInt execKind() {
        return OptionalInt.empty();
    }

    /**
     * Whether the record names somebody who will be known better soon: then it waits, but not for ever. Asked before {@link #onEvent}.
     *
     * @param slot    whose it is
     * @param lastTry it won't wait any more, whatever is returned
     */
    default boolean awaits(MemorySegment data, long offset, int length, int slot, boolean lastTry) {
        return false;
    }

    /**
     * A record as a person would read it, in the order of interest; only called for those who watch.
     *
     * @return field names, as in the JSON of {@code ringside events}, and values
     */
    default Map<String, Object> describe(MemorySegment data, long offset, int length) {
        return Map.of();
    }

    /** Called once, after everything is attached and before the first {@link #collect()}. */
    default void onAttached() {}

    /** Reads what the kernel has added up. Called at every collection. */
    default void collect() {}

    /** The identity in this slot has ended; the slot will be somebody else's. */
    default void onExpired(int slot) {}

    /** The daemon stops: no more records will come. */
    default void onEnd() {}
}
