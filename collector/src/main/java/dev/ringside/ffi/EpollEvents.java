package dev.ringside.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * An array of <a href="https://elixir.bootlin.com/linux/v6.12/source/include/uapi/linux/eventpoll.h">struct epoll_event</a>,
 * which is packed on x86-64 and on nothing else:
 *
 * <pre>
 *          0         4         8        12        16
 *  x86-64  | events  |      data        |
 *  others  | events  | padding |       data         |
 * </pre>
 */
public record EpollEvents(MemorySegment memory, int capacity) {
    public static final int EPOLLIN = 1;
    private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");
    private static final int DATA_OFFSET = PACKED ? 4 : 8;
    private static final int STRIDE = DATA_OFFSET + 8;

    public static EpollEvents allocate(Arena arena, int capacity) {
        return new EpollEvents(arena.allocate((long) STRIDE * capacity, 8), capacity);
    }

    public void set(int index, int events, long data) {
        memory.set(JAVA_INT, (long) index * STRIDE, events);
        memory.set(JAVA_LONG_UNALIGNED, (long) index * STRIDE + DATA_OFFSET, data);
    }

    public int events(int index) {
        return memory.get(JAVA_INT, (long) index * STRIDE);
    }

    public long data(int index) {
        return memory.get(JAVA_LONG_UNALIGNED, (long) index * STRIDE + DATA_OFFSET);
    }
}
