package dev.ringside.bpf;

import java.util.Locale;

/** The map types in use here, of {@code enum bpf_map_type}. */
public enum MapType {
    HASH(1, false),
    ARRAY(2, false),
    PERCPU_HASH(5, true),
    PERCPU_ARRAY(6, true),
    LRU_HASH(9, false),
    LRU_PERCPU_HASH(10, true),
    SK_STORAGE(24, false),
    RINGBUF(27, false),
    OTHER(-1, false);

    private final int number;
    private final boolean perCpu;

    MapType(int number, boolean perCpu) {
        this.number = number;
        this.perCpu = perCpu;
    }

    static MapType of(int number) {
        for (MapType type : values()) {
            if (type.number == number) {
                return type;
            }
        }
        return OTHER;
    }

    public boolean perCpu() {
        return perCpu;
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
