package dev.berth.schemas.config;

/** What a variable of an app's environment is set to. */
public sealed interface EnvValue {
    /** What stands in the document itself. */
    sealed interface Literal extends EnvValue {}

    /** As it stands in the document. */
    record Text(String value) implements Literal {}

    /** The value of a key of a Secret, looked up when a container is made. */
    record FromSecret(
            @Describe(
                            value =
                                    "A key of a Secret, as <name>.<key>. The value is given to new"
                                            + " containers and shown nowhere.",
                            examples = "api.stripe")
                    @Matches(pattern = PATTERN, says = "a Secret's name and key such as api.stripe")
                    String fromSecret)
            implements EnvValue {
        static final String PATTERN =
                "[a-z]([a-z0-9-]{0,38}[a-z0-9])?\\." + SecretDocument.KEY_PATTERN;

        /** Name of the Secret. */
        public String secret() {
            return fromSecret.substring(0, fromSecret.indexOf('.'));
        }

        /** Key of its data. */
        public String key() {
            return fromSecret.substring(fromSecret.indexOf('.') + 1);
        }
    }

    /** A value that stands encrypted in the app's own document. */
    record Sealed(SecretText value) implements Literal {}
}
