package dev.ringside.ring;

import dev.ringside.agent.IdleStrategy;
import dev.ringside.ffi.EpollEvents;
import dev.ringside.ffi.Errno;
import dev.ringside.ffi.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * How the drain thread waits: for its timer, for a ring past its fill threshold, or for somebody with a command.
 *
 * <p>Rings are watched edge-triggered. Probes submit with {@code BPF_RB_NO_WAKEUP}, so an edge comes only where they
 * force one; level-triggered, epoll would look for itself and find data every time, and the timer would never be used.
 *
 * <p>{@link #wakeUp()} is for any thread, everything else for the one that waits; close after that one has ended.
 */
public final class RingPoller implements IdleStrategy, AutoCloseable {

    private static final int EPOLLET = 1 << 31;
    private static final int MAX_EVENTS = 16;

    private final LibC libc;
    private final int timeoutMillis;
    private final int epollFd;
    private final int eventFd;
    private final Arena arena = Arena.ofShared();
    private final EpollEvents events;
    private final MemorySegment counter;
    private final MemorySegment one;
    private boolean closed;

    /** @param timeoutMillis the timer */
    public RingPoller(LibC libc, int timeoutMillis) {
        this.libc = libc;
        this.timeoutMillis = timeoutMillis;
        this.events = EpollEvents.allocate(arena, MAX_EVENTS);
        this.counter = arena.allocate(ValueLayout.JAVA_LONG);
        this.one = arena.allocateFrom(ValueLayout.JAVA_LONG, 1);
        this.epollFd = checked("epoll_create1", libc.epollCreate(LibC.EPOLL_CLOEXEC));
        this.eventFd = checked("eventfd", libc.eventfd(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK));
        watch(eventFd, EpollEvents.EPOLLIN);
    }

    /** Wakes for this ring too. Before the thread starts to wait. */
    public void add(int ringFd) {
        watch(ringFd, EpollEvents.EPOLLIN | EPOLLET);
    }

    private void watch(int fd, int interest) {
        events.set(0, interest, fd);
        checked("epoll_ctl", libc.epollControl(epollFd, LibC.EPOLL_CTL_ADD, fd, events.memory()));
    }

    @Override
    public void idle(int workCount) {
        if (workCount > 0) {
            return;
        }
        int ready = libc.epollWait(epollFd, events.memory(), MAX_EVENTS, timeoutMillis);
        if (ready < 0 && !Errno.ofResult(ready).equals(Errno.EINTR)) {
            throw new IllegalStateException("cannot wait for rings: epoll_wait=" + Errno.ofResult(ready));
        }
        for (int i = 0; i < ready; i++) {
            if (events.data(i) == eventFd) {
                libc.read(eventFd, counter); // takes the level down; what was said is in the mailbox
            }
        }
    }

    @Override
    public synchronized void wakeUp() {
        if (!closed) {
            libc.write(eventFd, one);
        }
    }

    private static int checked(String call, int result) {
        if (result < 0) {
            throw new IllegalStateException("cannot set up the drain thread's wait: " + call + "=" + Errno.ofResult(result));
        }
        return result;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            libc.close(eventFd);
            libc.close(epollFd);
            arena.close();
        }
    }
}
