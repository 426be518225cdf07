package dev.ringside.bpf;

import dev.ringside.ffi.LibBpf;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * An object in the kernel: its maps, its programs, the links that hold them to their hooks. Closing it takes all of that back,
 * in the reverse order, and is idempotent. What it hands out (maps, walks) is of no use afterwards.
 */
public final class BpfObject implements AutoCloseable {
    private final BpfRuntime runtime;
    private final BpfObjectSpec spec;
    private final OpenObject object;
    private final Map<String, BpfMap> maps;
    private final Map<String, MemorySegment> programs;
    private final Map<String, MemorySegment> links = new LinkedHashMap<>();
    /** By attach point. */
    private final Map<String, String> walkPrograms = new LinkedHashMap<>();
    private final Map<String, BpfWalk> walks = new LinkedHashMap<>();
    private boolean closed;

    /** @param programs those of its programs that are in the kernel */
    BpfObject(BpfRuntime runtime, BpfObjectSpec spec, OpenObject object, Map<String, MemorySegment> programs) {
        this.runtime = runtime;
        this.spec = spec;
        this.object = object;
        this.programs = new LinkedHashMap<>(programs);
        Map<String, BpfMap> found = new LinkedHashMap<>();
        object.maps().forEach((name, map) -> found.put(name, BpfMap.of(runtime.libbpf(), map)));
        this.maps = Collections.unmodifiableMap(found);
    }

    public String name() {
        return spec.name();
    }

    /** @throws IllegalArgumentException when the object has no such map; the message lists those it has */
    public BpfMap map(String name) {
        BpfMap map = maps.get(name);
        if (map == null) {
            throw new IllegalArgumentException("no such map in BPF object: object=" + spec.name() + ", map=" + name + ", available="
                    + String.join(" ", new TreeSet<>(maps.keySet())));
        }
        return map;
    }

    public boolean hasMap(String name) {
        return maps.containsKey(name);
    }

    /** In the order of the object file. */
    public Collection<BpfMap> maps() {
        return maps.values();
    }

    /**
     * The walk of an attach point, always the same, closed with the object at the latest; empty where the point was refused.
     */
    public synchronized Optional<BpfWalk> walk(String point) {
        return Optional.ofNullable(walkPrograms.get(point)).map(program -> walks.computeIfAbsent(point, _ -> walkBy(program)));
    }

    private BpfWalk walkBy(String program) {
        MemorySegment link = links.get(program);
        return link != null
                ? new BpfIterator(runtime, program, runtime.libbpf().linkFd(link))
                : new BpfProgramRun(runtime, program, runtime.libbpf().programFd(programs.get(program)), map(BpfProgramRun.ROWS));
    }

    /** Of every program that is loaded. */
    public synchronized List<ProgramStats> stats() {
        LibBpf libbpf = runtime.libbpf();
        return programs.entrySet().stream()
                .map(program -> ProgramStats.of(libbpf, program.getKey(), libbpf.programSection(program.getValue()),
                        libbpf.programFd(program.getValue())))
                .toList();
    }

    boolean isAttached(String program) {
        return links.containsKey(program);
    }

    MemorySegment program(String name) {
        return programs.get(name);
    }

    void attached(AttachPoint point, Alternative alternative, String program, MemorySegment link) {
        links.put(program, link);
        if (alternative.mechanism() == Mechanism.ITER) {
            walkPrograms.put(point.name(), program);
        }
    }

    /** A program that is attached to nothing: bpf(2) has run it, and will again if it is a walk. */
    void ran(AttachPoint point, Alternative alternative, String program) {
        if (alternative.mechanism() == Mechanism.SYSCALL) {
            walkPrograms.put(point.name(), program);
        }
    }

    /** Takes a program out of the kernel, and its link if it has one. */
    void drop(String program) {
        MemorySegment link = links.remove(program);
        if (link != null) {
            runtime.libbpf().linkDestroy(link);
        }
        walkPrograms.values().remove(program);
        MemorySegment loaded = programs.remove(program);
        if (loaded != null) {
            runtime.libbpf().programUnload(loaded);
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        walks.values().forEach(BpfWalk::close);
        new ArrayList<>(links.values()).reversed().forEach(runtime.libbpf()::linkDestroy);
        links.clear();
        programs.clear();
        object.close();
    }
}
