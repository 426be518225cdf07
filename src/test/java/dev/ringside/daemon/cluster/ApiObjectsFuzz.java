package dev.ringside.daemon.cluster;

import java.io.IOException;
import java.util.Arrays;

/** An API server's list or watch of any bytes, in pieces of the size that the first byte says; its last bit says which: objects, or an {@link IOException}. */
public final class ApiObjectsFuzz {
    private ApiObjectsFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) {
            return;
        }
        int piece = 1 + (data[0] & 0xff);
        int[] told = new int[1];
        try {
            ApiObjects objects = (data[0] & 1) == 0 ? ApiObjects.list(_ -> told[0]++) : ApiObjects.events(_ -> told[0]++);
            for (int at = 1; at < data.length; at += piece) {
                byte[] bytes = Arrays.copyOfRange(data, at, Math.min(at + piece, data.length));
                objects.feed(bytes, bytes.length);
            }
            if (told[0] > data.length) {
                throw new AssertionError("more objects than bytes: objects=" + told[0]);
            }
        } catch (IOException refused) {
            if (refused.getMessage() == null) {
                throw new AssertionError("refused without a word", refused);
            }
        }
    }
}
