package dev.berth.proxy.exchange;

import dev.berth.proxy.encode.AcceptEncoding;
import dev.berth.proxy.encode.Coding;
import dev.berth.proxy.encode.Compressible;
import dev.berth.proxy.encode.EncodedFiles;
import dev.berth.proxy.files.ByteRange;
import dev.berth.proxy.files.Conditions;
import dev.berth.proxy.files.Site;
import dev.berth.proxy.files.SiteFile;
import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.HttpDate;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.limit.Wait;
import dev.berth.proxy.routing.RoutingPath;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers from a static site. Bodies go from the file to the socket without passing through us. */
final class FileResponder implements Responder {
    /** What is sent at once of an encoded file, so that it shows how much the client has taken. */
    private static final int PIECE = 32 * 1024;

    private final Exchange exchange;
    private final RequestHead request;
    private @Nullable DefaultFileRegion sending;
    private long transferredBefore;
    private boolean aborted;
    private boolean varies;
    private boolean weakTag;
    private @Nullable Coding coding;

    FileResponder(Exchange exchange) {
        this.exchange = exchange;
        this.request = exchange.request();
    }

    void begin(Site site, boolean spa) {
        if (!request.method().equals(HttpMethod.GET) && !request.isHead()) {
            exchange.fail(
                    Failure.MethodRefused,
                    "This is a static site: use GET or HEAD.",
                    Map.of("Allow", "GET, HEAD"));
            return;
        }
        if (exchange.destination().prefix().bare()) {
            exchange.finish(exchange.answer().redirect(withSlash("")));
            return; // links of the page there are relative to its path
        }
        String path = RoutingPath.of(request.uri());
        switch (site.find(path, spa)) {
            case Site.Found.File(SiteFile file) -> choose(file);
            case Site.Found.Directory _ ->
                    exchange.finish(exchange.answer().redirect(withSlash(path)));
            case Site.Found.Missing(SiteFile page) when page != null ->
                    send(page, HttpResponseStatus.NOT_FOUND, new ByteRange(0, page.size()));
            case Site.Found.Missing _ ->
                    exchange.fail(Failure.FileNotFound, "The site has no file of this name.");
        }
    }

    @Override
    public void content(HttpContent piece) {
        piece.release();
    }

    @Override
    public void readComplete() {
        // nothing is buffered here
    }

    @Override
    public void clientWritable() {
        // the kernel asks for more by itself
    }

    /** A file is one write, whose progress only the file shows. */
    @Override
    public void expired(Wait wait) {
        DefaultFileRegion region = sending;
        if (region != null && region.transferred() > transferredBefore) {
            transferredBefore = region.transferred();
            exchange.client().await(Wait.ClientTakesBody);
        } else {
            exchange.breakOff("client stalled");
        }
    }

    @Override
    public List<HttpContent> take() {
        return List.of();
    }

    @Override
    public void abort() {
        aborted = true;
        sending = null;
    }

    /** The form of the file that the client reads best. */
    private void choose(SiteFile file) {
        String accepted = request.headers().get(HttpHeaderNames.ACCEPT_ENCODING);
        boolean large =
                file.size() >= Compression.MIN_BYTES && file.size() <= EncodedFiles.MAX_FILE;
        boolean onTheFly =
                large && exchange.policy().compress() && Compressible.is(file.contentType());
        varies = onTheFly || !file.encoded().isEmpty();
        Coding beside = AcceptEncoding.best(accepted, file.encoded().keySet());
        SiteFile made = beside == null ? null : file.encoded().get(beside);
        if (beside != null && made != null) {
            coding = beside;
            answer(made);
            return;
        }
        EncodedFiles files = exchange.loop().encodedFiles();
        Coding wanted =
                onTheFly ? AcceptEncoding.best(accepted, files.encoders().available()) : null;
        weakTag = wanted != null;
        if (wanted != null
                && !request.isHead()
                && Conditions.evaluate(request.headers(), file, request.isHead())
                        instanceof Conditions.Verdict.Whole) {
            EventLoop loop = exchange.loop().pool().loop();
            files.get(
                    file.path(),
                    file.etag(),
                    file.size(),
                    wanted,
                    bytes -> loop.execute(() -> encoded(file, wanted, bytes)));
        } else {
            answer(file);
        }
    }

