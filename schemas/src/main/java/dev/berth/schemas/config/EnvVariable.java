package dev.berth.schemas.config;

import org.jspecify.annotations.Nullable;

/**
 * A variable of an app's environment, written as its value alone or as a mapping. Exactly one of
 * {@code value} and {@code fromSecret} is set.
 */
@Describe("A variable.")
@ExactlyOne({"value", "fromSecret"})
public record EnvVariable(
        @Describe("Its value: text, a number or a boolean.") EnvValue.@Nullable Literal value,
        @Describe(
                        value =
                                "A key of a Secret, as <name>.<key>. The value is given to new"
                                        + " containers, or to builds, and shown nowhere.",
                        examples = "api.stripe")
                @Matches(
                        pattern = EnvValue.FromSecret.PATTERN,
                        says = "a Secret's name and key such as api.stripe")
                @Nullable String fromSecret,
        @Describe(
                        "When it is there. At build what is no secret is a build argument, and a"
                                + " secret is mounted into the steps of the build, as"
                                + " /run/secrets/<name of the variable>.")
                @Default("runtime")
                EnvScope at) {
    /** One of containers, written as its value alone. */
    public static EnvVariable of(EnvValue given) {
        return switch (given) {
            case EnvValue.Literal literal -> new EnvVariable(literal, null, EnvScope.RUNTIME);
            case EnvValue.FromSecret(String key) -> new EnvVariable(null, key, EnvScope.RUNTIME);
        };
    }

    /** What it is set to. */
    public EnvValue given() {
        if (value != null) {
            return value;
        }
        return new EnvValue.FromSecret(fromSecret == null ? "" : fromSecret);
    }

    /** Whether its value is shown nowhere. */
    public boolean secret() {
        return switch (given()) {
            case EnvValue.Text _ -> false;
            case EnvValue.FromSecret _, EnvValue.Sealed _ -> true;
        };
    }
}
