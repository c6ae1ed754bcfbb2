package dev.berth.reconciler.certificate.lookup;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The addresses of this machine's network cards, read each time. Thread-safe. */
public final class OwnAddresses implements Supplier<Set<InetAddress>> {
    @Override
    public Set<InetAddress> get() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .collect(Collectors.toUnmodifiableSet());
        } catch (SocketException e) {
            return Set.of(); // then none is known to be ours
        }
    }
}
