package dev.ringside.kube;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * Tests against a real kubelet. They run with {@code make test}; others leave them out, as the first start builds the kubelet, which takes minutes.
 * Where they are asked for and no node can be started, they fail.
 */
@Tag("kernel")
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIfEnvironmentVariable(named = "REQUIRE_KERNEL_TESTS", matches = "1", disabledReason = "a real kubelet is started with REQUIRE_KERNEL_TESTS=1 only")
public @interface NeedsNode {}
