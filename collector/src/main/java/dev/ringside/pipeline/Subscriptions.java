package dev.ringside.pipeline;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** Who watches events. Joined and left from any thread, served by the drain thread. */
final class Subscriptions {

    private final List<EventSubscription> all = new CopyOnWriteArrayList<>();

    EventSubscription add(String probe, Predicate<KernelEvent> filter, int capacity) {
        EventSubscription subscription = new EventSubscription(probe, filter, capacity, all::remove);
        all.add(subscription);
        return subscription;
    }

    /** Asked for every event: describing one costs a hundred times what counting it does. */
    boolean wanted(String probe) {
        if (all.isEmpty()) {
            return false;
        }
        for (EventSubscription subscription : all) {
            if (subscription.probe().equals(probe)) {
                return true;
            }
        }
        return false;
    }

    void publish(KernelEvent event) {
        for (EventSubscription subscription : all) {
            if (subscription.probe().equals(event.probe())) {
                subscription.offer(event);
            }
        }
    }
}
