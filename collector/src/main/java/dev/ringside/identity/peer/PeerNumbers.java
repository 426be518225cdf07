package dev.ringside.identity.peer;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A small number for each peer, so that an event is told by whom in integers. Those that nobody refers to any more are given anew. */
final class PeerNumbers {

    static final int LOOPBACK = 0;
    static final int HOST = 1;
    static final int ELSEWHERE = 2;
    static final int OVERFLOW = 3;

    private final Map<Peer, Integer> numbers = new HashMap<>();
    /** Null where a number is free. */
    private final List<Peer> peers = new ArrayList<>();
    private final BitSet fixed = new BitSet();
    private final BitSet free = new BitSet();

    PeerNumbers() {
        List.of(Peer.LOOPBACK, Peer.HOST, Peer.ELSEWHERE, Peer.OVERFLOW).forEach(this::fix);
    }

    /** A number that stays. */
    int fix(Peer peer) {
        int number = of(peer);
        fixed.set(number);
        return number;
    }

    int of(Peer peer) {
        Integer known = numbers.get(peer);
        if (known != null) {
            return known;
        }
        int number = free.nextSetBit(0);
        if (number >= 0) {
            free.clear(number);
            peers.set(number, peer);
        } else {
            number = peers.size();
            peers.add(peer);
        }
        numbers.put(peer, number);
        return number;
    }

    Peer peer(int number) {
        return peers.get(number);
    }

    int inUse() {
        return numbers.size();
    }

    void retain(BitSet used) {
        for (int number = 0; number < peers.size(); number++) {
            if (peers.get(number) != null && !used.get(number) && !fixed.get(number)) {
                numbers.remove(peers.get(number));
                peers.set(number, null);
                free.set(number);
            }
        }
    }
}
