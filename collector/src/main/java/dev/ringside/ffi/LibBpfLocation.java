package dev.ringside.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where libbpf was found, and the library itself. */
record LibBpfLocation(String path, SymbolLookup symbols) {
    private static final String LOADER_NAME = "libbpf.so.1";
    private static final List<String> DIRECTORIES = List.of(
            "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib64", "/usr/local/lib");
    static final String REMEDY = "install libbpf 1.1 or newer (Debian: apt install libbpf1) or name it in RINGSIDE_LIBBPF";

    /** @param override a path that is used instead of all others, or null */
    static LibBpfLocation find(String override) {
        List<String> candidates = new ArrayList<>();
        if (override != null) {
            candidates.add(override);
        } else {
            candidates.add(LOADER_NAME);
            for (String directory : DIRECTORIES) {
                candidates.add(directory + "/" + LOADER_NAME);
            }
        }
        for (String candidate : candidates) {
            try {
                return new LibBpfLocation(candidate, SymbolLookup.libraryLookup(candidate, Arena.global()));
            } catch (IllegalArgumentException notThere) {
                continue; // the message below lists everything that was tried
            }
        }
        List<String> unusable = candidates.stream().filter(candidate -> Files.exists(Path.of(candidate))).toList();
        if (!unusable.isEmpty()) {
            // The JDK keeps the loader's words to itself; a missing libelf or a newer libc is what it usually is.
            throw new NativeLibraryException("libbpf is there but can't be loaded: path=" + String.join(" ", unusable)
                    + "; check it with ldd: its libraries must be there too, and be of this machine's architecture and libc");
        }
        throw new NativeLibraryException("libbpf not found: tried=" + String.join(" ", candidates) + "; " + REMEDY);
    }
}
