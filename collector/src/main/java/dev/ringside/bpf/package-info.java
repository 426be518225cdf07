/**
 * BPF objects in the kernel: what to attach ({@link dev.ringside.bpf.AttachPoint}), how it went
 * ({@link dev.ringside.bpf.AttachOutcome}), and the maps, links and walks that live until closed.
 *
 * <p>{@link dev.ringside.bpf.BpfObjectSpec} is plain data; {@link dev.ringside.bpf.BpfObject} is in the kernel.
 */
package dev.ringside.bpf;
