package dev.ringside.fuzz;

import dev.ringside.identity.CgroupPathParser;
import java.nio.charset.StandardCharsets;

/** Whatever a cgroup is called, it is somebody's. */
public final class CgroupPathFuzz {
    private CgroupPathFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        String path = new String(data, StandardCharsets.UTF_8);
        if (!CgroupPathParser.parse(path).equals(CgroupPathParser.parse(path))) {
            throw new AssertionError("not the same twice: path=" + path);
        }
    }
}
