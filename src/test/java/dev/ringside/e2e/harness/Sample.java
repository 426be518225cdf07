package dev.ringside.e2e.harness;

import java.util.Map;

/** A line of an exposition. */
public record Sample(String name, Map<String, String> labels, double value) {
    public boolean matches(String wantedName, String... wantedLabels) {
        boolean matches = name.equals(wantedName);
        for (int i = 0; i < wantedLabels.length; i += 2) {
            matches &= wantedLabels[i + 1].equals(labels.get(wantedLabels[i]));
        }
        return matches;
    }
}
