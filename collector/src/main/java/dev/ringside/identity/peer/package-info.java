/**
 * Whom a workload talks to: addresses as integers, who had them when, and a slot for each pair of workload and peer.
 *
 * <p>Where a hook sees the address of a service (ClusterIP) and not of the pod behind it, because translation happens later, in netfilter, the peer is
 * that service; where a socket's address is rewritten at {@code connect}, it is the pod.
 */
package dev.ringside.identity.peer;
