package dev.ringside.btf.codegen;

/** A C type that becomes a Java class. Two objects have the same type if these are equal. */
sealed interface EventType permits StructLayout, KindLayout {
    /** The C name, {@code tcp_event}. */
    String name();

    /** What first differs in another object's type of the same name, for an error. */
    String difference(EventType other);
}
