package dev.berth.reconciler.desired;

import dev.berth.reconciler.desired.yaml.Node;
import dev.berth.reconciler.secret.Redactor;
import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.config.App;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a document holds that was encrypted: where it may not be, and how it is kept quiet. */
final class SealedText {
    private static final List<String> SHOWN =
            List.of("command", "processes", "healthcheck", "build");

    private SealedText() {}

    /**
     * Commands and build arguments are shown by engines, plans and images, so what is encrypted can
     * be none of them.
     */
    static void check(App app, ReadDocument read, Problems problems) {
        for (String key : SHOWN) {
            Node node = read.find("spec", key);
            if (node != null) {
                checkShown(node, "spec." + key, read, problems);
            }
        }
    }

    private static void checkShown(Node node, String path, ReadDocument read, Problems problems) {
        boolean shown = path.contains("command") || path.contains("args");
        switch (node) {
            case Node.Scalar scalar -> {
                if (shown && scalar.sealed()) {
                    problems.add(
                            Location.of(read.file(), scalar.at()),
                            path,
                            Problem.Code.SECRET,
                            "an encrypted value can't be used here, where it would be shown: leave"
                                    + " it readable (encrypted_regex), or give it in env or secrets");
                }
            }
            case Node.Sequence(_, List<Node> items, _) -> {
                for (int i = 0; i < items.size(); i++) {
                    checkShown(items.get(i), path + "[" + i + "]", read, problems);
                }
            }
            case Node.Mapping(_, List<Node.Entry> entries, _) ->
                    entries.forEach(
                            e -> checkShown(e.value(), Binder.join(path, e.key()), read, problems));
        }
    }

    /** The problems without any text that was encrypted in this document. */
    static List<Problem> quiet(List<Problem> problems, @Nullable Node root) {
        List<Secret> sealed = new ArrayList<>();
        if (root != null && !problems.isEmpty()) {
            collect(root, sealed);
        }
        if (sealed.isEmpty()) {
            return problems;
        }
        Redactor redactor = new Redactor(sealed);
        return problems.stream().map(p -> p.cleaned(redactor::clean)).toList();
    }

    private static void collect(Node node, List<Secret> to) {
        switch (node) {
            case Node.Scalar scalar -> {
                if (scalar.sealed()) {
                    to.add(Secret.of(scalar.text()));
                }
            }
            case Node.Sequence sequence -> sequence.items().forEach(i -> collect(i, to));
            case Node.Mapping mapping -> mapping.entries().forEach(e -> collect(e.value(), to));
        }
    }
}
