/**
 * Reads ELF objects and the BPF Type Format (BTF) in plain Java: the layout of our own probes' records at build
 * time, the running kernel's types at start.
 *
 * <p>Nothing here allocates by what a file claims: every count and offset is checked against the bytes at hand,
 * types are decoded when they are asked for, and a chain of types is followed a bounded number of steps. Malformed
 * input ends in {@link dev.ringside.btf.ElfException} or {@link dev.ringside.btf.BtfException}, never in anything else.
 */
package dev.ringside.btf;
