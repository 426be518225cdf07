package dev.ringside.ffi;

import java.lang.foreign.MemorySegment;

/**
 * The part of libbpf (1.1 and newer) that Ringside uses. Names follow libbpf's without the prefix, so that its own
 * <a href="https://libbpf.readthedocs.io/en/latest/api.html">API documentation</a> stays the reference.
 *
 * <p>An {@code int} below zero is a negated errno. A pointer is {@code NULL} on failure, with the reason in {@link
 * #lastError()}. Pointers to libbpf's own structures (object, program, map, link, btf) are opaque zero-length segments.
 */
public interface LibBpf {
    /** {@code BPF_ANY} of {@code bpf_map_update_elem}. */
    long UPDATE_ANY = 0;

    /** Such as {@code v1.1}. */
    String version();

    /** The path, or the loader's name, under which the library was found. */
    String path();

    /** errno of the last call on this thread that returned a pointer. */
    Errno lastError();

    int possibleCpus();

    /**
     * Collects what libbpf says (warnings and information, not debug) on this thread until the result is closed. Outside
     * such a scope libbpf's messages go nowhere: never to stderr, which is the daemon's log.
     */
    LibBpfMessages captureMessages(int maxChars);

    // ---- object

    /** {@code bpf_object__open_mem}; {@code bytes} must stay alive until the object is loaded. */
    MemorySegment objectOpen(MemorySegment bytes, String name);

    int objectLoad(MemorySegment object);

    void objectClose(MemorySegment object);

    MemorySegment objectNextProgram(MemorySegment object, MemorySegment previous);

    MemorySegment objectNextMap(MemorySegment object, MemorySegment previous);

    /** The object's own BTF; owned by the object. */
    MemorySegment objectBtf(MemorySegment object);

    // ---- program

    String programName(MemorySegment program);

    /** The argument of {@code SEC()}, such as {@code tp_btf/sched_switch}. */
    String programSection(MemorySegment program);

    int programFd(MemorySegment program);

    int programSetAutoload(MemorySegment program, boolean load);

    /** Where the verifier writes its log if the program is refused; must stay alive until the object is loaded. */
    int programSetLogBuffer(MemorySegment program, MemorySegment buffer);

    void programUnload(MemorySegment program);

    /** Attaches as its section says. */
    MemorySegment programAttach(MemorySegment program);

    /** Attaches to a cgroup by a bpf_link, which coexists with other programs there. */
    MemorySegment programAttachCgroup(MemorySegment program, int cgroupFd);

    /** {@code bpf_program__attach_iter}; {@code mapFd} is what {@code iter/bpf_map_elem} walks, -1 for the other iterators. */
    MemorySegment programAttachIterator(MemorySegment program, int mapFd);

    int linkFd(MemorySegment link);

    /** Detaches, unless the kernel holds another reference, and frees the link. */
    int linkDestroy(MemorySegment link);

    // ---- map of an object

    String mapName(MemorySegment map);

    int mapFd(MemorySegment map);

    int mapType(MemorySegment map);

    int mapKeySize(MemorySegment map);

    int mapValueSize(MemorySegment map);

    int mapMaxEntries(MemorySegment map);

    int mapSetMaxEntries(MemorySegment map, int maxEntries);

    /** The bytes a data section's map starts with, writable until the load, or NULL. */
    MemorySegment mapInitialValue(MemorySegment map);

    // ---- map by file descriptor

    int mapLookup(int fd, MemorySegment key, MemorySegment value);

    int mapUpdate(int fd, MemorySegment key, MemorySegment value, long flags);

    int mapDelete(int fd, MemorySegment key);

    /** {@code key} NULL asks for the first key; -ENOENT is the end. */
    int mapNextKey(int fd, MemorySegment key, MemorySegment nextKey);

    /**
     * {@code bpf_map_lookup_batch}. {@code inBatch} NULL starts at the beginning; {@code count} holds the capacity on entry and
     * the number of entries read on return; -ENOENT says that these were the last ones.
     */
    int mapLookupBatch(int fd, MemorySegment inBatch, MemorySegment outBatch, MemorySegment keys, MemorySegment values, MemorySegment count);

    // ---- kernel

    /** {@code bpf_obj_get_info_by_fd}; {@code info} is filled as far as this kernel knows, the rest stays as it was. */
    int infoByFd(int fd, MemorySegment info);

    int iteratorCreate(int linkFd);

    /**
     * {@code bpf_prog_test_run_opts}: runs a program of type {@code syscall} once, on this thread.
     *
     * @param context what it is given, and may write to
     * @return what it returned, or -errno if it was not run; so a program run like this returns nothing below zero
     */
    int programRun(int programFd, MemorySegment context);

    /** Ids of the programs of an attach type at a cgroup; returns how many there are, of which {@code ids} took as many as fit. */
    int programQuery(int targetFd, int attachType, int[] ids);

    /** The next program, map, link id after {@code id}, or -ENOENT. */
    int nextId(Kind kind, int id);

    /** {@code enum bpf_prog_type}-specific: loads {@code instructions} as they are; -errno or the program's file descriptor. */
    int programLoad(int programType, int expectedAttachType, int attachBtfId, MemorySegment instructions);

    /** 1 supported, 0 not supported, negative: could not find out. */
    int probeMapType(int mapType);

    /** BTF id of what {@code name} names for {@code attachType} in the running kernel. */
    int kernelBtfId(String name, int attachType);

    // ---- BTF as libbpf sees it

    /** The running kernel's BTF; to be freed. */
    MemorySegment btfLoadKernel();

    void btfFree(MemorySegment btf);

    int btfFindByNameKind(MemorySegment btf, String name, int kind);

    /** {@code struct btf_type}, with {@code size} bytes readable: the caller knows how many members it has. */
    MemorySegment btfType(MemorySegment btf, int id, long size);

    String btfName(MemorySegment btf, int nameOffset);

    /** What {@link #nextId} counts. */
    enum Kind {
        PROGRAM,
        MAP,
        LINK
    }
}
