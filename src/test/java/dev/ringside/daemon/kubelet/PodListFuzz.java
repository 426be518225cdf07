package dev.ringside.daemon.kubelet;

import java.io.IOException;
import java.util.Arrays;
import java.util.Set;

/** A kubelet's answer of any bytes, in pieces of the size that the first byte says: pods, or an {@link IOException}. */
public final class PodListFuzz {
    private PodListFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) {
            return;
        }
        int piece = 1 + (data[0] & 0xff);
        try {
            PodListParser parser = new PodListParser(Set.of("wanted"));
            for (int at = 1; at < data.length; at += piece) {
                byte[] bytes = Arrays.copyOfRange(data, at, Math.min(at + piece, data.length));
                parser.feed(bytes, bytes.length);
            }
            parser.finish();
        } catch (IOException refused) {
            if (refused.getMessage() == null) {
                throw new AssertionError("refused without a word", refused);
            }
        }
    }
}
