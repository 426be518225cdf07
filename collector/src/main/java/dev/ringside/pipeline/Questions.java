package dev.ringside.pipeline;

import dev.ringside.agent.Mailbox;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** What belongs to the drain thread is asked for through its mailbox, and waited for; not for ever. From any thread. */
final class Questions {

    private static final Logger LOG = System.getLogger("dev.ringside.engine");
    private static final long ANSWER_MILLIS = 2_000;

    private final Mailbox mailbox;
    private final DrainAgent agent;

    Questions(Mailbox mailbox, DrainAgent agent) {
        this.mailbox = mailbox;
        this.agent = agent;
    }

    /** @param otherwise the answer if the drain thread gives none in time */
    <T> T ask(Function<DrainAgent, T> question, T otherwise) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Runnable command = () -> {
            try {
                answer.complete(question.apply(agent));
            } catch (RuntimeException e) {
                answer.completeExceptionally(e); // is the asker's, not the drain thread's
            }
        };
        if (!mailbox.offer(command)) {
            return otherwise;
        }
        try {
            return answer.get(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.log(Level.WARNING, "drain thread did not answer in time: millis={0}", ANSWER_MILLIS);
            return otherwise;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return otherwise;
        }
    }
}
