/**
 * What container runtimes have written down of their containers, as plain data. Where and how that is read is the daemon's business: it hands in a
 * {@link ContainerSource}.
 *
 * <pre>
 * a container's cgroup appears ─▶ ContainerWatcher ─▶ ContainerSource.find() ───(mailbox)──▶ the identity table's join
 *                                 a thread of its own   some files on a disk
 * </pre>
 */
package dev.ringside.identity.runtime;
