package dev.berth.proxy.bench;

import java.util.Arrays;
import java.util.List;

/** Runs the client that the first argument names. All connect to 127.0.0.1. */
public final class Clients {
    private Clients() {}

    /**
     * Prints what the client has found out.
     *
     * @param args name of the client, port, then the numbers that it wants
     */
    public static void main(String[] args) throws Exception {
        List<Integer> numbers = Arrays.stream(args).skip(1).map(Integer::valueOf).toList();
        int port = numbers.getFirst();
        switch (args[0]) {
            case "Hosts" -> Hosts.run(port, numbers.get(1), System.out);
            case "Idle" -> Idle.run(port, numbers.get(1), System.out);
            case "Flood" -> Flood.run(port, numbers.get(1), System.out);
            case "Slowloris" -> Slowloris.run(port, numbers.get(1), numbers.get(2), System.out);
            case "Upload" -> Upload.run(port, numbers.get(1), numbers.get(2), System.out);
            default -> throw new IllegalArgumentException("no such client: " + args[0]);
        }
    }
}
