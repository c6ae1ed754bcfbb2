package dev.berth.proxy.http;

import dev.berth.schemas.Json;
import dev.berth.schemas.edge.Policy;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer that the edge gives when no app can: a page for browsers, JSON for those who ask for
 * it, else text; each with the request id and a Proxy-Status field (RFC 9209).
 *
 * @param body owned by whoever takes it
 */
public record ErrorPage(HttpResponse head, ByteBuf body) {
    /** What a 405 has to say (RFC 9110 section 15.5.6) when the edge forwards all but a few. */
    private static final String FORWARDED = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

    /**
     * The answer, with Content-Length.
     *
     * @param detail what is wrong and what to do, one or two sentences
     * @param accept the request's Accept field
     */
    public static ErrorPage of(
            Failure failure, String detail, String requestId, @Nullable String accept) {
        return of(failure, detail, requestId, accept, List.of());
    }

    /**
     * The answer, with Content-Length.
     *
     * @param detail what is wrong and what to do, one or two sentences
     * @param accept the request's Accept field
     * @param own pages that browsers get instead of ours
     */
    public static ErrorPage of(
            Failure failure,
            String detail,
            String requestId,
            @Nullable String accept,
            List<Policy.ErrorPage> own) {
        HttpResponseStatus status = HttpResponseStatus.valueOf(failure.status());
        String wanted = accept == null ? "" : accept.toLowerCase(Locale.ROOT);
        String type;
        String body;
        if (wanted.contains("text/html")) {
            type = "text/html; charset=utf-8";
            String replacement = OwnPages.find(own, failure.status(), requestId);
            body = replacement == null ? page(status, failure, detail, requestId) : replacement;
        } else if (wanted.contains("json")) {
            type = "application/problem+json";
            body = problem(status, failure, detail, requestId);
        } else {
            type = "text/plain; charset=utf-8";
            body = text(failure, detail, requestId);
        }
        ByteBuf bytes = Unpooled.copiedBuffer(body, StandardCharsets.UTF_8);
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, status);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, type)
                .set(HttpHeaderNames.CONTENT_LENGTH, bytes.readableBytes())
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set("Proxy-Status", "berth; error=" + failure.token());
        if (failure == Failure.MethodRefused) {
            response.headers().set(HttpHeaderNames.ALLOW, FORWARDED);
        }
        if (failure.status() == HttpResponseStatus.SERVICE_UNAVAILABLE.code()) {
            response.headers().set(HttpHeaderNames.RETRY_AFTER, 5);
        }
        return new ErrorPage(response, bytes);
    }

    private static String text(Failure failure, String detail, String requestId) {
        return "%s.%s%nRequest %s%n"
                .formatted(failure.headline(), detail.isEmpty() ? "" : " " + detail, requestId);
    }

    private static String problem(
            HttpResponseStatus status, Failure failure, String detail, String requestId) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("title", failure.headline());
        fields.put("status", status.code());
        fields.put("detail", detail);
        fields.put("requestId", requestId);
        return Json.write(fields) + "\n";
    }

    private static String page(
            HttpResponseStatus status, Failure failure, String detail, String requestId) {
        return """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>%1$d %2$s</title>
        <meta name="viewport" content="width=device-width,initial-scale=1">
        <style>
        :root{color-scheme:light dark}
        body{font:16px/1.5 system-ui,sans-serif;display:grid;place-items:center;min-height:100vh;margin:0}
        main{max-width:34rem;padding:2rem}h1{font-size:1.4rem;margin:0 0 .5rem}p{margin:.5rem 0}
        .code{font-size:.9rem;opacity:.7}code{font:.85rem ui-monospace,monospace}
        </style></head>
        <body><main><p class="code">%1$d %2$s</p><h1>%3$s</h1><p>%4$s</p>
        <p class="code">Request <code>%5$s</code></p></main></body></html>
        """
                .formatted(
                        status.code(),
                        escape(status.reasonPhrase()),
                        escape(failure.headline()),
                        escape(detail),
                        escape(requestId));
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
