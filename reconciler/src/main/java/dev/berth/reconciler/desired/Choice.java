package dev.berth.reconciler.desired;

import dev.berth.schemas.config.Document;
import dev.berth.schemas.config.ResourceId;
import java.util.Objects;

/**
 * The version of a document that counts.
 *
 * @param read a right document
 * @param current true: the one in the tree; false: the last right one
 */
record Choice(ReadDocument read, boolean current) {
    Document document() {
        return Objects.requireNonNull(read.document());
    }

    /** The same with more in the document than was written. */
    Choice with(Document completed) {
        return new Choice(read.with(completed), current);
    }

    ResourceId id() {
        return document().id();
    }
}
