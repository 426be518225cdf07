package dev.ringside.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The few libc functions the daemon needs besides what the JDK offers. A result below zero is a negated errno. None of
 * them is called per event.
 */
public interface LibC {
    int O_RDONLY = 0;
    int O_DIRECTORY = 0x10000;
    int O_CLOEXEC = 0x80000;
    int PROT_READ = 1;
    int PROT_WRITE = 2;
    int MAP_SHARED = 1;
    int MAP_PRIVATE = 2;
    int MAP_ANONYMOUS = 0x20;
    int EPOLL_CLOEXEC = 0x80000;
    int EPOLL_CTL_ADD = 1;
    int EPOLL_CTL_DEL = 2;
    int EFD_CLOEXEC = 0x80000;
    int EFD_NONBLOCK = 0x800;
    int CLONE_NEWNS = 0x20000;
    long MS_NOSUID = 2;
    long MS_NODEV = 4;
    long MS_NOEXEC = 8;
    long MS_REC = 0x4000;
    long MS_PRIVATE = 0x40000;

    /** errno of the last call on this thread that returned a pointer. */
    Errno lastError();

    /** {@code open(2)}; shape: the new file descriptor. */
    int open(String path, int flags);

    int close(int fd);

    /** {@code read(2)} into the whole of {@code buffer}; the number of bytes, 0 at the end. */
    long read(int fd, MemorySegment buffer);

    long write(int fd, MemorySegment buffer);

    /**
     * {@code mmap(2)}: a segment of {@code length} bytes that is unmapped when {@code arena} closes, or {@link
     * MemorySegment#NULL} with the reason in {@link #lastError()}.
     */
    MemorySegment mmap(Arena arena, long length, int protection, int flags, int fd, long offset);

    int epollCreate(int flags);

    /** {@code epoll_ctl(2)}; {@code event} as laid out by {@link EpollEvents}, NULL for a deletion. */
    int epollControl(int epollFd, int operation, int fd, MemorySegment event);

    /** {@code epoll_wait(2)}: how many of {@code events} were filled. */
    int epollWait(int epollFd, MemorySegment events, int maxEvents, int timeoutMillis);

    int eventfd(int initialValue, int flags);

    /** {@code getpagesize(2)}. */
    long pageSize();

    int mount(String source, String target, String type, long flags);

    /** {@code unshare(2)}, of the calling thread. */
    int unshare(int flags);

    /** {@code setresuid(3)} to one user for all three: of every thread of the process, which the kernel's own call doesn't do and libc's does. */
    int setUser(int uid);

    /** {@code prctl(PR_SET_KEEPCAPS)}: whether the calling thread keeps its permitted capabilities through {@link #setUser}. */
    int keepCapabilities(boolean keep);

    /** {@code capset(2)}: permits the calling thread these, and makes them effective; bit numbers as in {@code CapEff}. */
    int setCapabilities(long mask);
}
