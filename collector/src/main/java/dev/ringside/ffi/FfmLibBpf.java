package dev.ringside.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Map;

/** {@link LibBpf} on the Foreign Function &amp; Memory API. */
public final class FfmLibBpf implements LibBpf {
    private final String path;
    private final LibBpfPrinter printer;

    private final MemorySegment versionString;
    private final MemorySegment numPossibleCpus;
    private final MemorySegment objectOpenMem;
    private final MemorySegment objectLoad;
    private final MemorySegment objectClose;
    private final MemorySegment objectNextProgram;
    private final MemorySegment objectNextMap;
    private final MemorySegment objectBtf;
    private final MemorySegment programName;
    private final MemorySegment programSectionName;
    private final MemorySegment programFd;
    private final MemorySegment programSetAutoload;
    private final MemorySegment programSetLogBuf;
    private final MemorySegment programUnload;
    private final MemorySegment programAttach;
    private final MemorySegment programAttachCgroup;
    private final MemorySegment programAttachIter;
    private final MemorySegment linkFd;
    private final MemorySegment linkDestroy;
    private final MemorySegment mapName;
    private final MemorySegment mapFd;
    private final MemorySegment mapType;
    private final MemorySegment mapKeySize;
    private final MemorySegment mapValueSize;
    private final MemorySegment mapMaxEntries;
    private final MemorySegment mapSetMaxEntries;
    private final MemorySegment mapInitialValue;
    private final MemorySegment mapLookup;
    private final MemorySegment mapUpdate;
    private final MemorySegment mapDelete;
    private final MemorySegment mapNextKey;
    private final MemorySegment mapLookupBatch;
    private final MemorySegment infoByFd;
    private final MemorySegment iterCreate;
    private final MemorySegment progTestRun;
    private final MemorySegment progQuery;
    private final MemorySegment progLoad;
    private final MemorySegment probeMapType;
    private final MemorySegment findVmlinuxBtfId;
    private final MemorySegment btfLoadVmlinux;
    private final MemorySegment btfFree;
    private final MemorySegment btfFindByNameKind;
    private final MemorySegment btfTypeById;
    private final MemorySegment btfNameByOffset;
    private final Map<Kind, MemorySegment> nextId = new EnumMap<>(Kind.class);

    /**
     * Finds libbpf and every function needed of it.
     *
     * @param override path of the library to use ({@code RINGSIDE_LIBBPF}), or null to look for it
     * @throws NativeLibraryException with the remedy when there is no libbpf, or one that is too old
     */
    public static LibBpf find(String override) {
        return new FfmLibBpf(LibBpfLocation.find(override));
    }

