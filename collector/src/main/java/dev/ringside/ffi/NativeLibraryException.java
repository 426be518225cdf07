package dev.ringside.ffi;

/** A native library is not there, or lacks functions that Ringside needs. The message ends with the remedy. */
public final class NativeLibraryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NativeLibraryException(String message) {
        super(message);
    }
}
