/**
 * The two native libraries the daemon talks to, libc and libbpf, each an interface with one implementation on the
 * Foreign Function &amp; Memory API. Nothing else in Ringside holds a {@code Linker} or a {@code SymbolLookup}.
 *
 * <p>Results follow the kernel's convention: an {@code int} or {@code long} below zero is a negated errno, turned into
 * words by {@link dev.ringside.ffi.Errno}. A call that returns a pointer returns {@code NULL} on failure and leaves the
 * reason in {@code lastError()} of the calling thread.
 */
package dev.ringside.ffi;