    private void encoded(SiteFile file, Coding made, byte @Nullable [] bytes) {
        if (aborted) {
            return;
        }
        if (bytes == null) {
            answer(file);
            exchange.client().flush();
            return;
        }
        coding = made;
        HttpResponse head = head(HttpResponseStatus.OK, file);
        head.headers()
                .set(HttpHeaderNames.ETAG, "W/" + file.etag())
                .set(HttpHeaderNames.CONTENT_TYPE, file.contentType())
                .set(HttpHeaderNames.CONTENT_LENGTH, bytes.length)
                .set("X-Content-Type-Options", "nosniff")
                .remove(HttpHeaderNames.ACCEPT_RANGES);
        exchange.answer().head(head, true);
        int last = (bytes.length - 1) / PIECE * PIECE;
        for (int from = 0; from < last; from += PIECE) {
            exchange.answer()
                    .piece(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes, from, PIECE)));
        }
        exchange.finish(
                new DefaultLastHttpContent(
                        Unpooled.wrappedBuffer(bytes, last, bytes.length - last)));
        exchange.client().flush();
    }

    private void answer(SiteFile file) {
        switch (Conditions.evaluate(request.headers(), file, request.isHead())) {
            case Conditions.Verdict.Whole _ ->
                    send(file, HttpResponseStatus.OK, new ByteRange(0, file.size()));
            case Conditions.Verdict.Part(ByteRange range) when range.satisfiable() ->
                    send(file, HttpResponseStatus.PARTIAL_CONTENT, range);
            case Conditions.Verdict.Part _ -> {
                HttpResponse head = head(HttpResponseStatus.REQUESTED_RANGE_NOT_SATISFIABLE, file);
                head.headers()
                        .set(HttpHeaderNames.CONTENT_RANGE, "bytes */" + file.size())
                        .set(HttpHeaderNames.CONTENT_LENGTH, 0);
                finish(head, true);
            }
            case Conditions.Verdict.NotModified _ ->
                    finish(head(HttpResponseStatus.NOT_MODIFIED, file), false);
            case Conditions.Verdict.PreconditionFailed _ -> {
                HttpResponse head = head(HttpResponseStatus.PRECONDITION_FAILED, file);
                head.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
                finish(head, true);
            }
        }
    }

    private void send(SiteFile file, HttpResponseStatus status, ByteRange range) {
        HttpResponse head = head(status, file);
        head.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, file.contentType())
                .set(HttpHeaderNames.CONTENT_LENGTH, range.length())
                .set("X-Content-Type-Options", "nosniff");
        if (status.equals(HttpResponseStatus.PARTIAL_CONTENT)) {
            head.headers().set(HttpHeaderNames.CONTENT_RANGE, range.contentRange(file.size()));
        }
        if (request.isHead() || range.length() == 0) {
            finish(head, !request.isHead());
            return;
        }
        DefaultFileRegion region = open(file, range);
        if (region == null) {
            exchange.fail(Failure.FileNotFound, "The file has gone from the server.");
            return;
        }
        exchange.answer().head(head, true);
        sending = region;
        ChannelFuture written = exchange.client().file(region);
        exchange.client().await(Wait.ClientTakesBody);
        exchange.client().flush();
        written.addListener(future -> sent(range.length(), future.isSuccess()));
    }

    private void sent(long bytes, boolean success) {
        if (aborted) {
            return;
        }
        sending = null;
        if (success) {
            exchange.entry().sent(bytes);
            exchange.finish(LastHttpContent.EMPTY_LAST_CONTENT);
        } else {
            exchange.breakOff("client gone");
        }
    }

    private @Nullable DefaultFileRegion open(SiteFile file, ByteRange range) {
        try {
            FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.READ);
            boolean usable = false;
            try {
                usable = channel.size() == file.size();
            } finally {
                if (!usable) {
                    channel.close();
                }
            }
            return usable ? new DefaultFileRegion(channel, range.first(), range.length()) : null;
        } catch (IOException e) {
            return null;
        }
    }

    private void finish(HttpResponse head, boolean hasBody) {
        exchange.answer().head(head, hasBody);
        exchange.finish(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    private Locations.Location withSlash(String path) {
        int query = request.uri().indexOf('?');
        return Locations.Location.lasting(
                exchange.destination().prefix().taken()
                        + path
                        + "/"
                        + (query < 0 ? "" : request.uri().substring(query)));
    }

    /** A 304 has the tag that the 200 would have (RFC 9110 section 15.4.5). */
    private String tag(HttpResponseStatus status, SiteFile file) {
        boolean weak = weakTag && status.equals(HttpResponseStatus.NOT_MODIFIED);
        return weak ? "W/" + file.etag() : file.etag();
    }

    private HttpResponse head(HttpResponseStatus status, SiteFile file) {
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, status);
        if (!status.equals(HttpResponseStatus.NOT_FOUND)) {
            head.headers()
                    .set(HttpHeaderNames.ETAG, tag(status, file))
                    .set(HttpHeaderNames.LAST_MODIFIED, HttpDate.format(file.lastModified()))
                    .set(HttpHeaderNames.CACHE_CONTROL, file.cacheControl())
                    .set(HttpHeaderNames.ACCEPT_RANGES, "bytes");
        }
        if (varies) {
            Compression.vary(head.headers());
        }
        if (coding != null && HttpStatusClass.SUCCESS.contains(status.code())) {
            head.headers().set(HttpHeaderNames.CONTENT_ENCODING, coding.token());
        }
        return head;
    }
}
