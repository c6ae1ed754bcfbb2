package dev.berth.schemas.config;

import java.util.List;

/**
 * A part of a document in the form of a document. What it says is known to who has the text; here
 * is only what it speaks of.
 *
 * @param keys its keys at the top, in their order
 */
public record Patch(List<String> keys) {
    public Patch {
        keys = List.copyOf(keys);
    }
}
