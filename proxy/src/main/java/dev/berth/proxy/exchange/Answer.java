package dev.berth.proxy.exchange;

import dev.berth.proxy.encode.BodyEncoder;
import dev.berth.proxy.http.ErrorPage;
import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.HostNames;
import dev.berth.proxy.http.HttpDate;
import dev.berth.proxy.http.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the answer of one exchange to the client: adds the fields that every answer has,
 * compresses the body if that is wanted, and counts what goes out. Confined to the event loop.
 */
final class Answer {
    private static final AsciiString REQUEST_ID = AsciiString.cached("X-Request-Id");

    private final EdgeLoop loop;
    private final ClientStream client;
    private final RequestHead request;
    private final AccessEntry entry;
    private final Destination destination;
    private @Nullable EncodedBody encoded;
    private boolean begun;

    /** Nothing is written yet. */
    Answer(
            EdgeLoop loop,
            ClientStream client,
            RequestHead request,
            AccessEntry entry,
            Destination destination) {
        this.loop = loop;
        this.client = client;
        this.request = request;
        this.entry = entry;
        this.destination = destination;
    }

    /** Whether a final head is written. */
    boolean begun() {
        return begun;
    }

    /** The stream leaves HTTP with this status: no head is written any more. */
    void becomesTunnel() {
        begun = true;
        entry.answered(101);
    }

    /** Writes the final head; what follows is {@link #piece} and {@link #last}. */
    void head(HttpResponse head, boolean hasBody) {
        begun = true;
        entry.answered(head.status().code());
        head.headers().set(REQUEST_ID, request.id());
        if (!head.headers().contains(HttpHeaderNames.DATE)) {
            head.headers().set(HttpHeaderNames.DATE, HttpDate.format(loop.clock().instant()));
        }
        ResponseFields.apply(destination.policy(), request.secure(), head.headers());
        if (request.tls() != null) {
            loop.altSvc().apply(namedPort(), head.headers());
        }
        client.head(head, hasBody);
    }

    private String namedPort() {
        String host = request.headers().get(HttpHeaderNames.HOST);
        return host == null ? "" : HostNames.portSuffix(host);
    }

    /** Writes the final head of an app, whose body may be compressed on its way. */
    void relayed(HttpResponse head, boolean hasBody) {
        if (hasBody && destination.policy().compress()) {
            BodyEncoder encoder =
                    Compression.start(
                            loop.encodedFiles().encoders(), destination.appName(), request, head);
            encoded = encoder == null ? null : new EncodedBody(encoder);
        }
        if (!hasBody && destination.policy().compress()) {
            Compression.describe(loop.encodedFiles().encoders().available(), request, head);
        }
        head(head, hasBody);
    }

    /**
     * Writes the head of an error page; returns the end of the answer.
     *
     * @param fields set in the head
     */
    LastHttpContent failure(Failure failure, String detail, Map<String, String> fields) {
        ErrorPage page =
                ErrorPage.of(
                        failure,
                        detail,
                        request.id(),
                        request.headers().get(HttpHeaderNames.ACCEPT),
                        destination.policy().errorPages());
        fields.forEach(page.head().headers()::set);
        entry.failed(failure);
        return page(page.head(), page.body());
    }

    /** Writes the head of a page; returns the end of the answer. */
    LastHttpContent page(HttpResponse head, ByteBuf body) {
        head(head, !request.isHead());
        if (request.isHead()) {
            body.release();
            return LastHttpContent.EMPTY_LAST_CONTENT;
        }
        return new DefaultLastHttpContent(body);
    }

    /** Writes the head of a text for machines; returns the end of the answer. */
    LastHttpContent text(String text) {
        ByteBuf body = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
        HttpResponse response =
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_PLAIN)
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        return page(response, body);
    }

    /**
     * Writes the head that sends the client to another address; returns the end of the answer.
     * Browsers keep a permanent redirect for good, so where it rests on a certificate, which may
     * end, they are told not to.
     */
    LastHttpContent redirect(Locations.Location to) {
        HttpResponse response =
                new DefaultHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.PERMANENT_REDIRECT);
        response.headers()
                .set(HttpHeaderNames.LOCATION, to.text())
                .set(HttpHeaderNames.CONTENT_LENGTH, 0);
        if (to.whileCertified()) {
            response.headers().set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
        }
        head(response, true);
        return LastHttpContent.EMPTY_LAST_CONTENT;
    }

    /** Writes a piece of the body. */
    void piece(HttpContent piece) {
        HttpContent sent = encoded == null ? piece : encoded.piece(piece);
        entry.sent(sent.content().readableBytes());
        client.body(sent);
    }

    /** What is to be written as the end of the body; it counts as sent. */
    LastHttpContent last(LastHttpContent plain) {
        LastHttpContent last = encoded == null ? plain : encoded.last(plain);
        entry.sent(last.content().readableBytes());
        return last;
    }

    /** Lets go of what the encoder holds. */
    void close() {
        if (encoded != null) {
            encoded.close();
        }
    }
}
