package dev.ringside.bpf;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** All attach points of one object. */
public record AttachPlan(List<AttachPoint> points) {
    public AttachPlan {
        points = List.copyOf(points);
        Set<String> names = new HashSet<>();
        for (AttachPoint point : points) {
            if (!names.add(point.name())) {
                throw new IllegalArgumentException("two attach points of one name: name=" + point.name());
            }
        }
    }

    public static AttachPlan of(AttachPoint... points) {
        return new AttachPlan(List.of(points));
    }
}
