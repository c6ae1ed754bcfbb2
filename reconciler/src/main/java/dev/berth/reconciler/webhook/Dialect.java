package dev.berth.reconciler.webhook;

import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.config.Instance.ForgeType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who a delivery looks like it is from, by its header fields; what they are called there. */
enum Dialect {
    FORGEJO,
    GITEA,
    GOGS,
    GITLAB,
    GITHUB,
    BITBUCKET,
    BITBUCKET_SERVER,
    AZURE,
    GENERIC;

    /** So far a signed time may be off. */
    static final Duration TOLERANCE = Duration.ofMinutes(5);

    private static final String BASIC = "basic ";

    /**
     * The most specific that fits: Forgejo sends what Gitea, Gogs and GitHub do as well, Gitea what
     * the last two do.
     */
    static Dialect of(Headers headers) {
        if (has(headers, "X-Forgejo-Event", "X-Forgejo-Signature")) {
            return FORGEJO;
        }
        if (has(headers, "X-Gitea-Event", "X-Gitea-Signature")) {
            return GITEA;
        }
        if (has(headers, "X-Gogs-Event", "X-Gogs-Signature")) {
            return GOGS;
        }
        if (has(headers, "X-Gitlab-Event", "X-Gitlab-Token", "webhook-signature")) {
            return GITLAB;
        }
        if (has(headers, "X-GitHub-Event")) {
            return GITHUB;
        }
        if (has(headers, "X-Hook-UUID", "X-Request-UUID")) {
            return BITBUCKET;
        }
        if (has(headers, "X-Event-Key")) {
            return BITBUCKET_SERVER;
        }
        return has(headers, "Authorization") && !has(headers, "X-Signature", "X-Hub-Signature-256")
                ? AZURE
                : GENERIC;
    }

    private static boolean has(Headers headers, String... names) {
        for (String name : names) {
            if (headers.first(name) != null) {
                return true;
            }
        }
        return false;
    }

    /** As config spells its type. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether bodies say when what they tell happened, so that no two of them are the same. */
    boolean datesBodies() {
        return switch (this) {
            case FORGEJO, GITEA, GITHUB, GITLAB, BITBUCKET, BITBUCKET_SERVER, AZURE -> true;
            case GOGS, GENERIC -> false;
        };
    }

    /** Whose secrets may have signed it. */
    Set<ForgeType> senders() {
        return switch (this) {
            case FORGEJO, GITEA -> Set.of(ForgeType.FORGEJO, ForgeType.GITEA);
            case GOGS -> Set.of(ForgeType.GOGS);
            case GITLAB -> Set.of(ForgeType.GITLAB);
            case GITHUB -> Set.of(ForgeType.GITHUB);
            case BITBUCKET -> Set.of(ForgeType.BITBUCKET);
            case BITBUCKET_SERVER -> Set.of(ForgeType.BITBUCKET_SERVER);
            case AZURE -> Set.of(ForgeType.AZURE);
            case GENERIC -> Set.of(ForgeType.GENERIC);
        };
    }

    /** What shows that it is from there. */
    Proof proof(Headers headers, Instant now) {
        return switch (this) {
            case FORGEJO -> hex(headers, "X-Forgejo-Signature");
            case GITEA -> hex(headers, "X-Gitea-Signature");
            case GOGS -> hex(headers, "X-Gogs-Signature");
            case GITHUB -> hex(headers, "X-Hub-Signature-256");
            case BITBUCKET, BITBUCKET_SERVER -> hex(headers, "X-Hub-Signature");
            case GENERIC ->
                    hex(
                            headers,
                            has(headers, "X-Signature") ? "X-Signature" : "X-Hub-Signature-256");
            case GITLAB -> ofGitLab(headers, now);
            case AZURE -> basic(headers);
        };
    }

    private static Proof hex(Headers headers, String name) {
        return Proof.hex(headers.first(name), name);
    }

