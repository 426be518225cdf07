package dev.ringside.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodContainer;
import dev.ringside.identity.kubelet.PodIndex;
import dev.ringside.identity.kubelet.Pods;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Cgroups made and removed, scans that are out of date, pods told, changed, deleted and told too late, addresses reused, and events in between: whatever
 * the sequence, the names are those of a slow, obvious model.
 */
class PodIdentityModelTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long LINGER_SECONDS = 5;
    /** Longer than any history here: what becomes of a running container whose pod the kubelet has forgotten is not the model's matter. */
    private static final Duration POD_LINGER = Duration.ofDays(1);
    private static final int CONTAINERS = 4;

    sealed interface Action {
        /** A container's cgroup: its number is its id's. Container n is of pod n / 2. */
        record Make(int container) implements Action {}

        record Remove(int container) implements Action {}

        /** A scan that began some seconds ago, and saw what was there then. */
        record Scan(int secondsAgo) implements Action {}

        /** The pods that the kubelet tells of: which, which of their containers, with which label, at which address. */
        record Answer(Set<Integer> pods, Set<Integer> containers, String tier, int address) implements Action {}

        record Event(int container, boolean lastTry) implements Action {}

        record Later(int seconds) implements Action {}
    }

    /** Keeps all that ever was, with its time, and looks through all of it for every answer. */
    private static final class Model {
        private record Told(long second, Action.Answer answer) {}

        private final Map<Integer, List<long[]>> lives = new HashMap<>();
        private final List<Told> answers = new ArrayList<>();
        private final Map<Integer, List<String>> given = new LinkedHashMap<>();
        private final Set<Integer> givenUp = new HashSet<>();
        private long now;
        private long lastScan;

        void make(int container) {
            lives.computeIfAbsent(container, _ -> new ArrayList<>()).add(new long[] {now, Long.MAX_VALUE});
        }

        boolean isLive(int container) {
            return isLiveAt(container, now);
        }

        boolean isLiveAt(int container, long second) {
            return lives.getOrDefault(container, List.of()).stream().anyMatch(life -> life[0] <= second && second < life[1]);
        }

        void remove(int container) {
            lives.get(container).getLast()[1] = now;
        }

        boolean isKnown(int container) {
            return lives.getOrDefault(container, List.of()).stream().anyMatch(life -> life[1] == Long.MAX_VALUE || now < life[1] + LINGER_SECONDS);
        }

        private List<String> podLabels(int container, boolean containerTold, String tier) {
            int pod = container / 2;
            return List.of("shop", "web" + pod, "deployment", "web" + pod + "-x", containerTold ? "c" + container : "", tier);
        }

        /** The newest answer that has it and isn't forgotten; null if there is none. */
        private List<String> told(int container, boolean withContainer) {
            for (Told told : answers.reversed()) {
                boolean remembered = answers.getLast().second() - told.second() <= POD_LINGER.toSeconds();
                boolean has = told.answer().pods().contains(container / 2) && (!withContainer || told.answer().containers().contains(container));
                if (remembered && has) {
                    return podLabels(container, withContainer, told.answer().tier());
                }
            }
            return null;
        }

        /** Null: to be waited for. */
        List<String> event(int container, boolean lastTry) {
            if (!given.containsKey(container)) {
                List<String> labels = told(container, true);
                if (labels == null) {
                    if (lastTry) {
                        givenUp.add(container);
                    }
                    if (!givenUp.contains(container)) {
                        return null;
                    }
                    labels = told(container, false);
                }
                if (labels == null) {
                    labels = List.of("", Pods.id(container).substring(0, 12), "container", "", "", "");
                }
                given.put(container, labels);
            }
            return given.get(container);
        }

        /** What is told by now replaces what was given before; what is no longer told doesn't. */
        void answered() {
            given.keySet().removeIf(container -> told(container, true) != null);
        }

        void forgetGone() {
            given.keySet().removeIf(container -> !isKnown(container));
            givenUp.removeIf(container -> !isKnown(container));
        }
    }

    @Property(tries = 1000)
    void namesAreThoseOfTheModel(@ForAll("actions") List<Action> actions) {
        IdentityTable table = new IdentityTable(new IdentityLimits(100, 100, Duration.ofSeconds(LINGER_SECONDS), Duration.ofMinutes(10)),
                List.of(PodLabel.ofLabel("tier")), 42);
        Model model = new Model();
        PodIndex pods = PodIndex.empty();
        table.publish(pods);
        for (Action action : actions) {
            long nanos = (1_000 + model.now) * SECOND;
            switch (action) {
                case Action.Make(int container) -> {
                    if (!model.isKnown(container)) { // the kernel never gives a number out twice
                        model.make(container);
                        table.made(cgroup(container), nanos);
                    }
                }
                case Action.Remove(int container) -> {
                    if (model.isLive(container)) {
                        model.remove(container);
                        table.removed(id(container), nanos, nanos);
                    }
                }
                case Action.Scan(int secondsAgo) -> {
                    // Scans follow one another: none began before the last one did.
                    long second = Math.max(model.lastScan, model.now - secondsAgo);
                    model.lastScan = second;
                    List<CgroupInfo> seen = new ArrayList<>();
                    for (int container = 0; container < CONTAINERS; container++) {
                        if (model.isLiveAt(container, second)) {
                            seen.add(cgroup(container));
                        }
                    }
                    table.publish(CgroupIndex.of(seen, (1_000 + second) * SECOND), nanos);
                }
                case Action.Answer answer -> {
                    model.answers.add(new Model.Told(model.now, answer));
                    pods = pods.next(podsOf(answer), Pods.at(model.now), POD_LINGER);
                    table.publish(pods);
                    model.answered();
                }
                case Action.Event(int container, boolean lastTry) -> {
                    int slot = lastTry ? table.resolveNow(id(container), 0, 0) : table.resolve(id(container), 0, 0);
                    if (!model.isKnown(container)) {
                        assertThat(slot).isEqualTo(IdentityTable.UNKNOWN);
                    } else {
                        List<String> expected = model.event(container, lastTry);
                        if (expected == null) {
                            assertThat(slot).isEqualTo(IdentityTable.AWAITING_POD);
                        } else {
                            assertThat(table.labelValues(slot)).isEqualTo(expected);
                        }
                    }
                }
                case Action.Later(int seconds) -> {
                    model.now += seconds;
                    Set<List<String>> expired = new HashSet<>();
                    table.drainExpired((1_000 + model.now) * SECOND, slot -> assertThat(expired.add(table.labelValues(slot))).isTrue());
                    model.forgetGone();
                    assertThat(Collections.disjoint(expired, model.given.values())).as("what is in use doesn't expire: %s, %s", expired, model.given).isTrue();
                }
            }
        }
    }

    private static long id(int container) {
        return 100 + container;
    }

    private static CgroupInfo cgroup(int container) {
        return CgroupInfo.of(id(container), "/kubepods/poduid-web" + container / 2 + "/" + Pods.id(container));
    }

    private static List<Pod> podsOf(Action.Answer answer) {
        return answer.pods().stream().map(pod -> {
            PodContainer[] containers = answer.containers().stream().filter(container -> container / 2 == pod)
                    .map(container -> Pods.container("c" + container, container, 0)).toArray(PodContainer[]::new);
            Pod plain = Pods.running("web" + pod, 0, "10.1.0." + answer.address(), containers);
            return new Pod(plain.uid(), plain.namespace(), "web" + pod + "-x", plain.workload(), Map.of("tier", answer.tier()), Map.of(), plain.ips(), false,
                    plain.phase(), plain.created(), plain.scheduled(), plain.started(), plain.networkUp(), plain.ready(), plain.containers());
        }).toList();
    }

    @Provide
    Arbitrary<List<Action>> actions() {
        Arbitrary<Integer> containers = Arbitraries.integers().between(0, CONTAINERS - 1);
        Arbitrary<Action> make = containers.map(Action.Make::new);
        Arbitrary<Action> remove = containers.map(Action.Remove::new);
        Arbitrary<Action> scan = Arbitraries.integers().between(0, 3).map(Action.Scan::new);
        Arbitrary<Action> answer = Combinators.combine(Arbitraries.integers().between(0, 1).set(), containers.set(), Arbitraries.of("front", "back"),
                Arbitraries.integers().between(1, 2)).as(Action.Answer::new);
        Arbitrary<Action> event = Combinators.combine(containers, Arbitraries.frequency(Tuple.of(4, false), Tuple.of(1, true))).as(Action.Event::new);
        Arbitrary<Action> later = Arbitraries.integers().between(0, 4).map(Action.Later::new);
        return Arbitraries.frequencyOf(Tuple.of(4, make), Tuple.of(2, remove), Tuple.of(1, scan), Tuple.of(2, answer), Tuple.of(8, event), Tuple.of(2, later))
                .list().ofMaxSize(80);
    }
}
