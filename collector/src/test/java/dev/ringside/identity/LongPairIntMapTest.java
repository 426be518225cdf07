package dev.ringside.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LongPairIntMapTest {

    private record Key(long first, long second) {}

    private record Operation(boolean remove, Key key, int value) {}

    @Test
    void knowsNothingAtFirst() {
        LongPairIntMap map = new LongPairIntMap(1);

        assertThat(map.get(0, 0)).isEqualTo(LongPairIntMap.MISSING);
        assertThat(map.remove(0, 0)).isEqualTo(LongPairIntMap.MISSING);
        assertThat(map.size()).isZero();
    }

    @Test
    void allowsEveryKey() {
        LongPairIntMap map = new LongPairIntMap(1);
        map.put(0, 0, 1);
        map.put(-1, -1, 2);
        map.put(0, -1, 3);

        assertThat(map.get(0, 0)).isEqualTo(1);
        assertThat(map.get(-1, -1)).isEqualTo(2);
        assertThat(map.get(0, -1)).isEqualTo(3);
        assertThat(map.get(-1, 0)).isEqualTo(LongPairIntMap.MISSING);
    }

    @Test
    void refusesTheMarkOfAnAbsentKey() {
        assertThatThrownBy(() -> new LongPairIntMap(1).put(7, 0, -1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("value is the mark of an absent key: value=-1");
    }

    @Test
    void replacesValues() {
        LongPairIntMap map = new LongPairIntMap(1);
        map.put(1, 0, 5);
        map.put(2, 0, 6);
        map.put(3, 0, 5);

        map.replaceValues(5, -2);

        assertThat(List.of(map.get(1, 0), map.get(2, 0), map.get(3, 0))).containsExactly(-2, 6, -2);
    }

    @Test
    void forgetsAllAndGoesOn() {
        LongPairIntMap map = new LongPairIntMap(1);
        for (int i = 0; i < 100; i++) {
            map.put(i, 0, i);
        }

        map.clear();

        assertThat(map.size()).isZero();
        assertThat(map.get(7, 0)).isEqualTo(LongPairIntMap.MISSING);
        map.put(7, 0, 8);
        assertThat(map.get(7, 0)).isEqualTo(8);
        assertThat(map.size()).isEqualTo(1);
    }

    /** Groups overflow into the next ones here, and back. */
    @Property(tries = 20)
    void holdsManyAndGivesThemBack(@ForAll long seed, @ForAll @IntRange(min = 1, max = 20_000) int count) {
        LongPairIntMap map = new LongPairIntMap(seed);
        for (int i = 0; i < count; i++) {
            map.put(i, -i, i);
        }
        for (int i = 0; i < count; i += 2) {
            assertThat(map.remove(i, -i)).isEqualTo(i);
        }
        for (int i = 0; i < count; i++) {
            assertThat(map.get(i, -i)).isEqualTo(i % 2 == 0 ? LongPairIntMap.MISSING : i);
        }
        assertThat(map.size()).isEqualTo(count / 2);
    }

    /** As long as it doesn't grow, keys that come and go leave all its groups passed by some: an absent one is told all the same. */
    @Property(tries = 200)
    void fewKeysComeAndGoForLong(@ForAll long seed, @ForAll Random random) {
        LongPairIntMap map = new LongPairIntMap(seed);
        Map<Long, Integer> model = new HashMap<>();
        for (int i = 0; i < 2_000; i++) {
            long key = random.nextInt(24);
            if (model.size() == 10 || random.nextBoolean()) {
                Integer removed = model.remove(key);
                assertThat(map.remove(key, 7)).isEqualTo(removed == null ? LongPairIntMap.MISSING : removed);
            } else {
                model.put(key, i);
                map.put(key, 7, i);
            }
            long asked = random.nextInt(24);
            assertThat(map.get(asked, 7)).isEqualTo(model.getOrDefault(asked, LongPairIntMap.MISSING));
        }
    }

    @Property
    void behavesLikeAHashMap(@ForAll("operations") List<Operation> operations, @ForAll long seed) {
        Map<Key, Integer> model = new HashMap<>();
        LongPairIntMap map = new LongPairIntMap(seed);
        for (Operation operation : operations) {
            Key key = operation.key();
            if (operation.remove()) {
                Integer removed = model.remove(key);
                assertThat(map.remove(key.first(), key.second())).isEqualTo(removed == null ? LongPairIntMap.MISSING : removed);
            } else {
                model.put(key, operation.value());
                map.put(key.first(), key.second(), operation.value());
            }
            assertThat(map.size()).isEqualTo(model.size());
        }
        for (Operation operation : operations) {
            Key key = operation.key();
            assertThat(map.get(key.first(), key.second())).isEqualTo(model.getOrDefault(key, LongPairIntMap.MISSING));
        }
    }

    /** Few keys, so that removals hit and clusters form and dissolve; some of all kinds. */
    @Provide
    Arbitrary<List<Operation>> operations() {
        Arbitrary<Long> words = Arbitraries.oneOf(Arbitraries.longs().between(0, 12), Arbitraries.longs());
        Arbitrary<Key> keys = Combinators.combine(words, Arbitraries.of(0L, 0L, 1L, -1L)).as(Key::new);
        return Combinators.combine(Arbitraries.of(true, false), keys, Arbitraries.integers().greaterOrEqual(0)).as(Operation::new)
                .list().ofMaxSize(300);
    }
}
