package dev.ringside.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * libbpf's print callback. It is the one upcall of the daemon, and runs while objects are loaded and attached, never per
 * event. libbpf has one callback per process, so messages are told apart by the thread they come on.
 */
final class LibBpfPrinter {
    private static final int LEVEL_DEBUG = 2; // enum libbpf_print_level
    private static final int MAX_MESSAGE = 8 << 10;

    // Static because libbpf's callback is: whichever instance installed its own last gets everybody's messages.
    private static final ThreadLocal<LibBpfMessages> CURRENT = new ThreadLocal<>();

    private final MemorySegment vsnprintf;

    LibBpfPrinter(Symbols libc) {
        vsnprintf = libc.find("vsnprintf");
    }

    /** {@code libbpf_print_fn_t}, alive as long as the process: libbpf may call it at any time. */
    MemorySegment callback() {
        try {
            var print = MethodHandles.lookup().bind(this, "print",
                    MethodType.methodType(int.class, int.class, MemorySegment.class, MemorySegment.class));
            // A va_list is passed as a pointer on x86-64 (an array decays) and on aarch64 (a struct over 16 bytes), so that it
            // can be handed on to vsnprintf unseen.
            return Linker.nativeLinker().upcallStub(print, FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS), Arena.global());
        } catch (NoSuchMethodException | IllegalAccessException e) {
            throw new LinkageError("LibBpfPrinter.print is not what it was", e);
        }
    }

    LibBpfMessages capture(int maxChars) {
        LibBpfMessages outer = CURRENT.get();
        LibBpfMessages messages = new LibBpfMessages(maxChars, () -> CURRENT.set(outer));
        CURRENT.set(messages);
        return messages;
    }

    // Called by libbpf. An exception that left it would end the process, so there is nothing in it that throws: the bytes need
    // not be UTF-8, which getString with a charset that replaces bad input doesn't mind.
    private int print(int level, MemorySegment format, MemorySegment arguments) {
        LibBpfMessages messages = CURRENT.get();
        if (messages == null || level >= LEVEL_DEBUG) {
            return 0;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment line = arena.allocate(MAX_MESSAGE);
            if (Downcall.format(vsnprintf, line, MAX_MESSAGE, format, arguments) > 0) {
                messages.append(line.getString(0));
            }
        }
        return 0;
    }
}
