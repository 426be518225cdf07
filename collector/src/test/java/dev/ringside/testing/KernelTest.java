package dev.ringside.testing;

import dev.ringside.kernel.Feature;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that loads BPF programs into the running kernel.
 *
 * <p>It is skipped, with the reason, where the kernel is older than {@link #since} or says that it lacks one of {@link #needs}. Where
 * nothing explains a skip (no privileges, an answer that could not be had) it is skipped as well, but fails under {@code
 * REQUIRE_KERNEL_TESTS=1}. A test that skips itself although the kernel at hand has everything it asked for fails always.
 */
@Test
@Tag("kernel")
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(KernelTestExtension.class)
public @interface KernelTest {
    /** The oldest kernel it can pass on, {@code major.minor}. */
    String since() default "5.10";

    Feature[] needs() default {};
}
