package dev.ringside.identity.peer;

import java.util.List;
import java.util.stream.Stream;

/**
 * Whether the other ends of connections are told apart, and what those are called that are neither a pod of this node nor the node itself.
 *
 * @param services ranges that the cluster gives its services
 * @param ranges   all others; the longest prefix that fits decides
 */
public record PeerConfig(boolean enabled, List<AddressRange> services, List<AddressRange> ranges) {

    public static final PeerConfig DEFAULT = new PeerConfig(true, List.of(), Stream.of("private=10.0.0.0/8", "private=172.16.0.0/12", "private=192.168.0.0/16",
            "private=100.64.0.0/10", "private=fc00::/7", "linklocal=169.254.0.0/16", "linklocal=fe80::/10", "internet=0.0.0.0/0", "internet=::/0")
            .map(AddressRange::parse).toList());
    public static final PeerConfig OFF = new PeerConfig(false, List.of(), List.of());

    public PeerConfig {
        services = List.copyOf(services);
        ranges = List.copyOf(ranges);
    }
}
