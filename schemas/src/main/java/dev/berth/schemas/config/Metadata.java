package dev.berth.schemas.config;

import java.util.Map;

/** Who a document is about. */
public record Metadata(
        @Describe(
                        value =
                                "Unique among the documents of this kind. Becomes part of host names, container names and labels.",
                        examples = "shop")
                @Matches(
                        pattern = "[a-z]([a-z0-9-]{0,38}[a-z0-9])?",
                        says =
                                "a name of lower-case letters, digits and '-', at most 40 long, starting with a letter and not ending in '-'")
                String name,
        @Describe("Free key-value pairs to group and find resources by.")
                Map<String, String> labels,
        @Describe("Free key-value pairs for tools and notes.") Map<String, String> annotations) {
    public Metadata {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }
}
