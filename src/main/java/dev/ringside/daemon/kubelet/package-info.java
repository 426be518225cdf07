/**
 * The kubelet asked over HTTPS for its pods, and its answer read as it comes, token by token: a node's 110 pods are 1.5 MB of text of which some 50 kB
 * matter.
 *
 * <pre>
 * KubeletAddress ─▶ KubeletClient ─▶ PodListParser ─▶ Pod…
 *  (config, NODE_IP)   Vert.x            daemon.json: which tokens matter
 * </pre>
 */
package dev.ringside.daemon.kubelet;
