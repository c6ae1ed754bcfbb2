package dev.berth.reconciler.source;

import dev.berth.schemas.config.App;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is read of another repo.
 *
 * @param repo its URL as a document has it
 * @param ref the short name of a branch, or the full name of any other ref, such as {@code
 *     refs/tags/v1}; {@code null} = the repo's default branch
 * @param commit 40 hex: this commit and no other, which is or was where the ref stands; {@code
 *     null} = wherever it stands
 */
public record SourceRef(String repo, @Nullable String ref, @Nullable String commit) {
    /**
     * What an app follows.
     *
     * @param source {@code repo} is set
     */
    public static SourceRef of(App.Source source) {
        return new SourceRef(
                Objects.requireNonNull(source.repo(), "source.repo"), source.ref(), null);
    }
}
