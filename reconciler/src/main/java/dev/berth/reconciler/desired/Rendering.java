package dev.berth.reconciler.desired;

import dev.berth.reconciler.desired.yaml.Mark;
import dev.berth.reconciler.desired.yaml.Node;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.ResourceId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Documents as they count: with the overlays of the environment laid over them, then with the
 * values of variables in place of their names. For one round of {@link Settling}.
 *
 * <p>Who is wrong when that gives no document: the document, if it is so without overlays; else the
 * overlay, and the newer one of both if only one is of the tree. A document never counts without an
 * overlay that is meant for it and can't be told.
 */
final class Rendering {
    private final DocumentBinder binder;
    private final Overlays overlays;
    private final Problems problems;
    private final Map<ResourceId, String> waiting;
    private final Map<String, String> variables = new HashMap<>();
    private final Map<String, String> olderVariables = new HashMap<>();
    private final List<Choice> wrong = new ArrayList<>();

    /**
     * @param waiting gets why a right document does not count yet
     */
    Rendering(
            DocumentBinder binder,
            Overlays overlays,
            Problems problems,
            Map<ResourceId, String> waiting) {
        this.binder = binder;
        this.overlays = overlays;
        this.problems = problems;
        this.waiting = waiting;
    }

    /**
     * Sets what names stand for in what is rendered from now on.
     *
     * @param older variables that were there once: for documents of then
     */
    void use(Instance instance, @Nullable String environment, Map<String, String> older) {
        variables.putAll(instance.spec().variables());
        variables.put("BERTH_INSTANCE", instance.metadata().name());
        variables.put("BERTH_DOMAIN", instance.spec().domain());
        if (environment != null) {
            variables.put("BERTH_ENVIRONMENT", environment);
        }
        olderVariables.putAll(older);
        olderVariables.putAll(variables);
    }

    /** The documents as they count; those that are wrong are left out. */
    SortedMap<ResourceId, Choice> of(SortedMap<ResourceId, Choice> choices) {
        SortedMap<ResourceId, Choice> rendered = new TreeMap<>();
        for (Choice choice : choices.values()) {
            Choice right = of(choice);
            if (right != null) {
                rendered.put(right.id(), right);
            }
        }
        return rendered;
    }

    /** Documents and overlays that don't count now. */
    List<Choice> wrong() {
        return wrong;
    }

    /** The document as it counts; {@code null} when it does not. */
    @Nullable Choice of(Choice choice) {
        if (!(choice.read().root() instanceof Node.Mapping root)) {
            return choice;
        }
        Problems own = new Problems();
        Choice right = render(choice, root, root, own);
        if (right == null) {
            report(choice, own, root);
            wrong.add(choice);
            return null;
        }
        Choice result = laidOver(choice, right, root);
        String missing = choice.current() ? overlays.missing(choice.id()) : null;
        if (missing == null) {
            return result;
        }
        waiting.put(choice.id(), "waits for " + missing);
        wrong.add(choice);
        return null;
    }

    /** Each overlay is looked at, also after one that is wrong. */
    private @Nullable Choice laidOver(Choice choice, Choice plain, Node.Mapping root) {
        Choice result = plain;
        Node.Mapping tree = root;
        boolean right = true;
        for (Choice overlay : overlays.of(choice)) {
            MergePatch patch = Overlays.patch(overlay);
            Node.Mapping next = patch.over(tree);
            Problems both = new Problems();
            Choice with = render(choice, next, root, both);
            if (with == null) {
                blame(choice, overlay, both, next, patch.marks());
                right = false;
            } else {
                result = with;
                tree = next;
            }
        }
        return right ? result : null;
    }

    private @Nullable Choice render(
            Choice choice, Node.Mapping tree, Node.Mapping written, Problems own) {
        ReadDocument read = choice.read();
        Map<String, String> known = choice.current() ? variables : olderVariables;
        Node.Mapping values =
                new Substitution(read.file(), known, own)
                        .in(binder.shape(choice.id().kind()), tree);
        if (!own.sorted().isEmpty()) {
            return null;
        } else if (isSame(values, written)) {
            return choice;
        }
        ReadDocument right = binder.bind(read, choice.id().kind(), values, false, own);
        return right == null || !own.sorted().isEmpty()
                ? null
                : new Choice(right, choice.current());
    }

    private void report(Choice choice, Problems own, Node root) {
        if (choice.current()) {
            problems.addAll(SealedText.quiet(own.sorted(), root));
        }
    }

    private void blame(Choice target, Choice overlay, Problems both, Node tree, Set<Mark> patch) {
        if (!target.current() && !overlay.current()) {
            wrong.add(target);
            return;
        }
        wrong.add(overlay);
        if (!overlay.current()) {
            return;
        } else if (!target.current()) {
            waiting.put(overlay.id(), "waits for a right document of %s".formatted(target.id()));
            return;
        }
        for (Problem problem : SealedText.quiet(both.sorted(), tree)) {
            boolean inPatch =
                    patch.contains(
                            new Mark(
                                    problem.location().line(),
                                    problem.location().column(),
                                    problem.location().file()));
            if (inPatch) {
                problems.add(
                        problem.location(),
                        "spec.patch." + problem.path(),
                        problem.code(),
                        problem.message());
            } else {
                problems.add(
                        overlay.read().at("spec", "patch"),
                        "spec.patch",
                        problem.code(),
                        "%s is wrong with it: %s (%s): %s"
                                .formatted(
                                        target.id(),
                                        problem.path(),
                                        problem.location(),
                                        problem.message()));
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // nodes are never compared: see Node
    private static boolean isSame(Node a, Node b) {
        return a == b;
    }
}
