package dev.ringside.bpf;

import dev.ringside.ffi.FfmLibBpf;
import dev.ringside.ffi.FfmLibC;
import dev.ringside.ffi.LibBpf;
import dev.ringside.ffi.LibC;
import dev.ringside.kernel.FeatureTable;
import dev.ringside.kernel.Features;
import dev.ringside.kernel.HostPaths;

/** What loading and attaching needs: the two libraries, what the kernel can do, and where its file systems are. */
public record BpfRuntime(LibC libc, LibBpf libbpf, Features features, HostPaths paths) {
    /**
     * @param libbpfPath {@code RINGSIDE_LIBBPF}, or null to look for libbpf
     * @throws dev.ringside.ffi.NativeLibraryException with the remedy when a library or a function of it is missing
     */
    public static BpfRuntime start(HostPaths paths, String libbpfPath) {
        LibC libc = new FfmLibC();
        LibBpf libbpf = FfmLibBpf.find(libbpfPath);
        return new BpfRuntime(libc, libbpf, FeatureTable.of(libc, libbpf, paths), paths);
    }
}
