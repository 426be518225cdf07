package dev.ringside.identity.runtime;

import dev.ringside.identity.CgroupOwner;
import java.util.Optional;

/** Where runtimes' own notes of their containers are read. One question at a time, on the watcher's thread. */
@FunctionalInterface
public interface ContainerSource {

    /** Empty if no runtime has notes of it that can be read. */
    Optional<RuntimeContainer> find(CgroupOwner.Container container);
}
