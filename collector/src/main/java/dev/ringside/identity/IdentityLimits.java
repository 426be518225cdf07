package dev.ringside.identity;

import java.time.Duration;

/**
 * Bounds of the {@link IdentityTable}.
 *
 * @param maxSlots     identities at a time, the three reserved ones included
 * @param maxLingering ended cgroups that are remembered at a time; above it the oldest are forgotten early
 * @param linger       how long an ended cgroup is remembered, for events that come late
 * @param commandIdle  how long a command may be silent before its slot is given back
 */
public record IdentityLimits(int maxSlots, int maxLingering, Duration linger, Duration commandIdle) {

    public IdentityLimits {
        require(maxSlots > IdentityTable.RESERVED_SLOTS, "maxSlots", maxSlots, "at least " + (IdentityTable.RESERVED_SLOTS + 1));
        require(maxLingering > 0, "maxLingering", maxLingering, "at least 1");
        require(!linger.isNegative(), "linger", linger, "not negative");
        require(!commandIdle.isNegative(), "commandIdle", commandIdle, "not negative");
    }

    public static IdentityLimits defaults() {
        return new IdentityLimits(10_000, 10_000, Duration.ofSeconds(60), Duration.ofMinutes(10));
    }

    private static void require(boolean valid, String name, Object value, String allowed) {
        if (!valid) {
            throw new IllegalArgumentException("identity limit is out of range: " + name + "=" + value + ", allowed=" + allowed);
        }
    }
}
