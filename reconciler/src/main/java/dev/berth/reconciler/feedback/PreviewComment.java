package dev.berth.reconciler.feedback;

import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Build;
import dev.berth.schemas.status.PreviewStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The comment at a pull request about its previews. Whatever stands in it that is not Berth's own
 * is in code, where it can neither link nor call anybody. Pure.
 *
 * @param builds the newest build of each preview
 */
record PreviewComment(Links links, Map<ResourceId, Build> builds) {
    private static final int LINES = 30;
    private static final int CHARACTERS = 4000;
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    /**
     * The comment, as Markdown.
     *
     * @param previews all of one pull request, of different apps
     */
    String of(List<PreviewStatus> previews, Instant now) {
        List<String> lines = new ArrayList<>();
        lines.add("#### Preview");
        lines.add("");
        lines.add("| App | State | Commit | Build |");
        lines.add("|---|---|---|---|");
        for (PreviewStatus preview : previews) {
            lines.add(
                    "| %s | %s | `%s` | %s |"
                            .formatted(
                                    preview.app().name(),
                                    state(preview),
                                    shortened(
                                            preview.wanted() == null
                                                    ? preview.commit()
                                                    : preview.wanted()),
                                    build(preview, now)));
        }
        for (PreviewStatus preview : previews) {
            lines.addAll(why(preview));
        }
        Instant until =
                previews.stream().map(PreviewStatus::until).reduce(null, PreviewComment::later);
        if (until != null) {
            lines.add("");
            lines.add(
                    "It stays until %s, unless something is pushed."
                            .formatted(MINUTE.format(until)));
        }
        return String.join("\n", lines) + "\n";
    }

    /** The comment once there is none any more. */
    static String gone(String why) {
        return "#### Preview\n\nThere is none any more: %s.\n".formatted(why);
    }

    private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
        return one == null || (other != null && other.isAfter(one)) ? other : one;
    }

    private static String state(PreviewStatus preview) {
        return switch (preview.state()) {
            case Serving ->
                    preview.url() == null ? "runs" : "serves at %s".formatted(preview.url());
            case Deploying -> "on its way";
            case Failed ->
                    preview.url() == null
                            ? "**failed**"
                            : "**failed**; the commit before may serve at %s"
                                    .formatted(preview.url());
            case Queued -> "queued";
            case None -> "none";
        };
    }

    private String build(PreviewStatus preview, Instant now) {
        Build build = builds.get(preview.preview());
        if (build == null) {
            return "";
        }
        Build.Phase failed = build.failedIn();
        String how =
                failed == null
                        ? build.phase().toString().toLowerCase(Locale.ROOT)
                        : "failed in " + failed.toString().toLowerCase(Locale.ROOT);
        // one that goes on takes longer at each look, and each would edit the comment
        String text = build.phase().last() ? how + ", " + words(build.took(now)) : how;
        String link = links.build(build.id());
        return link == null ? text : "[%s](%s)".formatted(text, link);
    }

    private static List<String> why(PreviewStatus preview) {
        String message = preview.message();
        if (message == null) {
            return List.of();
        }
        String fence = "`".repeat(Math.max(3, longestTicks(message) + 1));
        return List.of(
                "",
                "%s%s:"
                        .formatted(
                                preview.app().name(),
                                preview.reason() == null ? "" : " (" + preview.reason() + ")"),
                fence + "text",
                last(message),
                fence);
    }

    private static int longestTicks(String text) {
        int longest = 0;
        int run = 0;
        for (int i = 0; i < text.length(); i++) {
            run = text.charAt(i) == '`' ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        return longest;
    }

    /** Its first line, which says what is wrong, and the last ones. */
    private static String last(String message) {
        List<String> lines = message.strip().lines().toList();
        List<String> kept =
                lines.size() <= LINES
                        ? lines
                        : List.of(
                                lines.getFirst(),
                                "…",
                                String.join(
                                        "\n",
                                        lines.subList(lines.size() - LINES + 1, lines.size())));
        String text = String.join("\n", kept);
        return text.length() <= CHARACTERS
                ? text
                : text.substring(0, CHARACTERS / 2)
                        + "\n…\n"
                        + text.substring(text.length() - CHARACTERS / 2);
    }

    static String words(Duration took) {
        long seconds = Math.max(0, took.toSeconds());
        return seconds < 100 ? seconds + " s" : (seconds / 60) + " min " + (seconds % 60) + " s";
    }

    private static String shortened(String commit) {
        return commit.substring(0, Math.min(12, commit.length()));
    }
}
