package dev.ringside.btf.codegen;

import dev.ringside.btf.BtfFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Generates the Java accessors of the records that BPF objects exchange with user space.
 *
 * <pre>
 * AccessorGenerator SOURCE_ROOT PACKAGE FOLDER_OF_OBJECTS
 * </pre>
 *
 * <p>A struct whose name ends in {@code _event}, {@code _header}, {@code _row}, {@code _key} or {@code _value} becomes a
 * flyweight; keys and values have setters too. An enum whose name ends in {@code _kind} becomes int constants with label texts.
 *
 * <pre>
 * struct workload_key {                        WorkloadKey.SIZE
 *     u64 cgroup_id;                           WorkloadKey.CGROUP_ID_OFFSET
 *     char comm[16];                           long   WorkloadKey.cgroupId(segment, base)
 * };                                           String WorkloadKey.comm(segment, base)
 *                                              long   WorkloadKey.commWord(segment, base, index)
 * enum tcp_role_kind {                         TcpRoleKind.CLIENT
 *     TCP_ROLE_CLIENT = 1,                     TcpRoleKind.name(1) is "client"
 * };
 * </pre>
 *
 * <p>The output depends on nothing but the objects' types and names.
 */
public final class AccessorGenerator {
    private AccessorGenerator() {}

    /**
     * Runs the generator in the build; an exception is the build's error.
     *
     * @throws CodegenException if a type has no accessor, objects disagree, or there is nothing to generate
     */
    public static void main(String[] args) throws IOException {
        if (args.length != 3) {
            throw new CodegenException("usage: AccessorGenerator SOURCE_ROOT PACKAGE FOLDER_OF_OBJECTS: arguments=" + args.length);
        }
        GeneratedPackage.in(Path.of(args[0]), args[1]).write(generate(objects(Path.of(args[2])), args[1]));
    }

    /** Java source by class name. */
    static Map<String, String> generate(List<Path> objects, String packageName) throws IOException {
        var types = new EventTypes();
        for (Path object : objects) {
            types.add(object.getFileName().toString(), BtfFile.read(object));
        }
        Map<String, String> sources = types.sources(packageName);
        if (sources.isEmpty()) {
            throw new CodegenException("objects have no type whose name ends in _event, _header, _row, _key, _value or _kind: objects=" + objects);
        }
        return sources;
    }

    private static List<Path> objects(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            // Sorted, since the order of a folder is nobody's promise and the output names the objects.
            return files.filter(file -> file.toString().endsWith(".o")).sorted().toList();
        }
    }
}
