package dev.ringside.daemon.cli;

import dev.ringside.pipeline.ProbeStatus;
import dev.ringside.pipeline.ProbeStatus.State;
import java.util.List;

/** Whether none of the probes that are wanted can run. Who has switched all of them off wants none. */
final class NothingRuns {

    private NothingRuns() {}

    static boolean in(List<ProbeStatus> probes) {
        List<State> wanted = probes.stream().map(ProbeStatus::state).filter(state -> state != State.DISABLED).toList();
        return !wanted.isEmpty() && wanted.stream().allMatch(state -> state == State.UNAVAILABLE);
    }
}
