package dev.berth.proxy.handover;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sockets that systemd has opened (sd_listen_fds(3)): LISTEN_FDS of them from descriptor 3 on, for
 * the process LISTEN_PID, with names in LISTEN_FDNAMES.
 */
public final class SystemdSockets {
    private static final int FIRST = 3;
    private static final int MOST = 64;

    private SystemdSockets() {}

    /**
     * The sockets that are meant for this process; none when the variables are not set or are
     * another's.
     *
     * @param environment of the process
     * @param pid its own
     * @throws IOException if they are meant for this process and cannot be used
     */
    public static ListeningSockets of(Map<String, String> environment, long pid)
            throws IOException {
        Map<String, FileDescriptor> sockets = new LinkedHashMap<>();
        for (Map.Entry<String, Integer> named : named(environment, pid).entrySet()) {
            NonBlocking.make(named.getValue());
            sockets.put(named.getKey(), new FileDescriptor(named.getValue()));
        }
        return new ListeningSockets(sockets);
    }

    /** Descriptors by name. */
    static Map<String, Integer> named(Map<String, String> environment, long pid)
            throws HandoverException {
        String fds = environment.get("LISTEN_FDS");
        if (fds == null || !Long.toString(pid).equals(environment.get("LISTEN_PID"))) {
            return Map.of();
        }
        if (!fds.matches("[0-9]{1,4}") || Integer.parseInt(fds) > MOST) {
            throw new HandoverException(
                    "LISTEN_FDS is \"%s\": expected a number, 0 to %d".formatted(fds, MOST));
        }
        int count = Integer.parseInt(fds);
        String[] names = environment.getOrDefault("LISTEN_FDNAMES", "").split(":", -1);
        if (count > 0 && names.length != count) {
            throw new HandoverException(
                    ("systemd passes %d sockets with the names \"%s\": give each socket unit a"
                                    + " FileDescriptorName, http or https")
                            .formatted(count, String.join(":", names)));
        }
        Map<String, Integer> named = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            if (named.put(names[i], FIRST + i) != null) {
                throw new HandoverException(
                        "systemd passes two sockets that are named \"%s\": let each name have one ListenStream"
                                .formatted(names[i]));
            }
        }
        return named;
    }
}
