package dev.berth.schemas.config;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Names one preview of an app. It is an app of its own, called {@code shop.pr-12}: no document can
 * have that name, so that a preview never stands in the way of what is declared.
 *
 * @param app name of the app
 * @param key {@code pr-12}, or what is made of the name of a branch: at most 20 letters, digits and
 *     {@code -}
 */
public record PreviewId(String app, String key) {
    private static final int LONGEST_KEY = 20;
    private static final Pattern PULL = Pattern.compile("pr-[0-9]+");
    private static final Pattern FOREIGN = Pattern.compile("[^a-z0-9]+");
    private static final Pattern EDGES = Pattern.compile("^-+|-+$");

    /**
     * That of a pull request.
     *
     * @param number at least 1
     */
    public static PreviewId ofPull(String app, int number) {
        return new PreviewId(app, "pr-" + number);
    }

    /** That of a branch: its name if that can be a part of a host, else something like it. */
    public static PreviewId ofBranch(String app, String branch) {
        String plain =
                EDGES.matcher(FOREIGN.matcher(branch.toLowerCase(Locale.ROOT)).replaceAll("-"))
                        .replaceAll("");
        if (plain.equals(branch)
                && plain.length() <= LONGEST_KEY
                && !PULL.matcher(plain).matches()) {
            return new PreviewId(app, plain);
        }
        CRC32 sum = new CRC32();
        sum.update(branch.getBytes(StandardCharsets.UTF_8));
        String tail = String.format(Locale.ROOT, "%08x", sum.getValue());
        int most = LONGEST_KEY - tail.length() - 1;
        String head = plain.substring(0, Math.min(most, plain.length()));
        head = EDGES.matcher(head).replaceAll("");
        return new PreviewId(app, head.isEmpty() ? tail : head + "-" + tail);
    }

    /** That of a resource; {@code null} when it is no preview. */
    public static @Nullable PreviewId of(ResourceId id) {
        int dot = id.kind() == Kind.App ? id.name().indexOf('.') : -1;
        return dot < 0
                ? null
                : new PreviewId(id.name().substring(0, dot), id.name().substring(dot + 1));
    }

    /** The app that it is one of. */
    public ResourceId parent() {
        return ResourceId.app(app);
    }

    /** The app that it is. */
    public ResourceId id() {
        return ResourceId.app(app + "." + key);
    }

    /** Where it is served. */
    public String host(String domain) {
        return "%s-%s.%s".formatted(key, app, domain);
    }
}
