package dev.ringside.probe;

import dev.ringside.bpf.AttachPoint;
import dev.ringside.metric.MetricSpec;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A probe as plain data. Config keys, the debug page's row, the catalogue and the self metrics come from here.
 *
 * @param name    lower case; the object is {@code <name>.bpf.o}, config keys are {@code probes.<name>.*}
 * @param summary one line, for {@code ringside probes}
 * @param ring    whether it has a ring of records
 * @param knobs   settings beyond {@code enabled} and, with a ring, {@code ring_bytes}
 * @param points  what it attaches to, each with its alternatives, best first
 * @param metrics the families it fills
 */
public record ProbeSpec(
        String name,
        String summary,
        boolean ring,
        List<Knob> knobs,
        List<AttachPoint> points,
        List<MetricSpec> metrics) {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");

    public ProbeSpec {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a probe name: name=" + name + ", allowed=" + NAME);
        }
        knobs = List.copyOf(knobs);
        points = List.copyOf(points);
        metrics = List.copyOf(metrics);
    }
}
