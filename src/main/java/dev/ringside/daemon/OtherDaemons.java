package dev.ringside.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Daemons like this one that run already, told by their command lines. They don't disturb each other, and count the same; but every hook is paid for
 * twice, by the applications.
 */
final class OtherDaemons {

    private static final String RUN = "run";

    private OtherDaemons() {}

    /** @return their process ids, as that procfs numbers them */
    static List<Long> running(Path procfs) throws IOException {
        String self = Files.readSymbolicLink(procfs.resolve("self")).toString();
        List<Long> others = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(procfs, "[0-9]*")) {
            for (Path process : processes) {
                String pid = process.getFileName().toString();
                if (!pid.equals(self) && isDaemon(process)) {
                    others.add(Long.parseLong(pid));
                }
            }
        }
        return others;
    }

    private static boolean isDaemon(Path process) {
        try {
            List<String> words = List.of(Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1).split("\0"));
            int main = words.indexOf(Main.class.getName());
            return main >= 0 && words.size() > main + 1 && words.get(main + 1).equals(RUN);
        } catch (IOException gone) {
            return false;
        }
    }
}
