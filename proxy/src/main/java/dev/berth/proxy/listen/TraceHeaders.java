package dev.berth.proxy.listen;

import dev.berth.proxy.http.Rejection;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.http.TraceContext;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Passes a valid trace on, and begins one where there is none (W3C Trace Context). A trace that the
 * edge begins has the request's id, so that one id finds both. Comes before {@link
 * ForwardedHeaders}, which may take another id over.
 */
final class TraceHeaders implements HeadRule {
    private static final AsciiString PARENT = AsciiString.cached("traceparent");
    private static final AsciiString STATE = AsciiString.cached("tracestate");

    @Override
    public @Nullable Rejection apply(RequestHead head, Peer peer) {
        HttpHeaders headers = head.headers();
        String trace = present(headers.getAll(PARENT));
        if (trace == null) {
            headers.remove(STATE);
            if (TraceContext.isTraceId(head.id())) {
                trace = head.id();
                headers.set(PARENT, TraceContext.begin(trace));
            } else {
                headers.remove(PARENT);
            }
        } else if (headers.contains(STATE) && !TraceContext.isState(headers.getAll(STATE))) {
            headers.remove(STATE);
        }
        head.traced(trace);
        return null;
    }

    /** Of two parents it can't be known which is true. */
    private static @Nullable String present(List<String> parents) {
        return parents.size() == 1 ? TraceContext.traceId(parents.getFirst().strip()) : null;
    }
}
