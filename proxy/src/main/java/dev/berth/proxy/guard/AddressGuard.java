package dev.berth.proxy.guard;

import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.RequestHead;
import dev.berth.schemas.config.Cidr;
import dev.berth.schemas.edge.Policy;
import java.util.List;
import java.util.Map;

/** Lets in who is in an allowed network, if any is named, and in no denied one: else 403. */
final class AddressGuard implements Guard {
    private final Policy.Addresses addresses;
    private final List<Cidr> allowed;
    private final List<Cidr> denied;

    AddressGuard(Policy.Addresses addresses) {
        this.addresses = addresses;
        this.allowed = addresses.allow().stream().map(Cidr::parse).toList();
        this.denied = addresses.deny().stream().map(Cidr::parse).toList();
    }

    @Override
    public Object rule() {
        return addresses;
    }

    @Override
    public Verdict check(RequestHead request) {
        byte[] address = ClientAddress.bytes(request.client());
        boolean passes =
                address != null
                        && (allowed.isEmpty() || isIn(address, allowed))
                        && !isIn(address, denied);
        return passes
                ? Verdict.PASS
                : new Verdict.Refused(
                        Failure.AddressRefused, "Its owner lets only some networks in.", Map.of());
    }

    private static boolean isIn(byte[] address, List<Cidr> networks) {
        for (Cidr network : networks) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }
}
