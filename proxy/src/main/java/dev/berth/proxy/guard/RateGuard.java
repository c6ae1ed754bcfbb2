package dev.berth.proxy.guard;

import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.limit.ClientNetwork;
import java.util.Map;

/** Takes a token of the client's bucket for each request: 429 when none is left (RFC 6585). */
final class RateGuard implements Guard {
    private final RateBuckets buckets;

    RateGuard(RateBuckets buckets) {
        this.buckets = buckets;
    }

    @Override
    public Object rule() {
        return buckets.limit();
    }

    @Override
    public Verdict check(RequestHead request) {
        long wait = buckets.take(ClientNetwork.of(request.client()));
        return wait == 0
                ? Verdict.PASS
                : new Verdict.Refused(
                        Failure.TooManyRequests,
                        "Wait a moment before the next one.",
                        Map.of("Retry-After", Long.toString(seconds(wait))));
    }

    private static long seconds(long nanos) {
        return Math.ceilDiv(nanos, 1_000_000_000L);
    }
}
