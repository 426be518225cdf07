package dev.ringside.probe;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** The probes there are, by name. */
public final class ProbeCatalog {

    private final List<Probe> probes;

    public ProbeCatalog(Collection<? extends Probe> probes) {
        List<Probe> sorted = new ArrayList<>(probes);
        sorted.sort(Comparator.comparing(probe -> probe.spec().name()));
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).spec().name().equals(sorted.get(i - 1).spec().name())) {
                throw new IllegalArgumentException("two probes of one name: name=" + sorted.get(i).spec().name());
            }
        }
        this.probes = List.copyOf(sorted);
    }

    /** Those that {@code @AutoService(Probe.class)} registered. */
    public static ProbeCatalog installed() {
        return new ProbeCatalog(ServiceLoader.load(Probe.class).stream().map(ServiceLoader.Provider::get).toList());
    }

    public List<Probe> probes() {
        return probes;
    }

    /** The names of those that have a ring, whose events can be watched. */
    public List<String> withEvents() {
        return probes.stream().map(Probe::spec).filter(ProbeSpec::ring).map(ProbeSpec::name).toList();
    }

    public Optional<Probe> find(String name) {
        return probes.stream().filter(probe -> probe.spec().name().equals(name)).findFirst();
    }
}
