package dev.ringside.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;

/** {@link LibC} on the Foreign Function &amp; Memory API. */
public final class FfmLibC implements LibC {
    private static final long MAP_FAILED = -1;

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

    private static int result(int value) {
        return value == -1 ? -Downcall.errno().number() : value;
    }

    private static long result(long value) {
        return value == -1 ? -Downcall.errno().number() : value;
    }
}
