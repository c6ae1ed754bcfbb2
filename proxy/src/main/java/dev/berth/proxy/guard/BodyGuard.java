package dev.berth.proxy.guard;

import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.RequestHead;
import java.util.Map;

/**
 * Refuses a body that says it is too long before any of it is read: 413. Who counts the bytes of
 * one that does not say asks {@link dev.berth.schemas.edge.Policy#maxBodyBytes} itself.
 */
final class BodyGuard implements Guard {
    private final long max;

    BodyGuard(long max) {
        this.max = max;
    }

    @Override
    public Object rule() {
        return max;
    }

    @Override
    public Verdict check(RequestHead request) {
        return request.bodyLength() <= max
                ? Verdict.PASS
                : new Verdict.Refused(Failure.BodyTooLarge, detail(max), Map.of());
    }

    /** For people. */
    static String detail(long max) {
        return "At most %d bytes are taken.".formatted(max);
    }
}
