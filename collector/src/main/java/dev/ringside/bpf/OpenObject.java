package dev.ringside.bpf;

import dev.ringside.ffi.LibBpf;
import dev.ringside.ffi.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** An object as libbpf has parsed it: nothing of it is in the kernel until {@link #load}. Used by one thread. */
final class OpenObject implements AutoCloseable {
    private final LibBpf libbpf;
    private final Arena scratch; // the file and the verifier's log
    private final MemorySegment object;
    private final MemorySegment log;
    private final Map<String, MemorySegment> programs;
    private final Map<String, MemorySegment> maps;
    private boolean closed;

    private OpenObject(LibBpf libbpf, Arena scratch, MemorySegment object, MemorySegment log) {
        this.libbpf = libbpf;
        this.scratch = scratch;
        this.object = object;
        this.log = log;
        this.programs = byName(previous -> libbpf.objectNextProgram(object, previous), libbpf::programName);
        this.maps = byName(previous -> libbpf.objectNextMap(object, previous), libbpf::mapName);
    }

    /** @throws BpfException when it isn't a BPF object */
    static OpenObject open(BpfRuntime runtime, BpfObjectSpec spec) {
        LibBpf libbpf = runtime.libbpf();
        Arena scratch = Arena.ofShared(); // a daemon may stop on another thread than it started on
        MemorySegment bytes = scratch.allocate(spec.elf().length, 8).copyFrom(MemorySegment.ofArray(spec.elf()));
        MemorySegment log = runtime.libc().mmap(scratch, VerifierLog.BUFFER_BYTES, LibC.PROT_READ | LibC.PROT_WRITE,
                LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS, -1, 0);
        MemorySegment object = libbpf.objectOpen(bytes, spec.name());
        if (object.address() == 0) {
            BpfException failure = new BpfException("not a BPF object that libbpf can open", "object=" + spec.name() + ", bytes="
                    + spec.elf().length, libbpf.lastError());
            scratch.close();
            throw failure;
        }
        return new OpenObject(libbpf, scratch, object, log);
    }

    /** @throws IllegalArgumentException when the spec names a map or a knob that the object doesn't have */
    void apply(BpfObjectSpec spec) {
        spec.mapEntries().forEach((name, entries) -> {
            MemorySegment map = maps.get(name);
            if (map == null) {
                throw new IllegalArgumentException("no such map in BPF object: object=" + spec.name() + ", map=" + name
                        + ", available=" + String.join(" ", new TreeSet<>(maps.keySet())));
            }
            libbpf.mapSetMaxEntries(map, entries);
        });
        if (!spec.knobs().isEmpty()) {
            Rodata rodata = Rodata.of(libbpf, spec.name(), libbpf.objectBtf(object), rodataBytes());
            spec.knobs().forEach(rodata::set);
        }
    }

    /** Only these programs will be loaded. */
    void select(Set<String> chosen) {
        programs.forEach((name, program) -> {
            libbpf.programSetAutoload(program, chosen.contains(name));
            if (log.address() != 0) {
                libbpf.programSetLogBuffer(program, log);
            }
        });
    }

    /** Below zero: -errno, and everything that had been loaded is unloaded. */
    int load() {
        int result = libbpf.objectLoad(object);
        if (result >= 0) {
            scratch.close(); // libbpf has what it needs of the file, and nobody was refused
        }
        return result;
    }

    /** Of the program that was refused; programs are loaded in turn, and the first refusal ends it. */
    VerifierLog verifierLog() {
        return log.address() == 0 ? new VerifierLog("") : VerifierLog.read(log);
    }

    Map<String, MemorySegment> programs() {
        return programs;
    }

    Map<String, MemorySegment> maps() {
        return maps;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            libbpf.objectClose(object);
            if (scratch.scope().isAlive()) {
                scratch.close();
            }
        }
    }

    // The map of the section .rodata is named OBJECT.rodata, with the object's name cut to fit.
    private MemorySegment rodataBytes() {
        return maps.entrySet().stream().filter(map -> map.getKey().endsWith(".rodata")).findFirst()
                .map(map -> libbpf.mapInitialValue(map.getValue())).orElse(MemorySegment.NULL);
    }

    private static Map<String, MemorySegment> byName(Function<MemorySegment, MemorySegment> next, Function<MemorySegment, String> name) {
        Map<String, MemorySegment> found = new LinkedHashMap<>();
        for (MemorySegment at = next.apply(MemorySegment.NULL); at.address() != 0; at = next.apply(at)) {
            found.put(name.apply(at), at);
        }
        return found;
    }
}
