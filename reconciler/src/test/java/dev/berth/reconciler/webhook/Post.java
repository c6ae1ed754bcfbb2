package dev.berth.reconciler.webhook;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** A request as a forge makes it; its header fields by any letter case. */
final class Post {
    private final Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final byte[] body;

    Post(Map<String, String> fields, byte[] body) {
        this.fields.putAll(fields);
        this.body = body;
    }

    /** A body of the samples, with header fields: names and values in turn. */
    static Post of(String sample, String... fields) {
        return new Post(map(fields), sample(sample));
    }

    static byte[] sample(String name) {
        try (InputStream file = Post.class.getResourceAsStream("/webhook/" + name + ".json")) {
            return Objects.requireNonNull(file, name).readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> map(String... fields) {
        Map<String, String> map = new TreeMap<>();
        for (int i = 0; i < fields.length; i += 2) {
            map.put(fields[i], fields[i + 1]);
        }
        return map;
    }

    /** With more of them. */
    Post with(String... more) {
        Map<String, String> all = new TreeMap<>(fields);
        all.putAll(map(more));
        return new Post(all, body);
    }

    /** The same with another body. */
    Post saying(String other) {
        return new Post(fields, other.getBytes(StandardCharsets.UTF_8));
    }

    /** Signed in a header: the HMAC of the body in hex, after that prefix. */
    Post signed(String header, String prefix, String secret) {
        return with(header, prefix + HexFormat.of().formatHex(hmac(bytes(secret), body)));
    }

    /** Signed as Standard Webhooks has it. */
    Post signed(String id, long at, byte[] key) {
        byte[] before = bytes(id + "." + at + ".");
        byte[] all = new byte[before.length + body.length];
        System.arraycopy(before, 0, all, 0, before.length);
        System.arraycopy(body, 0, all, before.length, body.length);
        return with(
                "webhook-id",
                id,
                "webhook-timestamp",
                Long.toString(at),
                "webhook-signature",
                "v1,AAAA v1," + Base64.getEncoder().encodeToString(hmac(key, all)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] hmac(byte[] key, byte[] text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    Headers headers() {
        return this::first;
    }

    private @Nullable String first(String name) {
        return fields.get(name);
    }

    Map<String, String> fields() {
        return fields;
    }

    byte[] body() {
        return body;
    }

    InputStream stream() {
        return new ByteArrayInputStream(body);
    }

    @Override
    public String toString() {
        return fields.toString();
    }
}
