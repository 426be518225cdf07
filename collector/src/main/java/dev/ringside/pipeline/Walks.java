package dev.ringside.pipeline;

import dev.ringside.bpf.BpfIterator;
import dev.ringside.probe.Walk;
import java.util.Optional;

/** Walks by an iterator of the probe's object, or by none where this kernel refused it. */
final class Walks {

    private Walks() {}

    static Walk over(Optional<BpfIterator> iterator) {
        return iterator.<Walk>map(ByIterator::new).orElse(Nowhere.INSTANCE);
    }

    private record ByIterator(BpfIterator iterator) implements Walk {

        @Override
        public int forEach(int rowBytes, RowHandler handler) {
            return iterator.walk(rowBytes, handler::onRow);
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
