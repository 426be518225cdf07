package dev.ringside.btf.codegen;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.lang.model.SourceVersion;

/** C names to Java names. */
final class Names {
    private Names() {}

    /** {@code tcp_event} → {@code TcpEvent}. */
    static String type(String cName) {
        return Arrays.stream(cName.split("_+"))
                .filter(word -> !word.isEmpty())
                .map(Names::capital)
                .collect(Collectors.joining());
    }

    /** {@code header.cgroup_id} → {@code headerCgroupId}; a Java keyword gets an underscore behind it. */
    static String method(String cPath) {
        String name = type(cPath.replace('.', '_'));
        String method = name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
        return SourceVersion.isKeyword(method) ? method + "_" : method;
    }

    /** {@code header.cgroup_id} → {@code HEADER_CGROUP_ID}; an underscore in front where a digit would stand. */
    static String constant(String cPath) {
        String name = cPath.replace('.', '_').toUpperCase(Locale.ROOT);
        return Character.isDigit(name.charAt(0)) ? "_" + name : name;
    }

    static String capital(String word) {
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }
}
