package dev.ringside.pipeline;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringside.bpf.BpfMap;
import dev.ringside.identity.IdentityTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Mirrors into the kernel which cgroups have a name of their own (a container, a systemd unit), so that the programs do
 * not tell them apart by command.
 */
final class NamedCgroups {

    static final String MAP = "named_cgroups";

    private final List<BpfMap> maps;

    /** @param maps one per loaded object */
    NamedCgroups(List<BpfMap> maps) {
        this.maps = List.copyOf(maps);
    }

    void apply(IdentityTable.NamedCgroups change) {
        if (change.named().isEmpty() && change.ended().isEmpty()) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(JAVA_LONG);
            MemorySegment present = arena.allocateFrom(JAVA_BYTE, (byte) 1);
            for (BpfMap map : maps) {
                for (long ended : change.ended()) {
                    key.set(JAVA_LONG, 0, ended);
                    map.delete(key);
                }
                for (long named : change.named()) {
                    key.set(JAVA_LONG, 0, named);
                    map.update(key, present); // full: its rows are told apart by command and folded by identity all the same
                }
            }
        }
    }
}
