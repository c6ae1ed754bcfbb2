package dev.berth.webapp.http;

import dev.berth.schemas.Json;
import jakarta.ws.rs.core.CacheControl;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Answers with a body: tagged by its content and revalidated, or never stored. */
public final class Answers {
    public static final String JSON = MediaType.APPLICATION_JSON;
    public static final String HTML = "text/html;charset=utf-8";
    public static final String TEXT = "text/plain;charset=utf-8";

    private Answers() {}

    /** A value as JSON: 304 when the client has it already. */
    public static Response json(Request request, Object value) {
        return tagged(request, Json.write(value), JSON);
    }

    /** A text: 304 when the client has it already. */
    public static Response tagged(Request request, String body, String type) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        EntityTag tag = new EntityTag(digest(bytes));
        Response.ResponseBuilder unchanged = request.evaluatePreconditions(tag);
        Response.ResponseBuilder answer =
                unchanged == null ? Response.ok(bytes, type).tag(tag) : unchanged.tag(tag);
        return answer.cacheControl(revalidate()).build();
    }

    /** A text that is only true now. */
    public static Response momentary(String body, String type) {
        return Response.ok(body.getBytes(StandardCharsets.UTF_8), type)
                .cacheControl(noStore())
                .build();
    }

    /** What must not be kept by any cache. */
    public static CacheControl noStore() {
        CacheControl control = new CacheControl();
        control.setNoStore(true);
        control.setNoTransform(false);
        return control;
    }

    private static CacheControl revalidate() {
        CacheControl control = new CacheControl();
        control.setNoCache(true);
        control.setNoTransform(false);
        return control;
    }

    /** 16 hex digits of the SHA-256. */
    public static String digest(byte[] bytes) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
