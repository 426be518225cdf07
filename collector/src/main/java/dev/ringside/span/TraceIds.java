package dev.ringside.span;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** Makes ids out of what both ends of a thing know, so that neither has to be told. */
public final class TraceIds {

    /** Differs from run to run and from node to node: what others know of a connection doesn't tell its trace id. */
    private static final long SALT = ThreadLocalRandom.current().nextLong();

    private TraceIds() {}

    /**
     * Spreads two words over one, never 0. The finalizer of splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014), whose
     * bits all depend on all bits of its input.
     */
    public static long mix(long a, long b) {
        long mixed = finish(finish(a ^ SALT) + b);
        return mixed == 0 ? 1 : mixed;
    }

    private static long finish(long z) {
        long mixed = z + 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ mixed >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }

    public static String hex(long word) {
        return HexFormat.of().toHexDigits(word);
    }
}
