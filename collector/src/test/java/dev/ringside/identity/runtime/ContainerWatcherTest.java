package dev.ringside.identity.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.identity.CgroupOwner;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class ContainerWatcherTest {

    private final BlockingQueue<Map<String, Optional<RuntimeContainer>>> told = new LinkedBlockingQueue<>();

    private static CgroupOwner.Container container(int number) {
        String id = "%064x".formatted(number);
        return new CgroupOwner.Container(id, CgroupOwner.Runtime.UNKNOWN, "/" + id, Optional.empty());
    }

    private static RuntimeContainer named(String name) {
        return new RuntimeContainer(name, "", Optional.empty(), false);
    }

    private static ContainerWatcher start(ContainerSource source, Predicate<Map<String, Optional<RuntimeContainer>>> publisher) {
        return new ContainerWatcher(source, publisher).start(() -> { });
    }

    private Map<String, Optional<RuntimeContainer>> await(int containers) throws InterruptedException {
        Map<String, Optional<RuntimeContainer>> all = new HashMap<>();
        while (all.size() < containers) {
            Map<String, Optional<RuntimeContainer>> next = told.poll(20, TimeUnit.SECONDS);
            assertThat(next).as("an answer after %d", all.size()).isNotNull();
            all.putAll(next);
        }
        return all;
    }

    @Test
    void answersEachQuestionWhateverWasFound() throws Exception {
        try (ContainerWatcher watcher = start(asked -> switch (Integer.parseInt(asked.id(), 16)) {
            case 1 -> Optional.of(named("web"));
            case 2 -> throw new IllegalStateException("a broken disk");
            default -> Optional.empty();
        }, told::add)) {
            for (int number = 1; number <= 300; number++) {
                assertThat(watcher.request(container(number))).isTrue();
            }
            Map<String, Optional<RuntimeContainer>> all = await(300);

            assertThat(all.get(container(1).id())).contains(named("web"));
            assertThat(all.get(container(2).id())).isEmpty();
            assertThat(all).hasSize(300);
        }
    }

    @Test
    void tellsAgainIfThereWasNoRoom() throws Exception {
        AtomicInteger refused = new AtomicInteger();
        try (ContainerWatcher watcher = start(_ -> Optional.of(named("web")), found -> refused.incrementAndGet() > 3 && told.add(found))) {
            watcher.request(container(1));

            assertThat(await(1)).hasSize(1);
            assertThat(refused).hasValue(4);
        }
    }

    @Test
    void refusesMoreThanItCanHold() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch disk = new CountDownLatch(1);
        try (ContainerWatcher watcher = start(_ -> {
            reading.countDown();
            try {
                disk.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Optional.empty();
        }, told::add)) {
            watcher.request(container(0));
            reading.await();
            int taken = 0;
            while (watcher.request(container(taken + 1))) {
                taken++;
            }
            assertThat(taken).isEqualTo(ContainerWatcher.MAX_WAITING);
            disk.countDown();
            assertThat(await(taken + 1)).hasSize(taken + 1);
        }
    }
}
