package dev.ringside.pipeline;

import java.util.Map;

/**
 * A record as a person reads it.
 *
 * @param wallTimeNanos since the epoch
 * @param identity      label names and values
 * @param fields        of the record, in the order of interest; {@code kind} and {@code command} and {@code pid} come first
 */
public record KernelEvent(String probe, long wallTimeNanos, Map<String, String> identity, Map<String, Object> fields) {}
