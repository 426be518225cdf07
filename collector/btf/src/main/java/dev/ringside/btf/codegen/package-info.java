/**
 * Generates Java accessors from the BTF of compiled probes, so that the C struct stays the only truth about a
 * record's layout. Runs in the build of {@code probes/}; nothing of it runs in the daemon.
 */
package dev.ringside.btf.codegen;
