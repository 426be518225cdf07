package dev.ringside.e2e.harness;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Decides for {@link NeedsDistribution} whether to run, to skip or to fail. */
final class DistributionExtension implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (System.getProperty(Distribution.PROPERTY) != null) {
            return ConditionEvaluationResult.enabled("distribution=" + System.getProperty(Distribution.PROPERTY));
        }
        String missing = "no distribution to test: -D" + Distribution.PROPERTY + " is not set; make test builds and names it";
        if ("1".equals(System.getenv("REQUIRE_KERNEL_TESTS"))) {
            throw new AssertionError(missing);
        }
        return ConditionEvaluationResult.disabled(missing);
    }
}
