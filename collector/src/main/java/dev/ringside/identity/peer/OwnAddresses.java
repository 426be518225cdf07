package dev.ringside.identity.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The addresses of the node itself, as its first process sees them: also from inside a pod that has another network, but the host's procfs.
 *
 * <p>IPv4 from the routing table's leaves ({@code net/ipv4/fib_trie.c}, {@code fib_trie_seq_show}), which says {@code /32 host LOCAL} below an address
 * of an interface; IPv6 from {@code if_inet6} ({@code net/ipv6/addrconf.c}).
 */
public final class OwnAddresses {

    private static final String LEAF = "|-- ";
    private static final String OWN = "/32 host LOCAL";

    private OwnAddresses() {}

    /** @throws IOException if they can't be read; without IPv6 there is no file of it, which is no error */
    public static Set<String> read(Path procfs) throws IOException {
        Path network = procfs.resolve("1/net");
        Set<String> addresses = new LinkedHashSet<>();
        String leaf = "";
        for (String line : lines(network.resolve("fib_trie"))) {
            String text = line.strip();
            if (text.startsWith(LEAF)) {
                leaf = text.substring(LEAF.length());
            } else if (text.equals(OWN) && !leaf.startsWith("127.")) {
                addresses.add(leaf);
            }
        }
        for (String line : lines(network.resolve("if_inet6"))) {
            String digits = line.split(" ", 2)[0];
            if (digits.length() == 32) {
                addresses.add(digits.replaceAll("(.{4})(?!$)", "$1:"));
            }
        }
        return addresses;
    }

    private static List<String> lines(Path file) throws IOException {
        try {
            return Files.readAllLines(file);
        } catch (NoSuchFileException absent) {
            return List.of();
        }
    }
}
