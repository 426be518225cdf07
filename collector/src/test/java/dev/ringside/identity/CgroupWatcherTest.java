package dev.ringside.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupWatcherTest {

    private static final Duration NEVER = Duration.ofDays(1);
    private static final long DEADLINE_SECONDS = 20;

    @TempDir
    Path temp;

    private HostTree tree;
    private CgroupScanner scanner;
    private final BlockingQueue<CgroupIndex> published = new LinkedBlockingQueue<>();

    @BeforeEach
    void makeTree() throws IOException {
        tree = HostTree.hybrid(temp).cgroups("memory/a.service");
        scanner = new CgroupScanner(CgroupHierarchy.choose(tree.paths(), "memory"), 100);
    }

    @Test
    void publishesWhatIsThereAndWhatAPeriodLaterIsNew() throws Exception {
        try (CgroupWatcher _ = CgroupWatcher.start(scanner, CgroupIndex.empty(), Duration.ofMillis(100), published::add)) {
            assertThat(next().contains(tree.id("memory/a.service"))).isTrue();

            tree.cgroups("memory/b.service");

            assertThat(next().contains(tree.id("memory/b.service"))).isTrue();
        }
    }

    @Test
    void scansOnRequestAndKeepsQuietIfNothingIsNew() throws Exception {
        CgroupIndex initial = scanner.scan(CgroupIndex.empty()).index();
        try (CgroupWatcher watcher = CgroupWatcher.start(scanner, initial, NEVER, published::add)) {
            await(() -> watcher.stats().scans() == 1);
            watcher.requestRescan();
            await(() -> watcher.stats().requested() == 1);
            assertThat(published).isEmpty();

            tree.cgroups("memory/b.service");
            watcher.requestRescan();

            assertThat(next().contains(tree.id("memory/b.service"))).isTrue();
            await(() -> watcher.stats().scans() == 3);
            assertThat(watcher.stats().directories()).isEqualTo(3);
            assertThat(watcher.stats().failures()).isZero();
        }
    }

    @Test
    void manyRequestsAreOneScan() throws Exception {
        AtomicLong clock = new AtomicLong();
        RescanSchedule schedule = new RescanSchedule(NEVER.toNanos(), bound -> 0);
        try (CgroupWatcher watcher = CgroupWatcher.start(scanner, CgroupIndex.empty(), schedule, clock::get, published::add)) {
            next();
            await(() -> watcher.stats().scans() == 1);
            for (int i = 0; i < 1_000; i++) {
                watcher.requestRescan();
            }
            tree.cgroups("memory/b.service");
            assertThat(watcher.stats().scans()).isEqualTo(1);

            clock.addAndGet(RescanSchedule.MIN_GAP_NANOS);

            assertThat(next().contains(tree.id("memory/b.service"))).isTrue();
            await(() -> watcher.stats().requested() == 1);
            assertThat(watcher.stats().scans()).isEqualTo(2);
        }
    }

    @Test
    void aRequestIsServedOnce() throws Exception {
        try (CgroupWatcher watcher = CgroupWatcher.start(scanner, CgroupIndex.empty(), Duration.ofMillis(100), published::add)) {
            next();
            watcher.requestRescan();
            await(() -> watcher.stats().requested() == 1);
            long scans = watcher.stats().scans();
            await(() -> watcher.stats().scans() >= scans + 2);

            assertThat(watcher.stats().requested()).isEqualTo(1);
        }
    }

    @Test
    void aFailedScanIsCountedAndNotTheEnd() throws Exception {
        try (CgroupWatcher watcher = CgroupWatcher.start(scanner, CgroupIndex.empty(), Duration.ofMillis(100), published::add)) {
            next();
            Files.move(tree.cgroupfs().resolve("memory"), temp.resolve("away"));
            await(() -> watcher.stats().failures() > 0);
            assertThat(watcher.stats().lastFailure()).get().asString().contains(tree.cgroupfs().resolve("memory").toString());
            assertThat(published).isEmpty();

            Files.move(temp.resolve("away"), tree.cgroupfs().resolve("memory"));
            tree.cgroups("memory/b.service");

            assertThat(next().contains(tree.id("memory/b.service"))).isTrue();
        }
    }

    @Test
    void anIndexThatCouldNotBeHandedOnIsHandedOnLater() throws Exception {
        AtomicLong calls = new AtomicLong();
        try (CgroupWatcher watcher = CgroupWatcher.start(scanner, CgroupIndex.empty(), Duration.ofMillis(100), index -> {
            if (calls.incrementAndGet() == 1) {
                throw new IllegalStateException("mailbox is full");
            }
            published.add(index);
        })) {
            assertThat(next().contains(tree.id("memory/a.service"))).isTrue();
            assertThat(watcher.stats().failures()).isEqualTo(1);
            assertThat(watcher.stats().lastFailure()).contains("java.lang.IllegalStateException: mailbox is full");
        }
    }

    @Test
    void closeEndsTheThread() throws Exception {
        CgroupWatcher watcher = CgroupWatcher.start(scanner, CgroupIndex.empty(), NEVER, published::add);
        next();
        Thread thread = Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().equals(CgroupWatcher.THREAD_NAME)).findFirst().orElseThrow();

        watcher.close();
        watcher.close();

        assertThat(thread.isAlive()).isFalse();
    }

    private CgroupIndex next() throws InterruptedException {
        CgroupIndex index = published.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
        assertThat(index).as("an index within %s s", DEADLINE_SECONDS).isNotNull();
        return index;
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as("condition within %s s", DEADLINE_SECONDS).isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }
}
