package dev.ringside.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.testing.Await;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

class AgentRunnerTest {
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final ByHand idle = new ByHand();

    /** Idles until it is let go on. */
    private static final class ByHand implements IdleStrategy {
        private final Semaphore cycles = new Semaphore(0);
        private volatile boolean ended;

        @Override
        public void idle(int workCount) {
            if (workCount == 0 && !ended) {
                cycles.acquireUninterruptibly();
            }
        }

        @Override
        public void wakeUp() {
            ended = true;
            cycles.release();
        }
    }

    private class Scripted implements Agent {
        private final List<Integer> work;
        private int cycle;

        /** @param work of each cycle; a negative one fails, and after the last there is none */
        Scripted(Integer... work) {
            this.work = List.of(work);
        }

        @Override
        public String roleName() {
            return "scripted";
        }

        @Override
        public void onStart() {
            log.add("start on " + Thread.currentThread().getName());
        }

        @Override
        public int doWork() {
            int done = cycle < work.size() ? work.get(cycle) : 0;
            cycle++;
            log.add("work " + done);
            if (done < 0) {
                throw new IllegalStateException("cycle " + cycle);
            }
            return done;
        }

        @Override
        public void onClose() {
            log.add("close on " + Thread.currentThread().getName());
        }
    }

    @Test
    void startsWorksAndClosesOnItsOwnThread() {
        AgentRunner runner = new AgentRunner(new Scripted(0), idle, e -> { }).start();
        Await.until("a first cycle", () -> log.contains("work 0"));

        runner.close();
        runner.close();

        assertThat(runner.isAlive()).isFalse();
        assertThat(log).startsWith("start on scripted", "work 0").endsWith("close on scripted").doesNotHaveDuplicates();
    }

    @Test
    void worksOnWithoutAPauseAsLongAsThereIsWork() {
        try (AgentRunner _ = new AgentRunner(new Scripted(5, 3, 0), idle, e -> { }).start()) {
            Await.until("three cycles", () -> log.contains("work 0"));
            assertThat(log).containsExactly("start on scripted", "work 5", "work 3", "work 0");
        }
    }

    @Test
    void anExceptionEndsTheCycleAndNotTheAgent() {
        List<String> errors = new CopyOnWriteArrayList<>();
        try (AgentRunner runner = new AgentRunner(new Scripted(1, -1, 2, 0), idle, e -> errors.add(e.getMessage())).start()) {
            Await.until("the cycle that failed", () -> !errors.isEmpty());
            idle.cycles.release(); // a failed cycle is no work, so it idles: no error makes a thread spin
            Await.until("the cycles after it", () -> log.contains("work 0"));

            assertThat(log).containsExactly("start on scripted", "work 1", "work -1", "work 2", "work 0");
            assertThat(errors).containsExactly("cycle 2");
            assertThat(runner.errors()).isEqualTo(1);
        }
    }

    @Test
    void closingFromAnInterruptedThreadWaitsAllTheSame() {
        AgentRunner runner = new AgentRunner(new Scripted(0), idle, e -> { }).start();
        Thread.currentThread().interrupt();

        runner.close();

        assertThat(runner.isAlive()).isFalse();
        assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
    }
}
