package dev.ringside.btf;

import static dev.ringside.btf.BtfLayout.MAX_DEPTH;

import dev.ringside.btf.BtfType.Member;
import dev.ringside.btf.BtfType.Struct;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Follows the ids from type to type, a bounded number of steps: a malformed file may have cycles. */
record TypeResolver(BtfFile btf) {
    private static final int POINTER_BYTES = 8;

    /** The type behind typedefs and qualifiers. */
    BtfType resolve(int id) {
        int next = id;
        for (int depth = 0; depth < MAX_DEPTH; depth++) {
            BtfType type = btf.type(next);
            switch (type) {
                case BtfType.Typedef typedef -> next = typedef.targetId();
                case BtfType.Modifier modifier -> next = modifier.targetId();
                case BtfType.DeclTag tag -> next = tag.targetId();
                case BtfType.Void _, BtfType.Int _, BtfType.Float _, BtfType.Pointer _, BtfType.Array _, Struct _,
                        BtfType.Enum _, BtfType.Forward _, BtfType.Func _, BtfType.FuncProto _, BtfType.Var _,
                        BtfType.DataSection _ -> {
                    return type;
                }
            }
        }
        throw tooDeep(id);
    }

    /** The size in bytes. */
    long size(int id) {
        long count = 1;
        int next = id;
        for (int depth = 0; depth < MAX_DEPTH; depth++) {
            switch (resolve(next)) {
                case BtfType.Array array -> {
                    count = times(id, count, array.length());
                    next = array.elementId();
                }
                case BtfType.Var variable -> next = variable.typeId();
                case BtfType.Int type -> {
                    return times(id, count, type.size());
                }
                case BtfType.Float type -> {
                    return times(id, count, type.size());
                }
                case BtfType.Pointer _ -> {
                    return times(id, count, POINTER_BYTES);
                }
                case Struct type -> {
                    return times(id, count, type.size());
                }
                case BtfType.Enum type -> {
                    return times(id, count, type.size());
                }
                case BtfType.DataSection type -> {
                    return times(id, count, type.size());
                }
                case BtfType.Void _, BtfType.Forward _, BtfType.Func _, BtfType.FuncProto _, BtfType.Typedef _,
                        BtfType.Modifier _, BtfType.DeclTag _ ->
                    throw new BtfException("BTF type has no size: id=" + id);
            }
        }
        throw tooDeep(id);
    }

    BtfField field(Member member) {
        List<Integer> dimensions = new ArrayList<>();
        BtfType type = resolve(member.typeId());
        while (type instanceof BtfType.Array array) {
            if (dimensions.size() == MAX_DEPTH) {
                throw tooDeep(member.typeId());
            }
            dimensions.add(array.length());
            type = resolve(array.elementId());
        }
        return new BtfField(
                member.name(), member.bitOffset(), member.bitfieldSize(), member.typeId(), type, dimensions, size(member.typeId()));
    }

    /** The member at a path of names, with its offset from the start of {@code struct}. */
    Optional<BtfField> member(Struct struct, String path) {
        Struct in = struct;
        long bits = 0;
        String[] names = path.split("\\.", -1);
        for (int i = 0; ; i++) {
            BtfField found = named(in, names[i]);
            if (found == null) {
                return Optional.empty();
            }
            found = found.movedBy(bits);
            if (i == names.length - 1) {
                return Optional.of(found);
            }
            if (!(found.type() instanceof Struct next) || found.isArray()) {
                return Optional.empty();
            }
            bits = found.bitOffset();
            in = next;
        }
    }

    /** A member by its name, those of anonymous structs and unions included; null if there is none. */
    private BtfField named(Struct struct, String name) {
        record Place(Struct struct, long bits) {}
        Deque<Place> places = new ArrayDeque<>(List.of(new Place(struct, 0)));
        // Each struct once: without it a malformed file could make the search go on for ever, or as good as.
        Set<Integer> seen = new HashSet<>(Set.of(struct.id()));
        while (!places.isEmpty()) {
            Place place = places.remove();
            for (Member member : place.struct().members()) {
                if (member.name().isEmpty()) {
                    if (resolve(member.typeId()) instanceof Struct inner && seen.add(inner.id())) {
                        places.add(new Place(inner, place.bits() + member.bitOffset()));
                    }
                } else if (member.name().equals(name)) {
                    return field(member).movedBy(place.bits());
                }
            }
        }
        return null;
    }

    private static long times(int id, long count, long size) {
        long product = Math.multiplyHigh(count, size) == 0 ? count * size : -1;
        if (product < 0) {
            throw new BtfException("BTF size is beyond reason: id=" + id);
        }
        return product;
    }

    private static BtfException tooDeep(int id) {
        return new BtfException("BTF types refer to one another too deeply, or in a cycle: id=" + id + ", limit=" + MAX_DEPTH);
    }
}
