package dev.berth.reconciler.desired;

import dev.berth.reconciler.desired.yaml.Node;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.Overlay;
import dev.berth.schemas.config.ResourceId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** The rules of overlays that their records can't say, and whether their targets are there. */
final class OverlayRules {
    private static final List<String> OF_AN_INSTANCE = List.of("domain", "variables");

    private OverlayRules() {}

    static void check(Overlay overlay, ReadDocument read, Problems problems) {
        if (!(read.find("spec", "patch") instanceof Node.Mapping patch)) {
            return;
        }
        checkDoubles(patch, "spec.patch", read, problems);
        if (patch.get("metadata") instanceof Node.Mapping metadata
                && metadata.get("name") != null) {
            problems.add(
                    read.at("spec", "patch", "metadata", "name"),
                    "spec.patch.metadata.name",
                    Problem.Code.VALUE,
                    "an overlay can't rename what it is laid over");
        }
        if (overlay.spec().target().kind() == Overlay.TargetKind.Instance
                && patch.get("spec") instanceof Node.Mapping spec) {
            checkInstance(spec, read, problems);
        }
    }

    /** The rest decides what is followed at all, or which overlays count. */
    private static void checkInstance(Node.Mapping spec, ReadDocument read, Problems problems) {
        for (Node.Entry entry : spec.entries()) {
            if (!OF_AN_INSTANCE.contains(entry.key())) {
                problems.add(
                        Location.of(read.file(), entry.keyAt()),
                        Binder.join("spec.patch.spec", entry.key()),
                        Problem.Code.VALUE,
                        "an overlay of the Instance can change only %s"
                                .formatted(Words.oneOf(OF_AN_INSTANCE)));
            }
        }
    }

    private static void checkDoubles(Node node, String path, ReadDocument read, Problems problems) {
        if (!(node instanceof Node.Mapping mapping)) {
            return;
        }
        Set<String> seen = new HashSet<>();
        for (Node.Entry entry : mapping.entries()) {
            String at = Binder.join(path, entry.key());
            if (!seen.add(entry.key())) {
                problems.add(
                        Location.of(read.file(), entry.keyAt()),
                        at,
                        Problem.Code.DUPLICATE_KEY,
                        "this key is already given");
            }
            checkDoubles(entry.value(), at, read, problems);
        }
    }

    /**
     * A document of then is as it was then: with overlays that have been taken away meanwhile.
     *
     * @param environment {@code null} = no overlay counts
     * @return true when one counts from now on that did not
     */
    static boolean bring(
            Fates fates, SortedMap<ResourceId, Choice> chosen, @Nullable String environment) {
        if (environment == null || chosen.values().stream().allMatch(Choice::current)) {
            return false;
        }
        boolean any = false;
        for (ReadDocument read : fates.lastRight(Kind.Overlay)) {
            if (!(read.document() instanceof Overlay overlay)
                    || !overlay.spec().environment().equals(environment)
                    || chosen.containsKey(overlay.id())) {
                continue;
            }
            Choice target = chosen.get(overlay.spec().target().id());
            any |= target != null && !target.current() && fates.bring(overlay.id());
        }
        return any;
    }

    /** Those of a target that is nowhere, of all environments; their problems are reported. */
    static List<Choice> astray(
            Fates fates, SortedMap<ResourceId, Choice> chosen, Problems problems) {
        List<Choice> astray = new ArrayList<>();
        for (Choice choice : chosen.values()) {
            if (!(choice.document() instanceof Overlay overlay) || !choice.current()) {
                continue;
            }
            ResourceId target = overlay.spec().target().id();
            boolean mayBeThere =
                    chosen.containsKey(target)
                            || fates.isWrong(target)
                            || fates.pruneHold() != null;
            if (!mayBeThere) {
                astray.add(choice);
                List<String> known =
                        chosen.keySet().stream()
                                .filter(id -> id.kind() == target.kind())
                                .map(ResourceId::name)
                                .toList();
                problems.add(
                        choice.read().at("spec", "target", "name"),
                        "spec.target.name",
                        Problem.Code.REFERENCE,
                        "there is no %s %s%s"
                                .formatted(
                                        target.kind(),
                                        target.name(),
                                        NearMiss.hint(target.name(), known)));
            }
        }
        return astray;
    }
}
