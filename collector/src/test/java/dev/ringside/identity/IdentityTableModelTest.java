package dev.ringside.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.identity.IdentityTable.NamedCgroups;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** The table against a slow, obvious model: any sequence of cgroups made, removed and renamed, of events, and of time passing. */
class IdentityTableModelTest {

    private static final long SECOND = 1_000_000_000L;
    private static final int MAX_SLOTS = IdentityTable.RESERVED_SLOTS + 4;
    private static final int MAX_LINGERING = 3;
    private static final long LINGER_SECONDS = 3;
    private static final long IDLE_SECONDS = 5;

    private static final List<String> PATHS = List.of("/", "/handmade", "/a.service", "/b.service", "/user.slice/a.service",
            "/docker/" + HostTree.CONTAINER, "/docker/" + HostTree.CONTAINER + "/init.scope");

    sealed interface Action {
        record Publish(Map<Long, String> cgroups) implements Action {}

        record Resolve(long cgroupId, String command) implements Action {}

        record Drain(long secondsLater) implements Action {}
    }

    /** Says what the table should, from plain collections and without any cleverness. Labels stand for slots; which numbers they get is the table's. */
    private static final class Model {
        private record Ended(String path, long atSeconds) {}

        private Map<Long, String> live = new LinkedHashMap<>();
        private final Map<Long, Ended> ended = new LinkedHashMap<>();
        /** Labels that have a slot now, with the cgroups that hold it. */
        private final Map<List<String>, Set<Long>> holders = new HashMap<>();
        private final Set<List<String>> usedCommands = new HashSet<>();
        private final Map<List<String>, Long> commandSeen = new HashMap<>();

        static List<String> nameOf(String path) {
            return CgroupInfo.of(1, path).identity().map(Identity::labelValues).orElse(null);
        }

        private String pathOf(long id) {
            return live.containsKey(id) ? live.get(id) : ended.containsKey(id) ? ended.get(id).path() : null;
        }

        private void forget(long id) {
            holders.values().forEach(ids -> ids.remove(id));
        }

        void publish(Map<Long, String> next, long now) {
            next.forEach((id, path) -> {
                String before = pathOf(id);
                if (before != null && !CgroupInfo.of(id, before).identity().equals(CgroupInfo.of(id, path).identity())) {
                    forget(id);
                }
                ended.remove(id);
            });
            live.forEach((id, path) -> {
                if (!next.containsKey(id)) {
                    ended.put(id, new Ended(path, now));
                }
            });
            live = new LinkedHashMap<>(next);
            while (ended.size() > MAX_LINGERING) {
                long oldest = ended.keySet().iterator().next();
                ended.remove(oldest);
                forget(oldest);
            }
        }

        /** Null: unknown. */
        List<String> resolve(long id, String command) {
            String path = pathOf(id);
            if (path == null && id != 0) {
                return null;
            }
            if (path == null && command.equals("kernel")) {
                return Identity.KERNEL.labelValues();
            }
            List<String> name = path == null ? null : nameOf(path);
            List<String> labels = name != null ? name : Identity.process(command.isEmpty() ? "\\0" : command).labelValues();
            boolean known = holders.containsKey(labels) || commandSeen.containsKey(labels);
            if (!known && holders.size() + commandSeen.size() == MAX_SLOTS - IdentityTable.RESERVED_SLOTS) {
                return Identity.OVERFLOW.labelValues();
            }
            if (name != null) {
                holders.computeIfAbsent(labels, _ -> new HashSet<>()).add(id);
            } else {
                usedCommands.add(labels);
                commandSeen.putIfAbsent(labels, 0L);
            }
            return labels;
        }

        Set<List<String>> drain(long now) {
            ended.entrySet().removeIf(entry -> {
                boolean over = now - entry.getValue().atSeconds() >= LINGER_SECONDS;
                if (over) {
                    forget(entry.getKey());
                }
                return over;
            });
            Set<List<String>> expired = new HashSet<>();
            holders.forEach((labels, ids) -> {
                if (ids.isEmpty()) {
                    expired.add(labels);
                }
            });
            usedCommands.forEach(labels -> commandSeen.put(labels, now));
            usedCommands.clear();
            commandSeen.forEach((labels, seen) -> {
                if (now - seen >= IDLE_SECONDS) {
                    expired.add(labels);
                }
            });
            holders.keySet().removeAll(expired);
            commandSeen.keySet().removeAll(expired);
            return expired;
        }
    }

