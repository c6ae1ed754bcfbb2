package dev.berth.schemas.config;

import java.util.Map;

/** Values that apps are given and nobody else sees; {@code kind: Secret}. */
@Describe(
        "Values for apps, encrypted with sops or ./berth seal. Keys stay readable, values are shown"
                + " nowhere.")
public record SecretDocument(
        @Describe("Name and labels.") Metadata metadata,
        @Describe("The values by key, each encrypted.")
                @Matches(
                        pattern = SecretDocument.KEY_PATTERN,
                        says = "a key of letters, digits, '.', '_' and '-', at most 128 long")
                Map<String, SecretText> data)
        implements Document {
    /** What a key may look like; so that it can be a file name. */
    static final String KEY_PATTERN = "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}";

    public SecretDocument {
        data = Map.copyOf(data);
    }
}
