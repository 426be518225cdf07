package dev.ringside.btf.codegen;

import dev.ringside.btf.BtfFile;
import dev.ringside.btf.BtfType;
import java.nio.ByteOrder;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The structs and enums of all objects that Java reads, by name; objects that disagree about one are refused. */
final class EventTypes {
    private static final Pattern STRUCT = Pattern.compile("\\w+_(event|header|row|key|value)");
    private static final Pattern KIND = Pattern.compile("\\w+_kind");

    /** A type and the objects that have it, in the order in which they were added. */
    private record Found(EventType type, Set<String> objects) {}

    private final SortedMap<String, Found> types = new TreeMap<>();
    private ByteOrder order;

    /** Adds what an object has; {@code object} is its name in Javadoc and errors. */
    void add(String object, BtfFile btf) {
        if (order != null && order != btf.byteOrder()) {
            throw new CodegenException("objects have different byte orders: " + object + "=" + btf.byteOrder() + ", others=" + order);
        }
        order = btf.byteOrder();
        for (int id = 1; id < btf.typeCount(); id++) {
            switch (btf.type(id)) {
                case BtfType.Struct struct when !struct.union() && STRUCT.matcher(struct.name()).matches() ->
                    add(object, StructLayout.of(btf, struct));
                case BtfType.Enum type when KIND.matcher(type.name()).matches() -> add(object, KindLayout.of(type));
                case BtfType _ -> {}
            }
        }
    }

    /** Java source by class name. */
    SortedMap<String, String> sources(String packageName) {
        SortedMap<String, String> sources = new TreeMap<>();
        types.forEach((cName, found) -> {
            List<String> objects = List.copyOf(found.objects());
            String source = switch (found.type()) {
                case StructLayout struct -> StructWriter.write(struct, objects, order, packageName);
                case KindLayout kind -> KindWriter.write(kind, objects, packageName);
            };
            if (sources.put(Names.type(cName), source) != null) {
                throw new CodegenException("two C names become one Java name, rename one: type=" + cName + ", Java=" + Names.type(cName));
            }
        });
        return sources;
    }

    private void add(String object, EventType type) {
        Found found = types.computeIfAbsent(type.name(), _ -> new Found(type, new LinkedHashSet<>()));
        if (!found.type().equals(type)) {
            throw new CodegenException("type differs between objects, give one another name: type=" + type.name() + ", objects="
                    + found.objects().iterator().next() + " and " + object + ", first difference: " + found.type().difference(type));
        }
        found.objects().add(object);
    }
}
