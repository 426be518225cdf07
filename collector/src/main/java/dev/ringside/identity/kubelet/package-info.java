/**
 * What the node's kubelet says of its pods, as plain data. How it is asked is the daemon's business: it hands in a {@link PodSource}.
 *
 * <pre>
 * PodSource.fetch() ─▶ PodWatcher ─▶ PodIndex ───(mailbox)──▶ the identity table's join
 *  one request          every 30 s, and  ◀── requestRefresh() ── a container nobody has named yet
 * </pre>
 */
package dev.ringside.identity.kubelet;
