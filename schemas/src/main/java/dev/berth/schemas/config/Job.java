package dev.berth.schemas.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Something that runs once. */
@Describe("A job: a container that runs once. Give it a new name to have it run again.")
public record Job(
        @Describe("Name and labels.") Metadata metadata,
        @Describe("What should run, once.") Spec spec)
        implements Document {

    /** What should run. Exactly one of {@code app} and {@code image} is set. */
    @ExactlyOne({"app", "image"})
    public record Spec(
            @Describe(
                            value =
                                    "An app to run it like: with the image, the environment, the volumes and the network of its web process.",
                            examples = "shop")
                    @Matches(
                            pattern = "[a-z]([a-z0-9-]{0,38}[a-z0-9])?",
                            says = "the name of an app")
                    @Nullable String app,
            @Describe(
                            value = "An image to run, pulled when the engine does not have it.",
                            examples = "ghcr.io/acme/tools:2")
                    @Matches(
                            pattern = "[a-zA-Z0-9][a-zA-Z0-9._:/@-]{0,254}",
                            says = "an image reference such as ghcr.io/acme/shop:1.4.2")
                    @Substituted
                    @Nullable String image,
            @Describe(
                            value =
                                    "What it runs instead of the image's own command: a list of words, or one line for a shell. Needed with app.",
                            examples = "npm run import")
                    @Nullable Command command,
            @Describe("Its environment, beside that of the app.")
                    @Matches(
                            pattern = "[A-Za-z_][A-Za-z0-9_]*",
                            says = "a variable name of letters, digits and '_'")
                    @Substituted
                    Map<String, String> env,
            @Describe(
                            value =
                                    "EnvGroups whose variables it gets too. A later one wins over"
                                            + " an earlier one, and env over all.",
                            examples = "[common]")
                    @Matches(
                            pattern = "[a-z]([a-z0-9-]{0,38}[a-z0-9])?",
                            says = "the name of an EnvGroup")
                    List<String> envFrom,
            @Describe("Time it may take; then it is stopped and has failed.")
                    @Default("1h")
                    @Within(min = "1s", max = "30d")
                    Duration timeout) {
        public Spec {
            env = Map.copyOf(env);
            envFrom = List.copyOf(envFrom);
        }
    }
}
