package dev.ringside.kernel;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The kernel's answers, each asked for when it is first wanted. A yes or a no is remembered; an inconclusive answer is
 * not, so that the next to ask gets another try, and neither is one about a mount, which one thread may have and another
 * not. Once the capabilities are given up, what was not asked before stays inconclusive: a refusal would say nothing of the
 * kernel. Thread-safe.
 */
public final class Features {
    /** An answer, for a report. */
    public record Answer(Feature feature, FeatureResult result) {}

    private final Map<Feature, Supplier<FeatureResult>> questions;
    private final Map<Feature, FeatureResult> known = new EnumMap<>(Feature.class);
    private boolean privileged = true;

    /** @param questions how each is found out; one that is missing is inconclusive */
    public Features(Map<Feature, Supplier<FeatureResult>> questions) {
        this.questions = Map.copyOf(questions);
    }

    public synchronized FeatureResult of(Feature feature) {
        FeatureResult before = known.get(feature);
        if (before != null) {
            return before;
        }
        if (!privileged && feature.isAskedOfBpf()) {
            return new FeatureResult.Inconclusive("not asked before the capabilities were dropped; `ringside check` asks");
        }
        Supplier<FeatureResult> question = questions.get(feature);
        FeatureResult result = question == null
                ? new FeatureResult.Inconclusive("no way known of finding out")
                : question.get();
        if (!feature.isMount() && !(result instanceof FeatureResult.Inconclusive)) {
            known.put(feature, result);
        }
        return result;
    }

    /** From now on nobody has the privileges that it takes to find out. */
    public synchronized void capabilitiesDropped() {
        privileged = false;
    }

    /** All answers, in the order of {@link Feature}. */
    public List<Answer> all() {
        List<Answer> answers = new ArrayList<>();
        for (Feature feature : Feature.values()) {
            answers.add(new Answer(feature, of(feature)));
        }
        return answers;
    }
}
