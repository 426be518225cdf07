package dev.ringside.pipeline;

import static dev.ringside.bpf.Mechanism.RAW_TRACEPOINT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.bpf.Alternative;
import dev.ringside.bpf.AttachPlan;
import dev.ringside.bpf.AttachPoint;
import dev.ringside.bpf.BpfLoader;
import dev.ringside.bpf.BpfMap;
import dev.ringside.bpf.BpfObject;
import dev.ringside.bpf.LoadOutcome;
import dev.ringside.events.WorkloadKey;
import dev.ringside.identity.IdentityLimits;
import dev.ringside.identity.IdentityTable;
import dev.ringside.testing.Kernel;
import dev.ringside.testing.KernelTest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;

/** A map of the kernel's that nobody but the test writes to. */
class TotalsReaderTest {
    private static final long NEVER_IDLE = Long.MAX_VALUE;
    private static final long AT_ONCE = 0;
    private static final long A = 'a';
    private static final long B = 'b';
    /** A cgroup that no index has. */
    private static final long SOME_CGROUP = 77;

    private final IdentityTable identities = new IdentityTable(IdentityLimits.defaults());
    private final List<Integer> missing = new ArrayList<>();
    private BpfObject object;
    private BpfMap map;
    private TotalsReader reader;

    @AfterEach
    void close() {
        reader.close();
        object.close();
    }

    @KernelTest
    void addsUpTheCpus() {
        open(NEVER_IDLE);
        write(0, A, 3, 5);
        write(0, B, 7, 0);

        assertThat(read()).isEqualTo(Map.of(slot(A), List.of(sumOverCpus(3), sumOverCpus(5)), slot(B), List.of(sumOverCpus(7), 0L)));
        assertThat(reader.entries()).isEqualTo(2);
    }

    @KernelTest
    void leavesOutWhoIsNotKnownAndAsksWhoThatIs() {
        open(NEVER_IDLE);
        write(SOME_CGROUP, A, 3, 5);
        write(0, B, 7, 0);

        assertThat(read()).containsOnlyKeys(slot(B));
        assertThat(missing).containsExactly(IdentityTable.UNKNOWN);
    }

    /** It makes room in the kernel, and is still counted: a counter never goes back. */
    @KernelTest
    void remembersWhatItTakesOut() {
        open(AT_ONCE);
        write(0, A, 3, 5);
        Map<Integer, List<Long>> first = read();
        assertThat(reader.entries()).isEqualTo(1);
        assertThat(read()).as("it stood still, and is taken out behind this reading").isEqualTo(first);

        assertThat(read()).isEqualTo(first);
        assertThat(reader.entries()).isZero();
        assertThat(there(0, A)).isFalse();
    }

    @KernelTest
    void addsWhatComesBackToWhatWasTakenOut() {
        open(AT_ONCE);
        write(0, A, 3, 5);
        read();
        read();
        assertThat(there(0, A)).isFalse();

        write(0, A, 10, 20);

        assertThat(read()).isEqualTo(Map.of(slot(A), List.of(sumOverCpus(13), sumOverCpus(25))));
        read();
        assertThat(read()).as("taken out once more").isEqualTo(Map.of(slot(A), List.of(sumOverCpus(13), sumOverCpus(25))));
        assertThat(there(0, A)).isFalse();
    }

    @KernelTest
    void leavesAloneWhatMoves() {
        open(AT_ONCE);
        for (int i = 1; i <= 5; i++) {
            write(0, A, i, 0);
            read();
            assertThat(there(0, A)).isTrue();
        }
    }

    @KernelTest
    void forgetsWithTheIdentity() {
        open(AT_ONCE);
        write(0, A, 3, 5);
        read();
        read();

        reader.expire(slot(A));

        assertThat(read()).isEmpty();
    }

    private void open(long idleNanos) {
        AttachPoint works = AttachPoint.required("works", Alternative.of(RAW_TRACEPOINT, "sched_process_exit", "works"));
        LoadOutcome outcome = new BpfLoader(Kernel.runtime()).load(new PartlyProbe(works).object(), AttachPlan.of(works));
        assertThat(outcome).isInstanceOf(LoadOutcome.Loaded.class);
        object = ((LoadOutcome.Loaded) outcome).object();
        map = object.map("totals");
        reader = new TotalsReader(map, identities, missing::add, idleNanos);
    }

    private Map<Integer, List<Long>> read() {
        Map<Integer, List<Long>> sums = new TreeMap<>();
        reader.read((slot, row) -> sums.merge(slot, List.of(row.get(JAVA_LONG, 0), row.get(JAVA_LONG, 8)),
                (one, other) -> List.of(one.get(0) + other.get(0), one.get(1) + other.get(1))));
        return sums;
    }

    /** The same on every CPU, but for its number in front, so that none can be left out unseen. */
    private void write(long cgroup, long command, long one, long other) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(map.lookupBytes(), 8);
            for (int cpu = 0; cpu < map.valueCount(); cpu++) {
                values.set(JAVA_LONG, (long) cpu * map.valueStride(), one * (cpu + 1));
                values.set(JAVA_LONG, (long) cpu * map.valueStride() + 8, other * (cpu + 1));
            }
            map.update(key(arena, cgroup, command), values);
        }
    }

    private long sumOverCpus(long each) {
        return each * map.valueCount() * (map.valueCount() + 1) / 2;
    }

    private boolean there(long cgroup, long command) {
        try (Arena arena = Arena.ofConfined()) {
            return map.lookup(key(arena, cgroup, command), arena.allocate(map.lookupBytes(), 8));
        }
    }

    private static MemorySegment key(Arena arena, long cgroup, long command) {
        MemorySegment key = arena.allocate(WorkloadKey.SIZE, 8);
        WorkloadKey.setCgroupId(key, 0, cgroup);
        WorkloadKey.setCommWord(key, 0, 0, command);
        return key;
    }

    private int slot(long command) {
        return identities.resolve(0, command, 0);
    }
}
