package dev.berth.proxy.testing;

import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import com.github.luben.zstd.ZstdInputStream;
import dev.berth.proxy.testing.RawClient.Response;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** The body of a response without its chunks and its content coding. */
public final class Decoded {
    private Decoded() {}

    public static String body(Response response) {
        byte[] bytes = response.body().getBytes(StandardCharsets.ISO_8859_1);
        boolean chunked = response.field("transfer-encoding") != null;
        return text(chunked ? withoutChunks(bytes) : bytes, response.field("content-encoding"));
    }

    /** A body as {@link Conversation#readBody} gives it, without its chunks. */
    public static String withoutChunks(String wire) {
        return new String(
                withoutChunks(wire.getBytes(StandardCharsets.ISO_8859_1)),
                StandardCharsets.ISO_8859_1);
    }

    public static String text(byte[] bytes, @Nullable String coding) {
        try (InputStream in = decoder(new ByteArrayInputStream(bytes), coding)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Decodes as much as there is, for bodies that have not ended. */
    public static InputStream decoder(InputStream in, @Nullable String coding) throws IOException {
        return switch (coding) {
            case null -> in;
            case "gzip" -> new GZIPInputStream(in);
            case "br" -> new BrotliInputStream(in);
            case "zstd" -> new ZstdInputStream(in);
            default -> throw new IOException("unknown coding " + coding);
        };
    }

    private static byte[] withoutChunks(byte[] wire) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int at = 0;
        while (true) {
            int end = at;
            while (wire[end] != '\r') {
                end++;
            }
            int size =
                    Integer.parseInt(new String(wire, at, end - at, StandardCharsets.US_ASCII), 16);
            if (size == 0) {
                return body.toByteArray();
            }
            body.write(wire, end + 2, size);
            at = end + 2 + size + 2;
        }
    }
}
