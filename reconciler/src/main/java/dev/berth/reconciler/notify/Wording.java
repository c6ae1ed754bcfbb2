package dev.berth.reconciler.notify;

import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ResourceStatus;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;

/** Makes messages: their texts and ids. Pure. */
final class Wording {
    private static final int LONGEST = 300;
    private static final int ID_BYTES = 16;

    private Wording() {}

    static Message failing(
            Told.Entry entry, Message.Type type, Condition condition, ResourceStatus status) {
        String text =
                "%s %s since %s: %s, %s%s"
                        .formatted(
                                status.id(),
                                type == Message.Type.Failing ? "fails" : "still fails",
                                minute(entry.since()),
                                entry.reason(),
                                firstLine(condition.message()),
                                revision(status));
        return message(entry, type, text, entry.lastAt());
    }

    static Message recovered(Told.Entry entry, ResourceStatus status, Instant at) {
        String text =
                "%s is well again; it failed since %s: %s%s"
                        .formatted(
                                status.id(),
                                minute(entry.since()),
                                entry.reason(),
                                revision(status));
        return message(entry, Message.Type.Recovered, text, at);
    }

    /**
     * @param how what became of the resource
     */
    static Message closed(Told.Entry entry, String how, Instant at) {
        String text =
                "%s is %s; it failed since %s: %s"
                        .formatted(entry.resource(), how, minute(entry.since()), entry.reason());
        return message(entry, Message.Type.Closed, text, at);
    }

    private static Message message(Told.Entry entry, Message.Type type, String text, Instant at) {
        return new Message(
                id(entry, type),
                entry.alert(),
                entry.resource(),
                entry.reason(),
                type,
                text,
                entry.since(),
                at);
    }

    /** From what is told, not from when: told twice, because of a crash, it has one id. */
    private static String id(Told.Entry entry, Message.Type type) {
        String told =
                "%s %s %s %s %s %d"
                        .formatted(
                                entry.alert(),
                                entry.resource(),
                                entry.reason(),
                                type,
                                entry.since(),
                                entry.times());
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(told.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, ID_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String revision(ResourceStatus status) {
        return status.revision().isEmpty() ? "" : " (" + status.revision() + ")";
    }

    private static String minute(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** The lines after it are those of an app's log, which are for its people only. */
    private static String firstLine(String message) {
        String line = message.lines().findFirst().orElse("").strip();
        return line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line;
    }
}
