package dev.ringside.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * One method per C signature; the function's address is the first argument. Because a handle belongs to a signature and
 * not to a function, it can be {@code static final} (and so be inlined by the JIT) while the addresses come from a library
 * that is found at run time; and sixty functions need half as many handles, each of which costs start-up time to spin.
 *
 * <p>Every call captures errno into a segment of the calling thread, read by {@link #errno()}.
 */
final class Downcall {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CAPTURE_ERRNO = Linker.Option.captureCallState("errno");
    private static final VarHandle ERRNO = Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final ThreadLocal<MemorySegment> CAPTURED =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(Linker.Option.captureStateLayout()));

    private static final MethodHandle I_I = returningInt(JAVA_INT);
    private static final MethodHandle I_II = returningInt(JAVA_INT, JAVA_INT);
    private static final MethodHandle I_IPP = returningInt(JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle I_IPPL = returningInt(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
    private static final MethodHandle I_IPPPPPP = returningInt(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle I_IPII = returningInt(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle I_IIIP = returningInt(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle I_P = returningInt(ADDRESS);
    private static final MethodHandle I_PI = returningInt(ADDRESS, JAVA_INT);
    private static final MethodHandle I_PPI = returningInt(ADDRESS, ADDRESS, JAVA_INT);
    private static final MethodHandle I_PPL = returningInt(ADDRESS, ADDRESS, JAVA_LONG);
    private static final MethodHandle L_IPL = handle(FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle P_P = returningPointer(ADDRESS);
    private static final MethodHandle P_PI = returningPointer(ADDRESS, JAVA_INT);
    private static final MethodHandle P_PP = returningPointer(ADDRESS, ADDRESS);
    private static final MethodHandle P_PLP = returningPointer(ADDRESS, JAVA_LONG, ADDRESS);
    private static final MethodHandle P_PLIIIL = returningPointer(ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle P_VOID = returningPointer();
    private static final MethodHandle I_VOID = returningInt();
    private static final MethodHandle V_P = handle(FunctionDescriptor.ofVoid(ADDRESS));
    // Without errno: it is called by libbpf, whose caller wants to see the errno of the call it made.
    private static final MethodHandle FORMAT =
            LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));

    /** Signatures that the way to the first scrape doesn't need: a handle costs some 3 ms of it. */
    private static final class Later {
        private static final MethodHandle I_IP = returningInt(JAVA_INT, ADDRESS);
        private static final MethodHandle I_IIIPPP = returningInt(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
        private static final MethodHandle I_IPPPLP = returningInt(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
        private static final MethodHandle I_PPPLP = returningInt(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
        private static final MethodHandle I_PL = returningInt(ADDRESS, JAVA_LONG);
        private static final MethodHandle I_PP = returningInt(ADDRESS, ADDRESS);
        private static final MethodHandle I_III = returningInt(JAVA_INT, JAVA_INT, JAVA_INT);
        private static final MethodHandle I_I_LLLL = LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                JAVA_LONG), CAPTURE_ERRNO, Linker.Option.firstVariadicArg(1));
    }

    private Downcall() {}

    static Errno errno() {
        return new Errno((int) ERRNO.get(CAPTURED.get(), 0L));
    }

    static int toInt(MemorySegment f) {
        return intOf(() -> (int) I_VOID.invokeExact(f, CAPTURED.get()));
    }

    static int toInt(MemorySegment f, int a) {
        return intOf(() -> (int) I_I.invokeExact(f, CAPTURED.get(), a));
    }

    static int toInt(MemorySegment f, int a, int b) {
        return intOf(() -> (int) I_II.invokeExact(f, CAPTURED.get(), a, b));
    }

    static int toInt(MemorySegment f, int a, MemorySegment b) {
        return intOf(() -> (int) Later.I_IP.invokeExact(f, CAPTURED.get(), a, b));
    }

    static int toInt(MemorySegment f, int a, MemorySegment b, MemorySegment c) {
        return intOf(() -> (int) I_IPP.invokeExact(f, CAPTURED.get(), a, b, c));
    }

    static int toInt(MemorySegment f, int a, MemorySegment b, MemorySegment c, long d) {
        return intOf(() -> (int) I_IPPL.invokeExact(f, CAPTURED.get(), a, b, c, d));
    }

    static int toInt(MemorySegment f, int a, MemorySegment b, MemorySegment c, MemorySegment d, MemorySegment e, MemorySegment g, MemorySegment h) {
        return intOf(() -> (int) I_IPPPPPP.invokeExact(f, CAPTURED.get(), a, b, c, d, e, g, h));
    }

    static int toInt(MemorySegment f, int a, MemorySegment b, int c, int d) {
        return intOf(() -> (int) I_IPII.invokeExact(f, CAPTURED.get(), a, b, c, d));
    }

    static int toInt(MemorySegment f, int a, int b, int c, MemorySegment d) {
        return intOf(() -> (int) I_IIIP.invokeExact(f, CAPTURED.get(), a, b, c, d));
    }

    static int toInt(MemorySegment f, int a, int b, int c, MemorySegment d, MemorySegment e, MemorySegment g) {
        return intOf(() -> (int) Later.I_IIIPPP.invokeExact(f, CAPTURED.get(), a, b, c, d, e, g));
    }

    static int toInt(MemorySegment f, MemorySegment a) {
        return intOf(() -> (int) I_P.invokeExact(f, CAPTURED.get(), a));
    }

    static int toInt(MemorySegment f, MemorySegment a, MemorySegment b) {
        return intOf(() -> (int) Later.I_PP.invokeExact(f, CAPTURED.get(), a, b));
    }

    static int toInt(MemorySegment f, int a, int b, int c) {
        return intOf(() -> (int) Later.I_III.invokeExact(f, CAPTURED.get(), a, b, c));
    }

    /** {@code int f(int, ...)}. */
    static int toIntVariadic(MemorySegment f, int a, long b, long c, long d, long e) {
        return intOf(() -> (int) Later.I_I_LLLL.invokeExact(f, CAPTURED.get(), a, b, c, d, e));
    }

    static int toInt(MemorySegment f, MemorySegment a, int b) {
        return intOf(() -> (int) I_PI.invokeExact(f, CAPTURED.get(), a, b));
    }

    static int toInt(MemorySegment f, MemorySegment a, long b) {
        return intOf(() -> (int) Later.I_PL.invokeExact(f, CAPTURED.get(), a, b));
    }

    static int toInt(MemorySegment f, MemorySegment a, MemorySegment b, int c) {
        return intOf(() -> (int) I_PPI.invokeExact(f, CAPTURED.get(), a, b, c));
    }

    static int toInt(MemorySegment f, MemorySegment a, MemorySegment b, long c) {
        return intOf(() -> (int) I_PPL.invokeExact(f, CAPTURED.get(), a, b, c));
    }

    static int toInt(MemorySegment f, MemorySegment a, MemorySegment b, MemorySegment c, long d, MemorySegment e) {
        return intOf(() -> (int) Later.I_PPPLP.invokeExact(f, CAPTURED.get(), a, b, c, d, e));
    }

    static int toInt(MemorySegment f, int a, MemorySegment b, MemorySegment c, MemorySegment d, long e, MemorySegment g) {
        return intOf(() -> (int) Later.I_IPPPLP.invokeExact(f, CAPTURED.get(), a, b, c, d, e, g));
    }

    static long toLong(MemorySegment f, int a, MemorySegment b, long c) {
        return longOf(() -> (long) L_IPL.invokeExact(f, CAPTURED.get(), a, b, c));
    }

    static MemorySegment toPointer(MemorySegment f) {
        return pointerOf(() -> (MemorySegment) P_VOID.invokeExact(f, CAPTURED.get()));
    }

    static MemorySegment toPointer(MemorySegment f, MemorySegment a) {
        return pointerOf(() -> (MemorySegment) P_P.invokeExact(f, CAPTURED.get(), a));
    }

    static MemorySegment toPointer(MemorySegment f, MemorySegment a, int b) {
        return pointerOf(() -> (MemorySegment) P_PI.invokeExact(f, CAPTURED.get(), a, b));
    }

    static MemorySegment toPointer(MemorySegment f, MemorySegment a, MemorySegment b) {
        return pointerOf(() -> (MemorySegment) P_PP.invokeExact(f, CAPTURED.get(), a, b));
    }

    static MemorySegment toPointer(MemorySegment f, MemorySegment a, long b, MemorySegment c) {
        return pointerOf(() -> (MemorySegment) P_PLP.invokeExact(f, CAPTURED.get(), a, b, c));
    }

    static MemorySegment toPointer(MemorySegment f, MemorySegment a, long b, int c, int d, int e, long g) {
        return pointerOf(() -> (MemorySegment) P_PLIIIL.invokeExact(f, CAPTURED.get(), a, b, c, d, e, g));
    }

    static void toVoid(MemorySegment f, MemorySegment a) {
        intOf(() -> {
            V_P.invokeExact(f, CAPTURED.get(), a);
            return 0;
        });
    }

    /** {@code vsnprintf}. */
    static int format(MemorySegment f, MemorySegment buffer, long size, MemorySegment format, MemorySegment arguments) {
        return intOf(() -> (int) FORMAT.invokeExact(f, buffer, size, format, arguments));
    }

    private static MethodHandle returningInt(MemoryLayout... arguments) {
        return handle(FunctionDescriptor.of(JAVA_INT, arguments));
    }

    private static MethodHandle returningPointer(MemoryLayout... arguments) {
        return handle(FunctionDescriptor.of(ADDRESS, arguments));
    }

    private static MethodHandle handle(FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(descriptor, CAPTURE_ERRNO);
    }

    // invokeExact is declared to throw Throwable, yet a downcall throws nothing checked: an argument that doesn't fit is a
    // RuntimeException. The casts tell javac so without a catch that would have to guess what to do with an Error.

    private interface IntCall<X extends Throwable> {
        int run() throws X;
    }

    private interface LongCall<X extends Throwable> {
        long run() throws X;
    }

    private interface PointerCall<X extends Throwable> {
        MemorySegment run() throws X;
    }

    @SuppressWarnings("unchecked")
    private static int intOf(IntCall<Throwable> call) {
        return ((IntCall<RuntimeException>) (IntCall<?>) call).run();
    }

    @SuppressWarnings("unchecked")
    private static long longOf(LongCall<Throwable> call) {
        return ((LongCall<RuntimeException>) (LongCall<?>) call).run();
    }

    @SuppressWarnings("unchecked")
    private static MemorySegment pointerOf(PointerCall<Throwable> call) {
        return ((PointerCall<RuntimeException>) (PointerCall<?>) call).run();
    }
}
