package dev.ringside.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {

    @ParameterizedTest
    @CsvSource({"'', '', 0", "abc, abc, 0", "abc, abd, 1", "abc, ab, 1", "abc, xabc, 1", "prot, port, 1", "kitten, sitting, 3", "'', abc, 3"})
    void countsEditsWithSwapsAsOne(String from, String to, int edits) {
        assertThat(NearestName.edits(from, to)).isEqualTo(edits);
        assertThat(NearestName.edits(to, from)).isEqualTo(edits);
    }

    @Test
    void findsTheNearestOnly() {
        assertThat(NearestName.find("tpc", List.of("process", "sched", "tcp"))).hasValue("tcp");
    }

    @Test
    void doesNotGuessWildly() {
        assertThat(NearestName.find("postgres", List.of("process", "sched", "tcp"))).isEmpty();
    }
}
