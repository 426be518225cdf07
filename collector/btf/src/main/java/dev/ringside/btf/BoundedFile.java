package dev.ringside.btf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a whole file with an upper limit, so that a device or a runaway file cannot exhaust the heap. */
final class BoundedFile {
    /** Far above any object, vmlinux BTF (6 MB) or shared library met so far. */
    static final int MAX_BYTES = 256 << 20;

    private BoundedFile() {}

    /** The file's bytes, or null if it is longer than {@link #MAX_BYTES}. */
    static byte[] read(Path file) throws IOException {
        // Not Files.size: sysfs and procfs report sizes that differ from what a read returns.
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            return bytes.length > MAX_BYTES ? null : bytes;
        }
    }
}
