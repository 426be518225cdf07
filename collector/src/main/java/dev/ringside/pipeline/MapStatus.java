package dev.ringside.pipeline;

/**
 * A BPF map of ours.
 *
 * @param entries     at the last count; -1 where counting them would cost more than it tells, and of an array, which has all its keys always
 * @param maxEntries  that it holds
 * @param memoryBytes as the kernel accounts for it
 */
public record MapStatus(String probe, int id, String name, String type, long entries, long maxEntries, long memoryBytes) {}
