package dev.ringside.btf;

/** An ELF file is malformed or of a kind that is not read here. The message is {@code what was wrong: name=value}. */
public final class ElfException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ElfException(String message) {
        super(message);
    }

    ElfException(String message, Throwable cause) {
        super(message, cause);
    }
}
