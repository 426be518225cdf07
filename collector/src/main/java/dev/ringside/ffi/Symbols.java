package dev.ringside.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks functions up in one library and remembers those that are missing, so that the user reads all of them in one
 * message at the start instead of one at a time in the middle of the work.
 */
final class Symbols {
    private final String library;
    private final SymbolLookup lookup;
    private final List<String> missing = new ArrayList<>();

    Symbols(String library, SymbolLookup lookup) {
        this.library = library;
        this.lookup = lookup;
    }

    MemorySegment find(String name) {
        return lookup.find(name).orElseGet(() -> {
            missing.add(name);
            return MemorySegment.NULL;
        });
    }

    void requireAll(String remedy) {
        if (!missing.isEmpty()) {
            throw new NativeLibraryException("functions missing in native library: library=" + library + ", missing="
                    + String.join(" ", missing) + "; " + remedy);
        }
    }
}
