package dev.ringside.e2e.harness;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a JVM can still reach, after it has collected all garbage.
 *
 * @param instances by class
 * @param bytes     of all
 */
public record LiveHeap(Map<String, Long> instances, long bytes) {

    /** {@code   12:          1356          86784  dev.ringside.span.KernelSpan}, and at the end {@code Total         93811        5283984}. */
    public static LiveHeap of(Daemon daemon) {
        List<String> lines = Run.tool(System.getProperty("java.home") + "/bin/jcmd", Long.toString(daemon.pid()), "GC.class_histogram");
        Map<String, Long> instances = new LinkedHashMap<>();
        for (String line : lines) {
            String[] words = line.strip().split(" +");
            if (words[0].equals("Total")) {
                return new LiveHeap(instances, Long.parseLong(words[2]));
            }
            if (words.length >= 4 && words[0].matches("\\d+:")) {
                instances.merge(words[3], Long.parseLong(words[1]), Long::sum);
            }
        }
        throw new AssertionError("no histogram: " + lines);
    }

    public long instancesOf(String className) {
        return instances.getOrDefault(className, 0L);
    }
}
