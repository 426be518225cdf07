package dev.ringside.daemon.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Guesses what was meant by a name that isn't known. */
public final class NearestName {

    private NearestName() {}

    /** The known name with the fewest edits to the given one, if they are few enough for a slip of the hand. */
    public static Optional<String> find(String name, Collection<String> known) {
        int tolerated = Math.max(2, name.length() / 4);
        return known.stream()
                .min(Comparator.comparingInt(candidate -> edits(name, candidate)))
                .filter(candidate -> edits(name, candidate) <= tolerated);
    }

    /**
     * Insertions, deletions, substitutions and swaps of neighbours: the optimal string alignment distance
     * (Boytsov, "Indexing methods for approximate dictionary searching", ACM JEA 16, 2011, section 2.2).
     */
    static int edits(String from, String to) {
        int[] beforeLast = new int[to.length() + 1];
        int[] last = new int[to.length() + 1];
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                boolean same = from.charAt(i - 1) == to.charAt(j - 1);
                row[j] = Math.min(last[j - 1] + (same ? 0 : 1), Math.min(last[j], row[j - 1]) + 1);
                boolean swapped = i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1);
                if (swapped) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            int[] reused = beforeLast;
            beforeLast = last;
            last = row;
            row = reused;
        }
        return last[to.length()];
    }
}
