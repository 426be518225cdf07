package dev.ringside.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.kernel.Feature;
import dev.ringside.kernel.FeatureResult;
import dev.ringside.kernel.Features;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.opentest4j.TestAbortedException;

final class KernelTestExtensionTest {
    private static final FeatureResult YES = new FeatureResult.Supported("tried");
    private static final FeatureResult NO = new FeatureResult.Unsupported("refused", "remedy");
    private static final FeatureResult UNKNOWN = new FeatureResult.Inconclusive("sysfs hidden");

    // Looked at, not run: the annotation is what is tested.
    private static final class Sample {
        @SuppressWarnings("unused")
        @KernelTest(since = "6.1", needs = Feature.KPROBES)
        void needsKprobes() {}
    }

    @Test
    void runsWhereTheKernelHasEverything() {
        assertThat(decide("6.1.0-9-amd64", YES, YES, true).isDisabled()).isFalse();
    }

    @Test
    void skipsForAReasonThatIsTheKernels() {
        assertThat(decide("5.10.0", YES, YES, true).getReason()).contains("kernel too old: running=5.10, since=6.1");
        ConditionEvaluationResult lacks = decide("6.18.0", YES, NO, true);
        assertThat(lacks.isDisabled()).isTrue();
        assertThat(lacks.getReason()).contains("kernel lacks kprobes and kretprobes: refused");
    }

    @Test
    void failsWithoutAReasonWhenKernelTestsAreRequired() {
        assertThat(decide("6.18.0", YES, UNKNOWN, false).getReason()).contains("kprobes and kretprobes: sysfs hidden");
        assertThatThrownBy(() -> decide("6.18.0", YES, UNKNOWN, true)).isInstanceOf(AssertionError.class)
                .hasMessage("REQUIRE_KERNEL_TESTS=1 and no reason to skip: kprobes and kretprobes: sysfs hidden");
        assertThat(decide("6.18.0", NO, YES, false).isDisabled()).isTrue();
        assertThatThrownBy(() -> decide("6.18.0", NO, YES, true)).isInstanceOf(AssertionError.class)
                .hasMessage("REQUIRE_KERNEL_TESTS=1 and no reason to skip: bpf(2) for this process: refused; remedy");
    }

    @Test
    void failsATestThatSkipsItselfAgainstTheKernelAtHand() {
        KernelTestExtension extension = extension("6.18.0", YES, YES, false);
        assertThatThrownBy(() -> extension.handleTestExecutionException(null, new TestAbortedException("did not feel like it")))
                .isInstanceOf(AssertionError.class)
                .hasMessage("skipped itself on a kernel that has what it asked for: running=6.18, reason=did not feel like it");
    }

    private static ConditionEvaluationResult decide(String running, FeatureResult bpf, FeatureResult kprobes, boolean required) {
        try {
            return extension(running, bpf, kprobes, required)
                    .decide(Sample.class.getDeclaredMethod("needsKprobes").getAnnotation(KernelTest.class));
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }

    private static KernelTestExtension extension(String running, FeatureResult bpf, FeatureResult kprobes, boolean required) {
        return new KernelTestExtension(new Features(Map.of(Feature.BPF_SYSCALL, () -> bpf, Feature.KPROBES, () -> kprobes)),
                KernelVersion.parse(running), required);
    }
}
