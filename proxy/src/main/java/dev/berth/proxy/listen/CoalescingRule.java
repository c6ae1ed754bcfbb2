package dev.berth.proxy.listen;

import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.Rejection;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.tls.CertificateIndex;
import org.jspecify.annotations.Nullable;

/**
 * Refuses, with 421, a host that the connection was not opened for (RFC 9110 section 7.4): it is
 * not the name of the handshake, nor does the certificate that was shown cover it. Browsers send
 * requests for several hosts over one connection only where the certificate allows it (RFC 9113
 * section 9.1.1), and come back on a new one after a 421.
 */
final class CoalescingRule implements HeadRule {
    @Override
    public @Nullable Rejection apply(RequestHead head, Peer peer) {
        Peer.Served served = peer.served();
        if (served == null
                || served.name() == null
                || served.name().equals(head.host())
                || CertificateIndex.covers(served.certified(), head.host())) {
            return null;
        }
        return new Rejection(
                Failure.Misdirected, "Its host is not the one that the connection is for.");
    }
}
