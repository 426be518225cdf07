package dev.ringside.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.probes.ProcessProbe;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelTest;
import dev.ringside.truth.LiveEngine;
import java.io.IOException;

class EngineFailureTest {

    @KernelTest
    void saysThatTheDrainThreadHasEnded() throws Exception {
        try (Engine engine = LiveEngine.start(new ProcessProbe())) {
            engine.snapshot();
            assertThat(engine.failure()).isEmpty();

            engine.subscribe("process", _ -> {
                throw new StackOverflowError("as bad as it gets, on purpose");
            }, 1);
            Await.until("a process has ended, and the thread with it", () -> {
                run("/bin/true");
                return engine.failure().isPresent();
            });

            assertThat(engine.failure()).hasValueSatisfying(why -> assertThat(why).startsWith("drain thread has ended").contains("restart"));
            assertThat(engine.snapshot()).as("the last one").isNotNull();
        }
    }

    private static void run(String program) {
        try {
            new ProcessBuilder(program).start().waitFor();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
