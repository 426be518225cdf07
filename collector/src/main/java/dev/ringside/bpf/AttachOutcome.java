package dev.ringside.bpf;

import java.util.List;

/** What became of one {@link AttachPoint}. */
public sealed interface AttachOutcome {
    AttachPoint point();

    /** The alternatives that were tried in vain, in the order in which they were. */
    List<Refusal> refusals();

    /** @param alternative the one that is attached */
    record Attached(AttachPoint point, Alternative alternative, List<Refusal> refusals) implements AttachOutcome {
        public Attached {
            refusals = List.copyOf(refusals);
        }
    }

    /** No alternative is left. */
    record Refused(AttachPoint point, List<Refusal> refusals) implements AttachOutcome {
        public Refused {
            refusals = List.copyOf(refusals);
        }
    }
}
