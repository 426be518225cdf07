package dev.ringside.bpf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringside.ffi.LibBpf;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * The {@code const volatile} globals of an object that is open but not loaded. Where each lies is told by the DATASEC
 * {@code .rodata} of the object's BTF, whose offsets libbpf has filled in from the ELF symbols when it opened the object.
 *
 * <pre>
 *  struct btf_type          | name_off 4 | info 4 (low 16 bits: variables) | size 4 |
 *  struct btf_var_secinfo   | type 4     | offset 4                        | size 4 |   one per variable, after it
 * </pre>
 */
final class Rodata {
    private static final String SECTION = ".rodata";
    private static final int KIND_DATASEC = 15;
    private static final int TYPE_BYTES = 12;
    private static final int VARIABLE_BYTES = 12;

    private record Variable(int offset, int size) {}

    private final String object;
    private final MemorySegment data;
    private final Map<String, Variable> variables;

    private Rodata(String object, MemorySegment data, Map<String, Variable> variables) {
        this.object = object;
        this.data = data;
        this.variables = variables;
    }

    /** @param data the initial value of the section's map, or NULL when there is none */
    static Rodata of(LibBpf libbpf, String object, MemorySegment btf, MemorySegment data) {
        Map<String, Variable> variables = new LinkedHashMap<>();
        int section = libbpf.btfFindByNameKind(btf, SECTION, KIND_DATASEC);
        if (section > 0) {
            int count = libbpf.btfType(btf, section, TYPE_BYTES).get(JAVA_INT, 4) & 0xffff;
            MemorySegment type = libbpf.btfType(btf, section, TYPE_BYTES + (long) count * VARIABLE_BYTES);
            for (int i = 0; i < count; i++) {
                long at = TYPE_BYTES + (long) i * VARIABLE_BYTES;
                int nameOffset = libbpf.btfType(btf, type.get(JAVA_INT, at), TYPE_BYTES).get(JAVA_INT, 0);
                variables.put(libbpf.btfName(btf, nameOffset), new Variable(type.get(JAVA_INT, at + 4), type.get(JAVA_INT, at + 8)));
            }
        }
        return new Rodata(object, data, variables);
    }

    void set(String name, BpfObjectSpec.KnobValue value) {
        Variable variable = variables.get(name);
        if (variable == null) {
            throw new IllegalArgumentException("no such knob in BPF object: object=" + object + ", knob=" + name + ", available="
                    + String.join(" ", new TreeSet<>(variables.keySet())));
        }
        switch (value) {
            case BpfObjectSpec.KnobValue.Number number -> setNumber(name, variable, number.value());
            case BpfObjectSpec.KnobValue.Bytes bytes -> setBytes(name, variable, bytes.value());
        }
    }

    private void setNumber(String name, Variable variable, long value) {
        int bits = variable.size * 8;
        // As signed or as unsigned: the sign of the C type doesn't change which bits are meant.
        boolean fits = bits >= 64 || value >= -(1L << (bits - 1)) && value < 1L << bits;
        if (variable.size > 8 || !fits) {
            throw new IllegalArgumentException("knob value doesn't fit: object=" + object + ", knob=" + name + ", value=" + value
                    + ", bytes=" + variable.size);
        }
        for (int i = 0; i < variable.size; i++) { // BPF objects here are little-endian, like the machines they run on
            data.set(JAVA_BYTE, variable.offset + i, (byte) (value >>> (8 * i)));
        }
    }

    private void setBytes(String name, Variable variable, byte[] value) {
        if (value.length != variable.size) {
            throw new IllegalArgumentException("knob value has the wrong length: object=" + object + ", knob=" + name + ", bytes="
                    + value.length + ", expected=" + variable.size);
        }
        MemorySegment.copy(value, 0, data, JAVA_BYTE, variable.offset, value.length);
    }
}
