package dev.ringside.bpf;

import java.util.List;

/** How loading and attaching an object went. */
public sealed interface LoadOutcome {
    /** One per attach point, in the plan's order. */
    List<AttachOutcome> points();

    /** Every required point is attached. Whoever gets it closes it. */
    record Loaded(BpfObject object, List<AttachOutcome> points) implements LoadOutcome {
        public Loaded {
            points = List.copyOf(points);
        }
    }

    /**
     * Nothing of the object is left in the kernel.
     *
     * @param reason one line
     * @param remedy what the user can do, or empty
     */
    record Refused(String reason, String remedy, List<AttachOutcome> points) implements LoadOutcome {
        public Refused {
            points = List.copyOf(points);
        }
    }
}
