/**
 * Pods and services of the whole cluster, from the API server: only where {@code peers.cluster.enabled} says so, and only for who a peer is.
 *
 * <pre>
 * ClusterAddress ─▶ ClusterPeers ─▶ two ResourceWatches ─▶ ApiObjects ─▶ ApiObject… ─▶ AddressLedger ─▶ AddressBook
 *  (config, env)     a loop's thread   list, then watch      token by token                            (mailbox)
 * </pre>
 */
package dev.ringside.daemon.cluster;
