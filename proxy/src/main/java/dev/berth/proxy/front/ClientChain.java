package dev.berth.proxy.front;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * The way of a request over proxies, as far as it is certain: from the right, each proxy that is
 * believed tells who came to it, and the first who is not believed is the client. What stands left
 * of that is only the client's own claim, and is left out.
 *
 * @param client its address
 * @param text all addresses from the client to the edge's peer, for X-Forwarded-For
 * @param place of the client among the entries; their number when the peer itself is the client
 */
record ClientChain(String client, String text, int place) {
    /** More proxies than that nobody has in a row. */
    private static final int MOST = 32;

    /**
     * Walks the way.
     *
     * @param entries what the proxies wrote, the farthest first
     * @param peer who sent it to the edge; is believed
     */
    static ClientChain of(List<String> entries, byte[] peer, FrontNetworks front) {
        List<byte[]> way = new ArrayList<>(2);
        way.add(peer);
        byte[] client = peer;
        int place = entries.size();
        while (place > 0 && way.size() <= MOST && front.trusts(client)) {
            byte[] before = IpLiteral.parse(entries.get(place - 1));
            if (before == null) {
                break; // who is believed does not know either
            }
            client = before;
            way.add(before);
            place--;
        }
        StringJoiner text = new StringJoiner(", ");
        for (byte[] address : way.reversed()) {
            text.add(IpLiteral.text(address));
        }
        return new ClientChain(IpLiteral.text(client), text.toString(), place);
    }
}
