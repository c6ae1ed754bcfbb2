package dev.berth.reconciler.desired;

import dev.berth.reconciler.desired.yaml.Node;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.ResourceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Documents as they count: with the values of variables in place of their names. One that is wrong
 * then is wrong as if it had been written so.
 */
final class Rendering {
    private final DocumentBinder binder;
    private final Problems problems;
    private final Map<String, String> variables;
    private final Map<String, String> olderVariables;
    private final List<Choice> wrong = new ArrayList<>();

    /**
     * @param older variables that were there once: for documents of then
     */
    Rendering(
            DocumentBinder binder,
            Instance instance,
            Map<String, String> older,
            Problems problems) {
        this.binder = binder;
        this.problems = problems;
        this.variables = new HashMap<>(instance.spec().variables());
        variables.put("BERTH_INSTANCE", instance.metadata().name());
        variables.put("BERTH_DOMAIN", instance.spec().domain());
        this.olderVariables = new HashMap<>(older);
        olderVariables.putAll(variables);
    }

    /** The documents as they count; those that are wrong are left out. */
    SortedMap<ResourceId, Choice> of(Collection<Choice> choices) {
        SortedMap<ResourceId, Choice> rendered = new TreeMap<>();
        for (Choice choice : choices) {
            Problems own = new Problems();
            Choice right = render(choice, own);
            if (right == null) {
                wrong.add(choice);
                report(choice, own);
            } else {
                rendered.put(right.id(), right);
            }
        }
        return rendered;
    }

    /** Those that were left out. */
    List<Choice> wrong() {
        return wrong;
    }

    private void report(Choice choice, Problems own) {
        if (choice.current()) {
            problems.addAll(SealedText.quiet(own.sorted(), choice.read().root()));
        }
    }

    private @Nullable Choice render(Choice choice, Problems own) {
        ReadDocument read = choice.read();
        if (!(read.root() instanceof Node.Mapping root)) {
            return choice;
        }
        Node.Mapping values =
                new Substitution(read.file(), choice.current() ? variables : olderVariables, own)
                        .in(binder.shape(choice.id().kind()), root);
        if (isSame(values, root)) {
            return own.sorted().isEmpty() ? choice : null;
        }
        ReadDocument right =
                own.sorted().isEmpty()
                        ? binder.bind(read, choice.id().kind(), values, false, own)
                        : null;
        return right == null || !own.sorted().isEmpty()
                ? null
                : new Choice(right, choice.current());
    }

    @SuppressWarnings("ReferenceEquality") // nodes are never compared: see Node
    private static boolean isSame(Node a, Node b) {
        return a == b;
    }
}
