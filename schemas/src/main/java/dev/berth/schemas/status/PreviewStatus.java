package dev.berth.schemas.status;

import dev.berth.schemas.config.ResourceId;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a pull request or branch is to an app that has previews. What strangers wrote may stand on
 * one line: it is cut at 120 characters and has neither control characters nor such that turn the
 * direction of text. It is not escaped.
 *
 * @param app the app that it is a preview of
 * @param preview the app that it is, whether it is there or not: {@code app/shop.pr-12}
 * @param number of the pull request; {@code null} for a branch
 * @param branch where the change comes from
 * @param repo without login
 * @param title of the pull request, by whoever wrote it; empty for a branch
 * @param page of the pull request; {@code null} when it is not known
 * @param author login name; empty when it is not known
 * @param commit its newest, 40 hex
 * @param wanted the commit that it should be of: an older one while nobody has let the newest in;
 *     {@code null} when there is to be none
 * @param serves the commit that it is of; {@code null} when there is none
 * @param reason a code while it does not serve and should
 * @param message for people; {@code null} when there is nothing to say
 * @param url where it is served; {@code null} when it is not there, or answers no requests
 * @param pushedAt when Berth first saw its newest commit
 * @param until when it ends if nothing is pushed; {@code null} when it is not there
 */
public record PreviewStatus(
        ResourceId app,
        ResourceId preview,
        @Nullable Integer number,
        String branch,
        String repo,
        String title,
        @Nullable String page,
        String author,
        String commit,
        @Nullable String wanted,
        @Nullable String serves,
        State state,
        @Nullable ReasonCode reason,
        @Nullable String message,
        @Nullable String url,
        Instant pushedAt,
        @Nullable Instant until) {
    public PreviewStatus {
        title = ForeignWords.line(title);
        branch = ForeignWords.line(branch);
        author = ForeignWords.line(author);
    }

    /** How far it is. */
    public enum State {
        /** Its commit is being built or started. */
        Deploying,
        /** It answers, and is of the commit that it should be of. */
        Serving,
        /** It came to nothing, or not to its newest commit. */
        Failed,
        /** Others have their turn before it. */
        Queued,
        /** The rules of the app give it none. */
        None
    }

    /**
     * With its words for people cleaned of what may not leave, and then the message, which may have
     * been said by code of strangers, of what is not to be shown.
     */
    PreviewStatus cleaned(UnaryOperator<String> cleaner) {
        return new PreviewStatus(
                app,
                preview,
                number,
                cleaner.apply(branch),
                repo,
                cleaner.apply(title),
                page,
                cleaner.apply(author),
                commit,
                wanted,
                serves,
                state,
                reason,
                message == null ? null : ForeignWords.lines(cleaner.apply(message)),
                url,
                pushedAt,
                until);
    }
}
