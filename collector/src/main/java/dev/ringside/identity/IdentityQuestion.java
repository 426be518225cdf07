package dev.ringside.identity;

/** By what somebody wants to know a name. */
public sealed interface IdentityQuestion {

    /** @param id the directory's inode number */
    record OfCgroup(long id) implements IdentityQuestion {}

    /** @param pid in the namespace of the procfs that the daemon reads */
    record OfProcess(long pid) implements IdentityQuestion {}

    /** @param ip as the kubelet writes it */
    record OfAddress(String ip) implements IdentityQuestion {}

    /** @param id the whole of it, or its first digits */
    record OfContainer(String id) implements IdentityQuestion {}
}
