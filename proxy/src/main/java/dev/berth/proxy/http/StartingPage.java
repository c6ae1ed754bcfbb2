package dev.berth.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What a person sees while a sleeping app starts: a page that loads itself again, without a script.
 *
 * @param body owned by whoever takes it
 */
public record StartingPage(HttpResponse head, ByteBuf body) {
    private static final int RELOAD_SECONDS = 2;

    /** Whether a person waits for this answer; a program waits for the app's own. */
    public static boolean suits(RequestHead request) {
        String accept = request.headers().get(HttpHeaderNames.ACCEPT);
        return request.method().equals(HttpMethod.GET)
                && !request.webSocket()
                && accept != null
                && accept.toLowerCase(Locale.ROOT).contains("text/html");
    }

    /** The page: 503, so that nobody takes it for the app's and nobody keeps it. */
    public static StartingPage of(String requestId) {
        ByteBuf body = Unpooled.copiedBuffer(html(requestId), StandardCharsets.UTF_8);
        HttpResponse head =
                new DefaultHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.SERVICE_UNAVAILABLE);
        head.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/html; charset=utf-8")
                .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set(HttpHeaderNames.RETRY_AFTER, RELOAD_SECONDS)
                .set("Proxy-Status", "berth; error=destination_unavailable");
        return new StartingPage(head, body);
    }

    private static String html(String requestId) {
        return """
                <!doctype html>
                <html lang="en"><head><meta charset="utf-8"><title>Starting</title>
                <meta http-equiv="refresh" content="%d">
                <meta name="viewport" content="width=device-width,initial-scale=1">
                <style>
                :root{color-scheme:light dark}
                body{font:16px/1.5 system-ui,sans-serif;display:grid;place-items:center;min-height:100vh;margin:0}
                main{max-width:34rem;padding:2rem}h1{font-size:1.4rem;margin:0 0 .5rem}p{margin:.5rem 0}
                .code{font-size:.9rem;opacity:.7}code{font:.85rem ui-monospace,monospace}
                </style></head>
                <body><main><h1>The app was asleep and is starting</h1>
                <p>This page loads again by itself until it is there.</p>
                <p class="code">Request <code>%s</code></p></main></body></html>
                """
                .formatted(RELOAD_SECONDS, ErrorPage.escape(requestId));
    }
}
