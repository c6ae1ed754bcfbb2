package dev.berth.reconciler.desired.yaml;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One document of a YAML text.
 *
 * @param at where it begins
 * @param root what was read before the first fault; {@code null} when nothing was
 * @param faults empty when the document was read whole
 */
public record YamlDocument(Mark at, @Nullable Node root, List<Fault> faults) {
    public YamlDocument {
        faults = List.copyOf(faults);
    }
}
