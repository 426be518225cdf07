package dev.ringside.bpf;

import dev.ringside.ffi.Errno;
import dev.ringside.ffi.LibBpfMessages;
import dev.ringside.kernel.Denial;
import dev.ringside.kernel.Feature;
import dev.ringside.kernel.FeatureResult;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Gets an object into the kernel by the best alternatives that this kernel takes.
 *
 * <p>libbpf loads all chosen programs of an object together, for they share its maps, and one refused program takes the
 * others down. So the choice is made in rounds. Alternatives that are known not to work here are left out at once. Then the
 * best one left of each point is loaded; if a program is refused at load or at attach, its alternative is out, and the next
 * round begins from the file again. Each round refuses at least one alternative, which bounds their number; and as nothing
 * is measured yet, nothing is lost with the round that failed.
 */
public final class BpfLoader {
    private static final int MAX_MESSAGES = 16 << 10;

    private final BpfRuntime runtime;
    private final RefusalExplainer explainer;
    private final Attacher attacher;

    public BpfLoader(BpfRuntime runtime) {
        this.runtime = runtime;
        this.explainer = new RefusalExplainer(runtime.paths().procfs());
        this.attacher = new Attacher(runtime, explainer);
    }

    /** How one round went. */
    private sealed interface Round {
        record Loaded(BpfObject object) implements Round {}

        record Again(List<Refusal> refusals) implements Round {}

        record Hopeless(String reason, String remedy) implements Round {}
    }

    public LoadOutcome load(BpfObjectSpec spec, AttachPlan plan) {
        return load(spec, plan, object -> { });
    }

    /**
     * @param beforeAttach is given the loaded object while none of its programs runs yet, to fill maps; called once per round,
     *                     each time with another object, and must keep nothing of those before the last
     * @throws IllegalArgumentException when the plan or the spec names a program, map or knob that the object doesn't have
     */
    public LoadOutcome load(BpfObjectSpec spec, AttachPlan plan, Consumer<BpfObject> beforeAttach) {
        Candidates candidates = new Candidates(plan);
        refuseUnmet(plan, candidates);
        while (true) {
            if (candidates.hopeless().isPresent()) {
                AttachPoint point = candidates.hopeless().get();
                List<Refusal> refusals = candidates.refusals(point);
                return new LoadOutcome.Refused("no way left to attach: object=" + spec.name() + ", point=" + point.name() + "; "
                        + words(refusals), remedies(refusals), candidates.refusedOutcomes());
            }
            Map<AttachPoint, Alternative> chosen = candidates.chosen();
            if (chosen.isEmpty()) {
                List<Refusal> refusals = plan.points().stream().map(candidates::refusals).flatMap(List::stream).toList();
                return new LoadOutcome.Refused("nothing left to attach: object=" + spec.name() + "; " + words(refusals), remedies(refusals),
                        candidates.refusedOutcomes());
            }
            switch (round(spec, chosen, candidates, beforeAttach)) {
                case Round.Loaded loaded -> {
                    return new LoadOutcome.Loaded(loaded.object(), candidates.outcomes());
                }
                case Round.Again again -> again.refusals().forEach(candidates::refuse);
                case Round.Hopeless hopeless -> {
                    return new LoadOutcome.Refused(hopeless.reason(), hopeless.remedy(), candidates.refusedOutcomes());
                }
            }
        }
    }

    private void refuseUnmet(AttachPlan plan, Candidates candidates) {
        for (AttachPoint point : plan.points()) {
            for (Alternative alternative : point.alternatives()) {
                for (Feature feature : alternative.needs()) {
                    // Inconclusive is no reason to leave it out: the real attempt will show.
                    if (runtime.features().of(feature) instanceof FeatureResult.Unsupported unsupported) {
                        candidates.refuse(explainer.unmet(alternative, unsupported));
                    }
                }
            }
        }
    }

    private Round round(BpfObjectSpec spec, Map<AttachPoint, Alternative> chosen, Candidates candidates, Consumer<BpfObject> beforeAttach) {
        try (LibBpfMessages messages = runtime.libbpf().captureMessages(MAX_MESSAGES)) {
            OpenObject opened;
            try {
                opened = OpenObject.open(runtime, spec);
            } catch (BpfException e) {
                return new Round.Hopeless(e.getMessage(), "install Ringside anew: its file is damaged");
            }
            Runnable undo = opened::close;
            try {
                Set<String> programs = select(spec, opened, chosen.values());
                int result = opened.load();
                if (result < 0) {
                    return refusedLoad(spec, opened, chosen, Errno.ofResult(result), messages.text());
                }
                Map<String, MemorySegment> loaded = new LinkedHashMap<>(opened.programs());
                loaded.keySet().retainAll(programs);
                BpfObject object = new BpfObject(runtime, spec, opened, loaded);
                undo = object::close;
                beforeAttach.accept(object);
                Round round = attach(object, chosen, candidates);
                if (round instanceof Round.Loaded) {
                    undo = () -> { }; // the caller's from now on
                }
                return round;
            } finally {
                undo.run();
            }
        }
    }

