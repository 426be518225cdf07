package dev.ringside.span;

/**
 * A span that is kept, with what is known of it where that was decided. It becomes a {@link KernelSpan} where it is sent or shown: the drain thread writes down some numbers, and
 * whoever wants words and lists makes them. Immutable, and so is all that it is made of.
 */
public interface KeptSpan {

    /** Whose record it is made of. */
    String probe();

    /** As it is sent and shown; made anew at each call. On any thread. */
    KernelSpan span();
}
