package dev.ringside.btf;

/**
 * BTF is malformed, missing, or was asked for something it does not have. The message is
 * {@code what was wrong: name=value}.
 */
public final class BtfException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BtfException(String message) {
        super(message);
    }

    BtfException(String message, Throwable cause) {
        super(message, cause);
    }
}