    @Property(tries = 1000)
    void behavesLikeTheModel(@ForAll("actions") List<Action> actions) {
        IdentityTable table = new IdentityTable(
                new IdentityLimits(MAX_SLOTS, MAX_LINGERING, Duration.ofSeconds(LINGER_SECONDS), Duration.ofSeconds(IDLE_SECONDS)), List.of(), 42);
        Model model = new Model();
        Map<List<String>, Integer> slotOf = new HashMap<>();
        Set<Long> named = new TreeSet<>();
        Map<Map.Entry<Long, String>, CgroupInfo> kept = new HashMap<>();
        long now = 0;
        for (Action action : actions) {
            switch (action) {
                case Action.Publish(Map<Long, String> cgroups) -> {
                    NamedCgroups changes = table.publish(CgroupIndex.of(cgroups.entrySet().stream()
                            // The scanner hands on the same objects, and makes new ones: both have to do.
                            .map(entry -> entry.getKey() % 2 == 0 ? kept.computeIfAbsent(entry, _ -> infoOf(entry)) : infoOf(entry))
                            .toList()), now * SECOND);
                    model.publish(cgroups, now);
                    assertThat(named).containsAll(changes.ended());
                    assertThat(Collections.disjoint(named, changes.named())).isTrue();
                    changes.ended().forEach(named::remove);
                    named.addAll(changes.named());
                    assertThat(named).containsExactlyElementsOf(new TreeSet<>(cgroups.keySet().stream()
                            .filter(id -> Model.nameOf(cgroups.get(id)) != null).toList()));
                }
                case Action.Resolve(long cgroupId, String command) -> {
                    long[] words = Command.words(command);
                    int slot = table.resolve(cgroupId, words[0], words[1]);
                    List<String> expected = model.resolve(cgroupId, command);
                    if (expected == null) {
                        assertThat(slot).isEqualTo(IdentityTable.UNKNOWN);
                    } else {
                        assertThat(table.labelValues(slot)).isEqualTo(expected);
                        // The same labels, the same slot; and two labels never in one.
                        assertThat(slotOf.computeIfAbsent(expected, _ -> slot)).isEqualTo(slot);
                        assertThat(new HashSet<>(slotOf.values())).hasSize(slotOf.size());
                    }
                }
                case Action.Drain(long secondsLater) -> {
                    now += secondsLater;
                    List<List<String>> expired = new ArrayList<>();
                    table.drainExpired(now * SECOND, slot -> expired.add(table.labelValues(slot)));
                    assertThat(expired).containsExactlyInAnyOrderElementsOf(model.drain(now));
                    expired.forEach(slotOf::remove);
                }
            }
        }
    }

    private static CgroupInfo infoOf(Map.Entry<Long, String> cgroup) {
        return CgroupInfo.of(cgroup.getKey(), cgroup.getValue());
    }

    @Provide
    Arbitrary<List<Action>> actions() {
        Arbitrary<Long> ids = Arbitraries.longs().between(1, 6);
        Arbitrary<Action> publish = Arbitraries.maps(ids, Arbitraries.of(PATHS)).ofMaxSize(6).map(cgroups -> new Action.Publish(new LinkedHashMap<>(cgroups)));
        Arbitrary<Action> resolve = Combinators.combine(Arbitraries.longs().between(0, 7), Arbitraries.of("sh", "nginx", "kernel", "")).as(Action.Resolve::new);
        Arbitrary<Action> drain = Arbitraries.longs().between(0, 4).map(Action.Drain::new);
        return Arbitraries.frequencyOf(
                Tuple.of(2, publish), Tuple.of(6, resolve), Tuple.of(2, drain)).list().ofMaxSize(80);
    }
}
