package dev.ringside.bpf;

import dev.ringside.ffi.Errno;

/** The kernel or libbpf refused an operation that ought to work on an object that is loaded. */
public final class BpfException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BpfException(String message) {
        super(message);
    }

    /** {@code what: detail, error=ENOENT (no such file or entry)}. */
    BpfException(String what, String detail, Errno errno) {
        super(what + ": " + detail + ", error=" + errno);
    }
}
