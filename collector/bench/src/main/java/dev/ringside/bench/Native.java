package dev.ringside.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** C functions that the collector never calls, and so has no interface for; without errno, which would be measured as well. */
final class Native {

    private static final Linker LINKER = Linker.nativeLinker();

    private Native() {}

    static MethodHandle libc(String function, FunctionDescriptor signature) {
        return function(LINKER.defaultLookup(), function, signature);
    }

    static MethodHandle function(SymbolLookup library, String function, FunctionDescriptor signature) {
        return LINKER.downcallHandle(library.find(function).orElseThrow(), signature);
    }

    /** What C calls to call {@code target}. */
    static MemorySegment callback(MethodHandle target, FunctionDescriptor signature, Arena arena) {
        return LINKER.upcallStub(target, signature, arena);
    }
}