    /** A signed one is never taken for its token: whoever reads that could sign nothing. */
    private static Proof ofGitLab(Headers headers, Instant now) {
        String signature = headers.first("webhook-signature");
        if (signature != null) {
            return standard(headers, signature, now);
        }
        String token = headers.first("X-Gitlab-Token");
        return token == null || token.isEmpty()
                ? new Proof.Absent(
                        "it has neither webhook-signature nor X-Gitlab-Token: give the webhook a secret token")
                : new Proof.Password(Secret.of(token));
    }

    private static Proof standard(Headers headers, String signature, Instant now) {
        String id = headers.first("webhook-id");
        String at = headers.first("webhook-timestamp");
        if (id == null || at == null || !at.matches("[0-9]{1,12}")) {
            return new Proof.Absent("webhook-id or webhook-timestamp is missing");
        }
        Duration off = Duration.between(Instant.ofEpochSecond(Long.parseLong(at)), now).abs();
        if (off.compareTo(TOLERANCE) > 0) {
            return new Proof.Absent(
                    "its time is %d s away from this machine's: set the clock right"
                            .formatted(off.toSeconds()));
        }
        List<byte[]> sent = new ArrayList<>();
        for (String one : signature.split(" ", 17)) {
            byte[] decoded = one.startsWith("v1,") ? Proof.base64(one.substring(3)) : null;
            if (decoded != null && sent.size() < 16) {
                sent.add(decoded);
            }
        }
        return sent.isEmpty()
                ? new Proof.Absent("webhook-signature has no v1 signature")
                : new Proof.Hmac(sent, "%s.%s.".formatted(id, at), Proof.Key.STANDARD);
    }

    private static Proof basic(Headers headers) {
        String given = headers.first("Authorization");
        byte[] decoded =
                given != null && given.toLowerCase(Locale.ROOT).startsWith(BASIC)
                        ? Proof.base64(given.substring(BASIC.length()).strip())
                        : null;
        if (decoded == null) {
            return new Proof.Absent("it does not log in by basic authentication");
        }
        int colon = 0;
        while (colon < decoded.length && decoded[colon] != ':') {
            colon++;
        }
        int from = Math.min(colon + 1, decoded.length);
        byte[] password = Arrays.copyOfRange(decoded, from, decoded.length);
        return password.length == 0
                ? new Proof.Absent("its basic authentication has no password")
                : new Proof.Password(Secret.of(password));
    }

    /** What happened, in the sender's words; {@code null} = only the body may say. */
    @Nullable String event(Headers headers) {
        return switch (this) {
            case FORGEJO -> headers.first("X-Forgejo-Event");
            case GITEA -> headers.first("X-Gitea-Event");
            case GOGS -> headers.first("X-Gogs-Event");
            case GITLAB -> headers.first("X-Gitlab-Event");
            case GITHUB -> headers.first("X-GitHub-Event");
            case BITBUCKET, BITBUCKET_SERVER -> headers.first("X-Event-Key");
            case AZURE -> null;
            case GENERIC -> headers.first("X-Event");
        };
    }

    /** The sender's own id of it; {@code null} = only the body may say. */
    @Nullable String delivery(Headers headers) {
        return switch (this) {
            case FORGEJO -> headers.first("X-Forgejo-Delivery");
            case GITEA -> headers.first("X-Gitea-Delivery");
            case GOGS -> headers.first("X-Gogs-Delivery");
            case GITLAB -> firstOf(headers, "Idempotency-Key", "webhook-id", "X-Gitlab-Event-UUID");
            case GITHUB -> headers.first("X-GitHub-Delivery");
            case BITBUCKET -> headers.first("X-Request-UUID");
            case BITBUCKET_SERVER -> headers.first("X-Request-Id");
            case AZURE -> null;
            case GENERIC -> firstOf(headers, "Idempotency-Key", "X-Delivery");
        };
    }

    private static @Nullable String firstOf(Headers headers, String... names) {
        for (String name : names) {
            String value = headers.first(name);
            if (value != null) {
                return value;
            }
        }
        return null;
    }
}
