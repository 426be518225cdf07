package dev.ringside.pipeline;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringside.bpf.BpfMap;
import dev.ringside.bpf.BpfMapReader;
import dev.ringside.events.WorkloadKey;
import dev.ringside.identity.IdentityTable;
import dev.ringside.probe.KernelTotals;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * A per-CPU hash of {@code u64} counters by workload. Keeps the map from filling up with what is over: the row of a
 * workload that has not moved for a while is taken out of the kernel and remembered here, until its identity expires.
 *
 * <p>Taking a row out can miss what another CPU adds within that microsecond; it is only done to rows that stood still
 * for minutes, or, when the map is nearly full, for half a minute.
 */
final class TotalsReader implements KernelTotals, AutoCloseable {

    private static final long CROWDED_IDLE_NANOS = 30_000_000_000L;

    private record Key(long cgroupId, long commWord0, long commWord1) {}

    /** What a row said when it last moved. */
    private static final class Row {

        private long checksum;
        private long movedNanos;
        private boolean seen;
    }

    private final BpfMap map;
    private final BpfMapReader reader;
    private final IdentityTable identities;
    private final IntConsumer onMissing;
    private final long idleNanos;
    private final int words;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment sums;
    private final MemorySegment doomedKey;
    private final Map<Key, Row> rows = new HashMap<>();
    /** By slot: the sums of rows that were taken out. */
    private final Map<Integer, MemorySegment> retired = new HashMap<>();
    private int entries;

    /** @param onMissing told what the identity table answered where it had no slot */
    TotalsReader(BpfMap map, IdentityTable identities, IntConsumer onMissing, long idleNanos) {
        this.map = map;
        this.reader = map.reader();
        this.identities = identities;
        this.onMissing = onMissing;
        this.idleNanos = idleNanos;
        this.words = map.valueStride() / Long.BYTES;
        this.sums = arena.allocate(map.valueStride(), Long.BYTES);
        this.doomedKey = arena.allocate(map.keySize(), Long.BYTES);
    }

    @Override
    public void read(RowHandler handler) {
        long now = System.nanoTime();
        retired.forEach(handler::onRow);
        entries = reader.forEach((keys, keyAt, values, valueAt) -> {
            Key key = new Key(WorkloadKey.cgroupId(keys, keyAt), WorkloadKey.commWord(keys, keyAt, 0), WorkloadKey.commWord(keys, keyAt, 1));
            noteMoved(key, sumOverCpus(values, valueAt), now);
            int slot = identities.resolve(key.cgroupId, key.commWord0, key.commWord1);
            if (slot >= 0) {
                handler.onRow(slot, sums);
            } else {
                onMissing.accept(slot);
            }
        });
        retireIdle(now);
    }

    /** Adds up the CPUs' values into {@link #sums}. */
    private long sumOverCpus(MemorySegment values, long valueAt) {
        long checksum = 0;
        for (int word = 0; word < words; word++) {
            long sum = 0;
            for (int cpu = 0; cpu < map.valueCount(); cpu++) {
                sum += values.get(JAVA_LONG, valueAt + (long) cpu * map.valueStride() + (long) word * Long.BYTES);
            }
            sums.setAtIndex(JAVA_LONG, word, sum);
            checksum += sum;
        }
        return checksum;
    }

    private void noteMoved(Key key, long checksum, long now) {
        Row row = rows.get(key);
        if (row == null) {
            row = new Row();
            row.movedNanos = now;
            rows.put(key, row);
        } else if (row.checksum != checksum) {
            row.movedNanos = now;
        }
        row.checksum = checksum;
        row.seen = true;
    }

    private void retireIdle(long now) {
        long idle = entries > map.maxEntries() * 3L / 4 ? Math.min(CROWDED_IDLE_NANOS, idleNanos) : idleNanos;
        for (Iterator<Map.Entry<Key, Row>> each = rows.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<Key, Row> entry = each.next();
            Row row = entry.getValue();
            if (!row.seen) {
                each.remove();
            } else if (now - row.movedNanos > idle) {
                retire(entry.getKey());
                each.remove();
            }
            row.seen = false;
        }
    }

    private void retire(Key key) {
        WorkloadKey.setCgroupId(doomedKey, 0, key.cgroupId);
        WorkloadKey.setCommWord(doomedKey, 0, 0, key.commWord0);
        WorkloadKey.setCommWord(doomedKey, 0, 1, key.commWord1);
        int slot = identities.resolve(key.cgroupId, key.commWord0, key.commWord1);
        try (Arena call = Arena.ofConfined()) {
            MemorySegment last = call.allocate(map.lookupBytes(), Long.BYTES);
            boolean there = map.lookup(doomedKey, last);
            map.delete(doomedKey);
            if (!there || slot < 0) {
                return;
            }
            sumOverCpus(last, 0);
            MemorySegment kept = retired.computeIfAbsent(slot, unused -> MemorySegment.ofArray(new long[words]));
            for (int word = 0; word < words; word++) {
                kept.setAtIndex(JAVA_LONG, word, kept.getAtIndex(JAVA_LONG, word) + sums.getAtIndex(JAVA_LONG, word));
            }
        }
    }

    /** The identity's totals belong to nobody any more. */
    void expire(int slot) {
        retired.remove(slot);
    }

    /** Keys in the map when it was last read. */
    int entries() {
        return entries;
    }

    String mapName() {
        return map.name();
    }

    @Override
    public void close() {
        reader.close();
        arena.close();
    }
}
