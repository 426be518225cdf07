package dev.ringside.e2e.harness;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Tests of the built distribution, named by {@code -Dringside.dist=DIRECTORY}. Without it they are skipped, or fail under {@code
 * REQUIRE_KERNEL_TESTS=1}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(DistributionExtension.class)
public @interface NeedsDistribution {}
