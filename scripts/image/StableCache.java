import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code StableCache CACHE DUMP -- COMMAND…}: an AOT cache that comes out the same each time. COMMAND makes one in DUMP; the JVM does so
 * reproducibly, but for the milliseconds since the machine's start that soft references carry, and the checksums over
 * them. So it runs twice: what differs has to be such a time, taken within its own run, and becomes 0, as do the checksums, which the JVM reads
 * under {@code -XX:+VerifySharedSpaces} only. Any other difference is an error.
 */
final class StableCache {
    /** Where the file's own description ends; times are behind it. */
    private static final int HEADER_BYTES = 4096;

    private record Dump(ByteBuffer bytes, long firstMillis, long lastMillis) {
        boolean within(int at) {
            long value = bytes.getLong(at);
            return value >= firstMillis && value <= lastMillis;
        }
    }

    private StableCache() {}

    public static void main(String[] arguments) throws Exception {
        List<String> command = List.of(arguments).subList(3, arguments.length);
        Path file = Path.of(arguments[1]);
        Dump one = dump(file, command);
        Dump other = dump(file, command);
        if (one.bytes.limit() != other.bytes.limit()) {
            throw new IllegalStateException("two dumps differ in size: " + one.bytes.limit() + ", " + other.bytes.limit());
        }
        List<Integer> unexplained = new ArrayList<>();
        int at = 0;
        for (; at < HEADER_BYTES; at += Integer.BYTES) {
            if (one.bytes.getInt(at) != other.bytes.getInt(at)) {
                one.bytes.putInt(at, 0);
            }
        }
        int times = 0;
        for (; at <= one.bytes.limit() - Long.BYTES; at += Long.BYTES) {
            if (one.bytes.getLong(at) == other.bytes.getLong(at)) {
                continue;
            }
            if (one.within(at) && other.within(at)) {
                one.bytes.putLong(at, 0);
                times++;
            } else {
                unexplained.add(at);
            }
        }
        if (!unexplained.isEmpty()) {
            throw new IllegalStateException("two dumps differ in more than times: " + unexplained.size() + " words, the first at byte " + unexplained.getFirst());
        }
        Files.write(Path.of(arguments[0]), one.bytes.array());
        Files.delete(file);
        System.out.println("times set to 0: " + times);
    }

    private static Dump dump(Path file, List<String> command) throws IOException, InterruptedException {
        Files.deleteIfExists(file);
        long first = System.nanoTime();
        int exitCode = new ProcessBuilder(command).inheritIO().start().waitFor();
        long last = System.nanoTime();
        if (exitCode != 0) {
            throw new IllegalStateException("exit code " + exitCode + " of " + command);
        }
        return new Dump(ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder()), first / 1_000_000, last / 1_000_000);
    }
}