    private FfmLibBpf(LibBpfLocation location) {
        path = location.path();
        Symbols libc = new Symbols("libc", Linker.nativeLinker().defaultLookup());
        printer = new LibBpfPrinter(libc);
        libc.requireAll("run on Linux with glibc or musl");

        Symbols bpf = new Symbols(path, location.symbols());
        versionString = bpf.find("libbpf_version_string");
        numPossibleCpus = bpf.find("libbpf_num_possible_cpus");
        objectOpenMem = bpf.find("bpf_object__open_mem");
        objectLoad = bpf.find("bpf_object__load");
        objectClose = bpf.find("bpf_object__close");
        objectNextProgram = bpf.find("bpf_object__next_program");
        objectNextMap = bpf.find("bpf_object__next_map");
        objectBtf = bpf.find("bpf_object__btf");
        programName = bpf.find("bpf_program__name");
        programSectionName = bpf.find("bpf_program__section_name");
        programFd = bpf.find("bpf_program__fd");
        programSetAutoload = bpf.find("bpf_program__set_autoload");
        programSetLogBuf = bpf.find("bpf_program__set_log_buf");
        programUnload = bpf.find("bpf_program__unload");
        programAttach = bpf.find("bpf_program__attach");
        programAttachCgroup = bpf.find("bpf_program__attach_cgroup");
        programAttachIter = bpf.find("bpf_program__attach_iter");
        linkFd = bpf.find("bpf_link__fd");
        linkDestroy = bpf.find("bpf_link__destroy");
        mapName = bpf.find("bpf_map__name");
        mapFd = bpf.find("bpf_map__fd");
        mapType = bpf.find("bpf_map__type");
        mapKeySize = bpf.find("bpf_map__key_size");
        mapValueSize = bpf.find("bpf_map__value_size");
        mapMaxEntries = bpf.find("bpf_map__max_entries");
        mapSetMaxEntries = bpf.find("bpf_map__set_max_entries");
        mapInitialValue = bpf.find("bpf_map__initial_value");
        mapLookup = bpf.find("bpf_map_lookup_elem");
        mapUpdate = bpf.find("bpf_map_update_elem");
        mapDelete = bpf.find("bpf_map_delete_elem");
        mapNextKey = bpf.find("bpf_map_get_next_key");
        mapLookupBatch = bpf.find("bpf_map_lookup_batch");
        infoByFd = bpf.find("bpf_obj_get_info_by_fd");
        iterCreate = bpf.find("bpf_iter_create");
        progTestRun = bpf.find("bpf_prog_test_run_opts");
        progQuery = bpf.find("bpf_prog_query");
        progLoad = bpf.find("bpf_prog_load");
        probeMapType = bpf.find("libbpf_probe_bpf_map_type");
        findVmlinuxBtfId = bpf.find("libbpf_find_vmlinux_btf_id");
        btfLoadVmlinux = bpf.find("btf__load_vmlinux_btf");
        btfFree = bpf.find("btf__free");
        btfFindByNameKind = bpf.find("btf__find_by_name_kind");
        btfTypeById = bpf.find("btf__type_by_id");
        btfNameByOffset = bpf.find("btf__name_by_offset");
        nextId.put(Kind.PROGRAM, bpf.find("bpf_prog_get_next_id"));
        nextId.put(Kind.MAP, bpf.find("bpf_map_get_next_id"));
        nextId.put(Kind.LINK, bpf.find("bpf_link_get_next_id"));
        MemorySegment setPrint = bpf.find("libbpf_set_print");
        bpf.requireAll(LibBpfLocation.REMEDY);

        Downcall.toPointer(setPrint, printer.callback());
    }

