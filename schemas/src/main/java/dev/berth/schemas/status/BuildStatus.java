package dev.berth.schemas.status;

import dev.berth.schemas.config.ResourceId;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How the code of an app becomes what it runs or serves.
 *
 * @param app whose code it is
 * @param recognisedAs what Berth takes it for, for people; {@code null} = it was not asked, because
 *     the author's own Dockerfile is there
 * @param reason what speaks for that; {@code null} likewise
 * @param makes what comes out
 * @param path directory of the repo that is built or served: the context of the Dockerfile
 * @param dockerfile path of the author's Dockerfile, relative to the app's source; {@code null} =
 *     there is none
 * @param text of the Dockerfile that Berth wrote; {@code null} = it wrote none
 * @param image what is built, {@code berth/<app>:<hash of all that goes in>}; {@code null} =
 *     nothing is, or a release of before is wanted
 */
public record BuildStatus(
        ResourceId app,
        @Nullable String recognisedAs,
        @Nullable String reason,
        Makes makes,
        String path,
        @Nullable String dockerfile,
        @Nullable String text,
        @Nullable String image) {

    /** What comes out of a build. */
    public enum Makes {
        /** Containers run it. */
        Image,
        /** The edge serves them. */
        Files
    }

    /** With the words that are the author's cleaned of what may not leave. */
    BuildStatus cleaned(UnaryOperator<String> cleaner) {
        return new BuildStatus(
                app,
                recognisedAs == null ? null : cleaner.apply(recognisedAs),
                reason == null ? null : cleaner.apply(reason),
                makes,
                path,
                dockerfile,
                text == null ? null : cleaner.apply(text),
                image);
    }
}