    private Set<String> select(BpfObjectSpec spec, OpenObject opened, Iterable<Alternative> alternatives) {
        Set<String> programs = programs(alternatives);
        for (String program : programs) {
            if (!opened.programs().containsKey(program)) {
                throw new IllegalArgumentException("no such program in BPF object: object=" + spec.name() + ", program=" + program
                        + ", available=" + String.join(" ", new TreeSet<>(opened.programs().keySet())));
            }
        }
        opened.apply(spec);
        opened.select(programs);
        return programs;
    }

    private Round attach(BpfObject object, Map<AttachPoint, Alternative> chosen, Candidates candidates) {
        List<Refusal> refusals = attacher.attachAll(object, chosen);
        if (refusals.isEmpty()) {
            return new Round.Loaded(object);
        }
        Set<String> before = programs(chosen.values());
        refusals.forEach(candidates::refuse);
        Map<AttachPoint, Alternative> next = candidates.chosen();
        if (candidates.hopeless().isPresent() || !before.containsAll(programs(next.values())) || next.isEmpty()) {
            return new Round.Again(refusals);
        }
        // Only optional points lost their last alternative: what is left is loaded and attached already.
        before.removeAll(programs(next.values()));
        before.forEach(object::drop);
        return new Round.Loaded(object);
    }

    private Round refusedLoad(BpfObjectSpec spec, OpenObject opened, Map<AttachPoint, Alternative> chosen, Errno errno, String messages) {
        String blamed = explainer.blamed(messages);
        List<Refusal> refusals = new ArrayList<>();
        for (Alternative alternative : chosen.values()) {
            if (alternative.programs().contains(blamed)) {
                refusals.add(explainer.load(alternative, errno, messages, opened.verifierLog()));
            }
        }
        if (refusals.isEmpty()) {
            // libbpf blamed nobody we know: let each show for itself whether it loads.
            for (Alternative alternative : chosen.values()) {
                loadAlone(spec, alternative, refusals);
            }
        }
        // It spoke, but of no program, and all of them fail: a map or the object's BTF is at fault.
        boolean noProgramsFault = refusals.size() == chosen.size() && blamed.isEmpty() && !messages.isBlank();
        return refusals.isEmpty() || noProgramsFault ? wholeRefused(spec, errno, messages) : new Round.Again(refusals);
    }

    private Round wholeRefused(BpfObjectSpec spec, Errno errno, String messages) {
        Denial denial = explainer.whole(spec.name(), errno, messages);
        // CO-RE needs the kernel's types for every program, so nobody in particular was blamed.
        return runtime.features().of(Feature.KERNEL_BTF) instanceof FeatureResult.Unsupported no
                ? new Round.Hopeless(denial.reason(), no.remedy())
                : new Round.Hopeless(denial.reason(), denial.remedy());
    }

    private void loadAlone(BpfObjectSpec spec, Alternative alternative, List<Refusal> refusals) {
        try (LibBpfMessages messages = runtime.libbpf().captureMessages(MAX_MESSAGES); OpenObject alone = OpenObject.open(runtime, spec)) {
            select(spec, alone, List.of(alternative));
            int result = alone.load();
            if (result < 0) {
                refusals.add(explainer.load(alternative, Errno.ofResult(result), messages.text(), alone.verifierLog()));
            }
        }
    }

    private static Set<String> programs(Iterable<Alternative> alternatives) {
        Set<String> programs = new LinkedHashSet<>();
        alternatives.forEach(alternative -> programs.addAll(alternative.programs()));
        return programs;
    }

    private static String words(List<Refusal> refusals) {
        return refusals.stream().map(Refusal::toString).collect(Collectors.joining(" | "));
    }

    private static String remedies(List<Refusal> refusals) {
        return refusals.stream().map(Refusal::remedy).filter(remedy -> !remedy.isEmpty()).distinct().collect(Collectors.joining("; or "));
    }
}
