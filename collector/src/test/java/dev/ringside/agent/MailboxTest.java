package dev.ringside.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MailboxTest {
    private final AtomicInteger woken = new AtomicInteger();
    private final List<String> ran = new ArrayList<>();
    private final Mailbox mailbox = new Mailbox(2, woken::incrementAndGet);

    @Test
    void wakesTheAgentWhichRunsWhatWaitsInOrder() {
        assertThat(mailbox.offer(() -> ran.add("a"))).isTrue();
        assertThat(mailbox.offer(() -> ran.add("b"))).isTrue();
        assertThat(woken).hasValue(2);
        assertThat(ran).isEmpty();

        assertThat(mailbox.drain()).isEqualTo(2);
        assertThat(ran).containsExactly("a", "b");
        assertThat(mailbox.drain()).isZero();
    }

    @Test
    void refusesAndCountsWhatFindsNoRoom() {
        mailbox.offer(() -> ran.add("a"));
        mailbox.offer(() -> ran.add("b"));

        assertThat(mailbox.offer(() -> ran.add("c"))).isFalse();

        assertThat(mailbox.refused()).isEqualTo(1);
        assertThat(woken).as("nobody is woken for nothing").hasValue(2);
        mailbox.drain();
        assertThat(ran).containsExactly("a", "b");
    }

    /** Else two commands that offer each other again would keep the agent from its rings for ever. */
    @Test
    void leavesForLaterWhatComesMeanwhile() {
        mailbox.offer(() -> mailbox.offer(() -> ran.add("later")));

        assertThat(mailbox.drain()).isEqualTo(1);
        assertThat(ran).isEmpty();
        assertThat(mailbox.drain()).isEqualTo(1);
        assertThat(ran).containsExactly("later");
    }

    @Test
    void answersWhoCameBeforeItClosedAndNobodyAfter() {
        mailbox.offer(() -> ran.add("before"));

        mailbox.close();

        assertThat(ran).containsExactly("before");
        assertThat(mailbox.offer(() -> ran.add("after"))).isFalse();
        assertThat(mailbox.drain()).isZero();
    }
}
