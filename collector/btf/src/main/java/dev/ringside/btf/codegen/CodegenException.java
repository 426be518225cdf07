package dev.ringside.btf.codegen;

/** A C type cannot become a Java accessor, or two objects disagree about one. The message names the type, the object and the remedy. */
public final class CodegenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CodegenException(String message) {
        super(message);
    }
}
