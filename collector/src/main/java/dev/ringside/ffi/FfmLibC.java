package dev.ringside.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;

/** {@link LibC} on the Foreign Function &amp; Memory API. */
public final class FfmLibC implements LibC {
    private static final long MAP_FAILED = -1;
    private static final int PR_SET_KEEPCAPS = 8;
    private static final int CAPABILITY_VERSION_3 = 0x20080522;

    private final MemorySegment open;
    private final MemorySegment close;
    private final MemorySegment read;
    private final MemorySegment write;
    private final MemorySegment mmap;
    private final MemorySegment munmap;
    private final MemorySegment epollCreate;
    private final MemorySegment epollControl;
    private final MemorySegment epollWait;
    private final MemorySegment eventfd;
    private final MemorySegment pageSize;
    private final MemorySegment mount;
    private final MemorySegment unshare;
    private final MemorySegment setresuid;
    private final MemorySegment prctl;
    private final MemorySegment capset;

    /** @throws NativeLibraryException when this libc lacks a function */
    public FfmLibC() {
        Symbols libc = new Symbols("libc", Linker.nativeLinker().defaultLookup());
        open = libc.find("open");
        close = libc.find("close");
        read = libc.find("read");
        write = libc.find("write");
        mmap = libc.find("mmap");
        munmap = libc.find("munmap");
        epollCreate = libc.find("epoll_create1");
        epollControl = libc.find("epoll_ctl");
        epollWait = libc.find("epoll_wait");
        eventfd = libc.find("eventfd");
        pageSize = libc.find("getpagesize");
        mount = libc.find("mount");
        unshare = libc.find("unshare");
        setresuid = libc.find("setresuid");
        prctl = libc.find("prctl");
        capset = libc.find("capset");
        libc.requireAll("run on Linux with glibc or musl");
    }

    @Override
    public Errno lastError() {
        return Downcall.errno();
    }

    @Override
    public int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return result(Downcall.toInt(open, arena.allocateFrom(path), flags));
        }
    }

    @Override
    public int close(int fd) {
        return result(Downcall.toInt(close, fd));
    }

    @Override
    public long read(int fd, MemorySegment buffer) {
        return result(Downcall.toLong(read, fd, buffer, buffer.byteSize()));
    }

    @Override
    public long write(int fd, MemorySegment buffer) {
        return result(Downcall.toLong(write, fd, buffer, buffer.byteSize()));
    }

    @Override
    public MemorySegment mmap(Arena arena, long length, int protection, int flags, int fd, long offset) {
        MemorySegment mapped = Downcall.toPointer(mmap, MemorySegment.NULL, length, protection, flags, fd, offset);
        if (mapped.address() == MAP_FAILED) {
            return MemorySegment.NULL;
        }
        long address = mapped.address(); // the cleanup may not hold the segment it cleans up
        return mapped.reinterpret(length, arena, ignored -> Downcall.toInt(munmap, MemorySegment.ofAddress(address), length));
    }

    @Override
    public int epollCreate(int flags) {
        return result(Downcall.toInt(epollCreate, flags));
    }

    @Override
    public int epollControl(int epollFd, int operation, int fd, MemorySegment event) {
        return result(Downcall.toInt(epollControl, epollFd, operation, fd, event));
    }

    @Override
    public int epollWait(int epollFd, MemorySegment events, int maxEvents, int timeoutMillis) {
        return result(Downcall.toInt(epollWait, epollFd, events, maxEvents, timeoutMillis));
    }

    @Override
    public int eventfd(int initialValue, int flags) {
        return result(Downcall.toInt(eventfd, initialValue, flags));
    }

    @Override
    public long pageSize() {
        return Downcall.toInt(pageSize);
    }

    @Override
    public int mount(String source, String target, String type, long flags) {
        try (Arena arena = Arena.ofConfined()) {
            return result(Downcall.toInt(mount, arena.allocateFrom(source), arena.allocateFrom(target),
                    arena.allocateFrom(type), flags, MemorySegment.NULL));
        }
    }

    @Override
    public int unshare(int flags) {
        return result(Downcall.toInt(unshare, flags));
    }

    @Override
    public int setUser(int uid) {
        return result(Downcall.toInt(setresuid, uid, uid, uid));
    }

    @Override
    public int keepCapabilities(boolean keep) {
        return result(Downcall.toIntVariadic(prctl, PR_SET_KEEPCAPS, keep ? 1 : 0, 0, 0, 0));
    }

    // struct __user_cap_header_struct { __u32 version; int pid; } and two of struct __user_cap_data_struct { __u32 effective, permitted,
    // inheritable; }, the low half of all bits first (include/uapi/linux/capability.h)
    @Override
    public int setCapabilities(long mask) {
        int low = (int) mask;
        int high = (int) (mask >>> 32);
        try (Arena arena = Arena.ofConfined()) {
            return result(Downcall.toInt(capset, arena.allocateFrom(JAVA_INT, CAPABILITY_VERSION_3, 0),
                    arena.allocateFrom(JAVA_INT, low, low, 0, high, high, 0)));
        }
    }

    private static int result(int value) {
        return value == -1 ? -Downcall.errno().number() : value;
    }

    private static long result(long value) {
        return value == -1 ? -Downcall.errno().number() : value;
    }
}
