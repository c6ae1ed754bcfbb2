package dev.berth.reconciler.engine;

import com.github.dockerjava.api.exception.DockerException;
import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileException.Stalled;
import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.schemas.Json;
import dev.berth.schemas.status.ReasonCode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The engine answered, and the answer is no.
 *
 * @param status of the HTTP answer; 500 for an error inside a stream
 * @param words the engine's own
 */
record Refusal(Ask ask, int status, String words) {
    private static final int MAX_WORDS = 2000;

    private record Body(@Nullable String message) {}

    static Refusal of(Ask ask, DockerException refused) {
        return new Refusal(ask, refused.getHttpStatus(), words(refused));
    }

    /** Server errors may pass; everything else is a request that can't work. */
    ReconcileException usual() {
        return status >= 500 || status == 429 ? again() : stalled(ask.reason());
    }

    Stalled stalled(ReasonCode reason) {
        return new Stalled(reason, message());
    }

    Transient again() {
        return new Transient(ask.reason(), message());
    }

    /** No space left on the engine's disk, whatever it was asked. */
    boolean diskFull() {
        return saysDiskFull(words);
    }

    Transient full() {
        return new Transient(
                ReasonCode.DiskFull,
                message()
                        + ". Free space on the engine's disk: docker system df shows what uses it");
    }

    boolean says(String part) {
        return words.toLowerCase(Locale.ROOT).contains(part);
    }

    Refusal withWords(String other) {
        return new Refusal(ask, status, other);
    }

    static boolean saysDiskFull(String words) {
        String lower = words.toLowerCase(Locale.ROOT);
        return lower.contains("no space left on device") || lower.contains("disk quota exceeded");
    }

    private String message() {
        return "can't %s: %s".formatted(ask.what(), words);
    }

    /** The client library's message is {@code Status 404: {"message":"..."}}. */
    private static String words(DockerException refused) {
        String text = String.valueOf(refused.getMessage());
        String body = text.substring(text.indexOf(':') + 1).strip();
        String words = body.startsWith("{") ? message(body) : body;
        return words.length() > MAX_WORDS ? words.substring(0, MAX_WORDS) + "..." : words;
    }

    private static String message(String json) {
        try {
            String message = Json.read(json, Body.class).message();
            return message == null ? json : message.strip();
        } catch (IllegalArgumentException _) {
            return json;
        }
    }
}
