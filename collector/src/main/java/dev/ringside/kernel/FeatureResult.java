package dev.ringside.kernel;

/**
 * The answer to "does this kernel have it?". {@link Inconclusive} is not a no: it means that nobody could find out, and
 * whoever asks then tries the real thing.
 */
public sealed interface FeatureResult {
    /** How it was found out, or why not, in words. */
    String reason();

    /** @param reason what showed it */
    record Supported(String reason) implements FeatureResult {}

    /** @param remedy what would change the answer, or empty when nothing short of another kernel does */
    record Unsupported(String reason, String remedy) implements FeatureResult {}

    /** @param reason what stood in the way of the answer */
    record Inconclusive(String reason) implements FeatureResult {}
}
