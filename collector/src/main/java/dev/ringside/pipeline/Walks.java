package dev.ringside.pipeline;

import dev.ringside.bpf.BpfWalk;
import dev.ringside.probe.Walk;
import java.util.Optional;

/** Walks by a program of the probe's object, or by none where this kernel refused it. */
final class Walks {

    private Walks() {}

    static Walk over(Optional<BpfWalk> walk) {
        return walk.<Walk>map(ByProgram::new).orElse(Nowhere.INSTANCE);
    }

    private record ByProgram(BpfWalk walk) implements Walk {

        @Override
        public int forEach(int rowBytes, RowHandler handler) {
            return walk.walk(rowBytes, handler::onRow);
        }

        @Override
        public boolean available() {
            return true;
        }
    }

    private enum Nowhere implements Walk {
        INSTANCE;

        @Override
        public int forEach(int rowBytes, RowHandler handler) {
            return 0;
        }

        @Override
        public boolean available() {
            return false;
        }
    }
}