    @Override
    public String version() {
        return string(Downcall.toPointer(versionString));
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public Errno lastError() {
        return Downcall.errno();
    }

    @Override
    public int possibleCpus() {
        return Downcall.toInt(numPossibleCpus);
    }

    @Override
    public LibBpfMessages captureMessages(int maxChars) {
        return printer.capture(maxChars);
    }

    @Override
    public MemorySegment objectOpen(MemorySegment bytes, String name) {
        try (Arena arena = Arena.ofConfined()) {
            // struct bpf_object_open_opts { size_t sz; const char *object_name; ... }; sz says how much of it we know.
            MemorySegment options = arena.allocate(16, 8);
            options.set(JAVA_LONG, 0, 16);
            options.set(ADDRESS, 8, arena.allocateFrom(name));
            return Downcall.toPointer(objectOpenMem, bytes, bytes.byteSize(), options);
        }
    }

    @Override
    public int objectLoad(MemorySegment object) {
        return Downcall.toInt(objectLoad, object);
    }

    @Override
    public void objectClose(MemorySegment object) {
        Downcall.toVoid(objectClose, object);
    }

    @Override
    public MemorySegment objectNextProgram(MemorySegment object, MemorySegment previous) {
        return Downcall.toPointer(objectNextProgram, object, previous);
    }

    @Override
    public MemorySegment objectNextMap(MemorySegment object, MemorySegment previous) {
        return Downcall.toPointer(objectNextMap, object, previous);
    }

    @Override
    public MemorySegment objectBtf(MemorySegment object) {
        return Downcall.toPointer(objectBtf, object);
    }

    @Override
    public String programName(MemorySegment program) {
        return string(Downcall.toPointer(programName, program));
    }

    @Override
    public String programSection(MemorySegment program) {
        return string(Downcall.toPointer(programSectionName, program));
    }

    @Override
    public int programFd(MemorySegment program) {
        return Downcall.toInt(programFd, program);
    }

    @Override
    public int programSetAutoload(MemorySegment program, boolean load) {
        return Downcall.toInt(programSetAutoload, program, load ? 1 : 0); // a C bool is passed like an int of 0 or 1
    }

    @Override
    public int programSetLogBuffer(MemorySegment program, MemorySegment buffer) {
        return Downcall.toInt(programSetLogBuf, program, buffer, buffer.byteSize());
    }

    @Override
    public void programUnload(MemorySegment program) {
        Downcall.toVoid(programUnload, program);
    }

    @Override
    public MemorySegment programAttach(MemorySegment program) {
        return Downcall.toPointer(programAttach, program);
    }

    @Override
    public MemorySegment programAttachCgroup(MemorySegment program, int cgroupFd) {
        return Downcall.toPointer(programAttachCgroup, program, cgroupFd);
    }

    @Override
    public MemorySegment programAttachIterator(MemorySegment program, int mapFd) {
        if (mapFd < 0) {
            return Downcall.toPointer(programAttachIter, program, MemorySegment.NULL);
        }
        try (Arena arena = Arena.ofConfined()) {
            // struct bpf_iter_attach_opts { size_t sz; union bpf_iter_link_info *link_info; __u32 link_info_len; };
            // union bpf_iter_link_info { struct { __u32 map_fd; } map; ... } is 16 bytes since 6.1; a kernel that knows
            // fewer takes the rest if it is zero.
            MemorySegment linkInfo = arena.allocate(16, 8);
            linkInfo.set(JAVA_INT, 0, mapFd);
            MemorySegment options = arena.allocate(24, 8);
            options.set(JAVA_LONG, 0, 24);
            options.set(ADDRESS, 8, linkInfo);
            options.set(JAVA_INT, 16, 16);
            return Downcall.toPointer(programAttachIter, program, options);
        }
    }

    @Override
    public int linkFd(MemorySegment link) {
        return Downcall.toInt(linkFd, link);
    }

    @Override
    public int linkDestroy(MemorySegment link) {
        return Downcall.toInt(linkDestroy, link);
    }

    @Override
    public String mapName(MemorySegment map) {
        return string(Downcall.toPointer(mapName, map));
    }

    @Override
    public int mapFd(MemorySegment map) {
        return Downcall.toInt(mapFd, map);
    }

    @Override
    public int mapType(MemorySegment map) {
        return Downcall.toInt(mapType, map);
    }

    @Override
    public int mapKeySize(MemorySegment map) {
        return Downcall.toInt(mapKeySize, map);
    }

    @Override
    public int mapValueSize(MemorySegment map) {
        return Downcall.toInt(mapValueSize, map);
    }

    @Override
    public int mapMaxEntries(MemorySegment map) {
        return Downcall.toInt(mapMaxEntries, map);
    }

    @Override
    public int mapSetMaxEntries(MemorySegment map, int maxEntries) {
        return Downcall.toInt(mapSetMaxEntries, map, maxEntries);
    }

    @Override
    public MemorySegment mapInitialValue(MemorySegment map) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(JAVA_LONG);
            MemorySegment value = Downcall.toPointer(mapInitialValue, map, size);
            return isNull(value) ? MemorySegment.NULL : value.reinterpret(size.get(JAVA_LONG, 0));
        }
    }

    @Override
    public int mapLookup(int fd, MemorySegment key, MemorySegment value) {
        return Downcall.toInt(mapLookup, fd, key, value);
    }

    @Override
    public int mapUpdate(int fd, MemorySegment key, MemorySegment value, long flags) {
        return Downcall.toInt(mapUpdate, fd, key, value, flags);
    }

    @Override
    public int mapDelete(int fd, MemorySegment key) {
        return Downcall.toInt(mapDelete, fd, key);
    }

    @Override
    public int mapNextKey(int fd, MemorySegment key, MemorySegment nextKey) {
        return Downcall.toInt(mapNextKey, fd, key, nextKey);
    }

    @Override
    public int mapLookupBatch(int fd, MemorySegment inBatch, MemorySegment outBatch, MemorySegment keys, MemorySegment values, MemorySegment count) {
        return Downcall.toInt(mapLookupBatch, fd, inBatch, outBatch, keys, values, count, MemorySegment.NULL);
    }

    @Override
    public int infoByFd(int fd, MemorySegment info) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) info.byteSize());
            return Downcall.toInt(infoByFd, fd, info, length);
        }
    }

    @Override
    public int iteratorCreate(int linkFd) {
        return Downcall.toInt(iterCreate, linkFd);
    }

    @Override
    public int programRun(int programFd, MemorySegment context) {
        try (Arena arena = Arena.ofConfined()) {
            // struct bpf_test_run_opts: sz at 0, ctx_in at 32, ctx_size_in at 48, retval at 56.
            MemorySegment options = arena.allocate(80, 8);
            options.set(JAVA_LONG, 0, 80);
            options.set(ADDRESS, 32, context);
            options.set(JAVA_INT, 48, (int) context.byteSize());
            int result = Downcall.toInt(progTestRun, programFd, options);
            return result < 0 ? result : options.get(JAVA_INT, 56);
        }
    }

    @Override
    public int programQuery(int targetFd, int attachType, int[] ids) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attachFlags = arena.allocate(JAVA_INT);
            MemorySegment count = arena.allocateFrom(JAVA_INT, ids.length);
            MemorySegment found = arena.allocate(JAVA_INT, ids.length);
            int result = Downcall.toInt(progQuery, targetFd, attachType, 0, attachFlags, found, count);
            if (result < 0 && result != -Errno.ENOSPC.number()) {
                return result;
            }
            int total = count.get(JAVA_INT, 0);
            MemorySegment.copy(found, JAVA_INT, 0, ids, 0, Math.min(total, ids.length));
            return total;
        }
    }

    @Override
    public int nextId(Kind kind, int id) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment next = arena.allocate(JAVA_INT);
            int result = Downcall.toInt(nextId.get(kind), id, next);
            return result < 0 ? result : next.get(JAVA_INT, 0);
        }
    }

    @Override
    public int programLoad(int programType, int expectedAttachType, int attachBtfId, MemorySegment instructions) {
        try (Arena arena = Arena.ofConfined()) {
            // struct bpf_prog_load_opts as far as attach_btf_id: sz at 0, expected_attach_type at 12, attach_btf_id at 32.
            MemorySegment options = arena.allocate(40, 8);
            options.set(JAVA_LONG, 0, 40);
            options.set(JAVA_INT, 12, expectedAttachType);
            options.set(JAVA_INT, 32, attachBtfId);
            return Downcall.toInt(progLoad, programType, arena.allocateFrom("ringside_check"), arena.allocateFrom("GPL"),
                    instructions, instructions.byteSize() / 8, options);
        }
    }

    @Override
    public int probeMapType(int mapTypeNumber) {
        return Downcall.toInt(probeMapType, mapTypeNumber, MemorySegment.NULL);
    }

    @Override
    public int kernelBtfId(String name, int attachType) {
        try (Arena arena = Arena.ofConfined()) {
            return Downcall.toInt(findVmlinuxBtfId, arena.allocateFrom(name), attachType);
        }
    }

    @Override
    public MemorySegment btfLoadKernel() {
        return Downcall.toPointer(btfLoadVmlinux);
    }

    @Override
    public void btfFree(MemorySegment btf) {
        Downcall.toVoid(btfFree, btf);
    }

    @Override
    public int btfFindByNameKind(MemorySegment btf, String name, int kind) {
        try (Arena arena = Arena.ofConfined()) {
            return Downcall.toInt(btfFindByNameKind, btf, arena.allocateFrom(name), kind);
        }
    }

    @Override
    public MemorySegment btfType(MemorySegment btf, int id, long size) {
        MemorySegment type = Downcall.toPointer(btfTypeById, btf, id);
        return isNull(type) ? MemorySegment.NULL : type.reinterpret(size);
    }

    @Override
    public String btfName(MemorySegment btf, int nameOffset) {
        return string(Downcall.toPointer(btfNameByOffset, btf, nameOffset));
    }

    private static boolean isNull(MemorySegment pointer) {
        return pointer.address() == 0;
    }

    /** A string of libbpf's own; they are names and paths, so a bound is no loss. */
    private static String string(MemorySegment pointer) {
        return isNull(pointer) ? "" : pointer.reinterpret(4096).getString(0);
    }
}
