package dev.ringside.identity;

import java.util.Optional;

/**
 * One cgroup as the scanner found it. Its identity is worked out here, off the drain thread.
 *
 * @param path     from the hierarchy's root
 * @param identity present if the cgroup has a name of its own (container, systemd unit); otherwise its processes go by their commands
 */
public record CgroupInfo(long id, String path, CgroupOwner owner, Optional<Identity> identity) {

    public static CgroupInfo of(long id, String path) {
        CgroupOwner owner = CgroupPathParser.parse(path);
        return new CgroupInfo(id, path, owner, switch (owner) {
            case CgroupOwner.Container container -> Optional.of(Identity.container(container));
            case CgroupOwner.SystemdUnit unit -> Optional.of(Identity.systemdUnit(unit));
            case CgroupOwner.Root _, CgroupOwner.Other _ -> Optional.empty();
        });
    }
}
