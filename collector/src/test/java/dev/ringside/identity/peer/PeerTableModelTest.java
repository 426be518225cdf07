package dev.ringside.identity.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodContainer;
import dev.ringside.identity.kubelet.PodIndex;
import dev.ringside.identity.kubelet.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Whatever is asked, published and expired in whatever order: each answer is what the pod index says, as if nothing were remembered. */
class PeerTableModelTest {

    private static final Duration LINGER = Duration.ofMinutes(30);
    private static final int MAX_PAIRS = 1_000;
    private static final int MAX_IDENTITY = 3;

    private sealed interface Step {
        /** Pods of these numbers are listed, each with one of few addresses; each began as many seconds ago as its number times ten. */
        record Listed(Set<Integer> pods) implements Step {}

        /** At half seconds, so that no clock's drift moves it beyond a beginning. */
        record Asked(int identity, String address, int port, int secondsAgo) implements Step {}

        record Expired(int identity) implements Step {}

        record Swept() implements Step {}
    }

    private final Instant start = Instant.now();
    private final long startNanos = System.nanoTime();
    private PodIndex pods = PodIndex.empty();
    private int published;

    @Property(tries = 300)
    void answersAsIfNothingWereRemembered(@ForAll("steps") List<Step> steps) {
        pods = PodIndex.empty();
        PeerConfig config = new PeerConfig(true, List.of(), List.of(AddressRange.parse("net=10.0.0.0/8"), AddressRange.parse("six=2001:db8::/32")));
        PeerTable table = new PeerTable(config, MAX_PAIRS, Duration.ofMinutes(10), List.of("workload"), slot -> List.of("workload-" + slot));
        for (Step step : steps) {
            switch (step) {
                case Step.Listed(Set<Integer> numbers) -> {
                    pods = pods.next(numbers.stream().map(this::pod).toList(), start.plusMillis(++published), LINGER);
                    table.publish(pods, List.of());
                }
                case Step.Asked asked -> {
                    AddressWords words = AddressWords.parse(asked.address());
                    long time = startNanos - asked.secondsAgo() * 1_000_000_000L - 500_000_000L;
                    table.awaited(asked.identity(), words.high(), words.low(), asked.port(), time);
                    int slot = table.slot(asked.identity(), words.high(), words.low(), asked.port(), time);
                    assertThat(table.labelValues(slot)).as("%s", asked).isEqualTo(expected(asked));
                }
                case Step.Expired(int identity) -> table.expire(identity, _ -> { });
                case Step.Swept() -> {
                    table.sweep(startNanos, _ -> { });
                    table.sweep(startNanos + Duration.ofHours(1).toNanos(), _ -> { });
                    assertThat(table.stats().pairs()).isZero();
                }
            }
        }
    }

    private List<String> expected(Step.Asked asked) {
        String identity = "workload-" + asked.identity();
        String port = asked.port() == 0 ? "" : String.valueOf(asked.port());
        return pods.owner(asked.address(), start.minusSeconds(asked.secondsAgo()).minusMillis(500))
                .map(pod -> List.of(identity, "pod", pod.namespace(), pod.workload().name(), port))
                .orElseGet(() -> List.of(identity, "cidr", "", asked.address().startsWith("2001:db8:") ? "six" : "net", port));
    }

    private Pod pod(int number) {
        Instant since = start.minusSeconds(10L * number);
        PodContainer container = new PodContainer("main", PodContainer.Kind.REGULAR, "image", "", "", 0, PodContainer.State.RUNNING, Optional.of(since), Optional.empty());
        return new Pod("uid-" + number, "shop", "pod-" + number, new Workload("statefulset", "app-" + number), Map.of(), Map.of(), List.of(address(number % 4)), false, "Running",
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(since), Optional.empty(), List.of(container));
    }

    private static String address(int number) {
        return List.of("10.0.0.1", "10.0.1.2", "2001:db8::1", "2001:db8:0:1::1").get(number);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Step> listed = Arbitraries.integers().between(0, 9).set().ofMaxSize(6).map(Step.Listed::new);
        Arbitrary<Step> asked = Combinators.combine(Arbitraries.integers().between(1, MAX_IDENTITY), Arbitraries.integers().between(0, 3).map(PeerTableModelTest::address),
                Arbitraries.of(0, 80), Arbitraries.integers().between(0, 120)).as(Step.Asked::new);
        Arbitrary<Step> expired = Arbitraries.integers().between(1, MAX_IDENTITY).map(Step.Expired::new);
        return Arbitraries.frequencyOf(Tuple.of(3, listed), Tuple.of(20, asked), Tuple.of(1, expired),
                Tuple.of(1, Arbitraries.just(new Step.Swept()))).list().ofMaxSize(60);
    }
}
