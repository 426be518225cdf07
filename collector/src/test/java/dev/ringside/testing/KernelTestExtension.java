package dev.ringside.testing;

import dev.ringside.kernel.Feature;
import dev.ringside.kernel.FeatureResult;
import dev.ringside.kernel.Features;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.platform.commons.support.AnnotationSupport;
import org.opentest4j.TestAbortedException;

/** Decides for {@link KernelTest} whether to run, to skip or to fail. */
final class KernelTestExtension implements ExecutionCondition, TestExecutionExceptionHandler {
    private final Features features;
    private final KernelVersion running;
    private final boolean required;

    @SuppressWarnings("unused") // JUnit makes it
    KernelTestExtension() {
        this(Kernel.runtime().features(), KernelVersion.running(), "1".equals(System.getenv("REQUIRE_KERNEL_TESTS")));
    }

    KernelTestExtension(Features features, KernelVersion running, boolean required) {
        this.features = features;
        this.running = running;
        this.required = required;
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(context.getElement(), KernelTest.class)
                .map(this::decide)
                .orElseGet(() -> ConditionEvaluationResult.enabled("not a kernel test"));
    }

    ConditionEvaluationResult decide(KernelTest test) {
        if (running.isBefore(KernelVersion.parse(test.since()))) {
            return ConditionEvaluationResult.disabled("kernel too old: running=" + running + ", since=" + test.since());
        }
        List<String> unexplained = new ArrayList<>();
        List<Feature> needs = new ArrayList<>(List.of(Feature.BPF_SYSCALL));
        needs.addAll(List.of(test.needs()));
        for (Feature feature : needs) {
            switch (features.of(feature)) {
                case FeatureResult.Supported ignored -> { }
                case FeatureResult.Unsupported no -> {
                    // Whoever asks for kernel tests has to give them the privileges; a kernel can't be asked for a feature.
                    if (feature == Feature.BPF_SYSCALL) {
                        unexplained.add(feature.text() + ": " + no.reason() + "; " + no.remedy());
                    } else {
                        return ConditionEvaluationResult.disabled("kernel lacks " + feature.text() + ": " + no.reason());
                    }
                }
                case FeatureResult.Inconclusive unknown -> unexplained.add(feature.text() + ": " + unknown.reason());
            }
        }
        if (unexplained.isEmpty()) {
            return ConditionEvaluationResult.enabled("kernel has what it needs: running=" + running);
        }
        if (required) {
            throw new AssertionError("REQUIRE_KERNEL_TESTS=1 and no reason to skip: " + String.join(", ", unexplained));
        }
        return ConditionEvaluationResult.disabled(String.join(", ", unexplained));
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        if (thrown instanceof TestAbortedException) {
            throw new AssertionError("skipped itself on a kernel that has what it asked for: running=" + running + ", reason="
                    + thrown.getMessage(), thrown);
        }
        throw thrown;
    }
}
