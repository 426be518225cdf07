package dev.ringside.soak;

import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Exposition;
import dev.ringside.testing.KernelObjects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the daemon holds at one moment.
 *
 * @param seconds since the beginning
 */
record Reading(double seconds, Map<Quantity, Double> values) {

    /** What must not grow, and how much more than before is still none: a share of it, and a few. */
    enum Quantity {
        RESIDENT("resident memory, MB", 0.03, 2),
        DESCRIPTORS("open files", 0, 3),
        THREADS("threads", 0, 3),
        BPF_OBJECTS("BPF programs, maps and links of the daemon", 0, 0),
        SERIES("series in /metrics", 0.05, 100),
        CGROUPS("cgroups it knows", 0.05, 100);

        private final String title;
        private final double share;
        private final double few;

        Quantity(String title, double share, double few) {
            this.title = title;
            this.share = share;
            this.few = few;
        }

        String title() {
            return title;
        }

        double most(double before) {
            return before * (1 + share) + few;
        }
    }

    static Reading of(Daemon daemon, double seconds) throws IOException {
        Path process = Path.of("/proc/" + daemon.pid());
        Exposition scrape = daemon.scrape();
        Map<Quantity, Double> values = new EnumMap<>(Quantity.class);
        values.put(Quantity.RESIDENT, resident(process) / 1000);
        values.put(Quantity.DESCRIPTORS, entries(process.resolve("fd")));
        values.put(Quantity.THREADS, entries(process.resolve("task")));
        values.put(Quantity.BPF_OBJECTS, (double) KernelObjects.heldBy(daemon.pid()).ids().size());
        values.put(Quantity.SERIES, (double) scrape.samples().count());
        values.put(Quantity.CGROUPS, scrape.value("ringside_cgroups"));
        return new Reading(seconds, values);
    }

    private static double resident(Path process) throws IOException {
        String line = Files.readAllLines(process.resolve("status")).stream().filter(each -> each.startsWith("VmRSS:")).findFirst().orElseThrow();
        return Double.parseDouble(line.replaceAll("\\D", "")) * 1.024;
    }

    private static double entries(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.count();
        }
    }
}
