package dev.ringside.kernel;

import java.util.List;

/**
 * What {@code /proc/PID/status} says of a thread's privileges.
 *
 * @param root whether any of its user ids is 0
 */
record ThreadPrivileges(String name, boolean root, long permitted) {

    static ThreadPrivileges parse(List<String> status) {
        String name = "";
        boolean root = false;
        long permitted = 0;
        for (String line : status) {
            String[] words = line.split("\\s+");
            switch (words[0]) {
                case "Name:" -> name = line.substring("Name:".length()).strip();
                case "Uid:" -> root = List.of(words).subList(1, words.length).contains("0");
                case "CapPrm:" -> permitted = Long.parseUnsignedLong(words[1], 16);
                default -> { }
            }
        }
        return new ThreadPrivileges(name, root, permitted);
    }

    boolean has(Capability capability) {
        return (permitted & capability.mask()) != 0;
    }
}
