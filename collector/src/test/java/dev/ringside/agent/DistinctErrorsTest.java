package dev.ringside.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DistinctErrorsTest {
    private final List<String> told = new ArrayList<>();
    private final DistinctErrors errors = new DistinctErrors(e -> told.add(e.getMessage()));

    @Test
    void tellsTheFirstOfAKindAndCountsAll() {
        for (int i = 1; i <= 3; i++) {
            errors.accept(new IllegalStateException("one place, time " + i));
        }
        errors.accept(new IllegalStateException("another place"));
        for (RuntimeException e : List.of(new IllegalStateException("one line"), new IllegalArgumentException("two classes"))) {
            errors.accept(e);
        }

        assertThat(told).containsExactly("one place, time 1", "another place", "one line", "two classes");
        assertThat(errors.count()).isEqualTo(6);
    }

    @Test
    void remembersSoManyKindsOnly() {
        IntStream.range(0, 100).forEach(line -> {
            IllegalStateException e = new IllegalStateException("line " + line);
            e.setStackTrace(new StackTraceElement[] {new StackTraceElement("Some", "method", "Some.java", line)});
            errors.accept(e);
        });

        assertThat(told).hasSize(64);
        assertThat(errors.count()).isEqualTo(100);
    }
}
