package dev.berth.reconciler.desired;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.reconciler.source.SigningRules;
import dev.berth.reconciler.source.VerifyPolicy;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code spec.source.verify} of the Instance of a config repo. A tree in which that document
 * is wrong, missing or there twice, or a file that it names is not right, says nothing. Parses only
 * files that seem to have that document, since it runs for each commit besides the loader.
 * Thread-safe.
 */
public final class SigningRulesReader implements SigningRules {
    private static final Pattern INSTANCE = Pattern.compile("kind[\"']?\\s*:\\s*[\"']?Instance\\b");

    private final DocumentReader reader = new DocumentReader();

    @Override
    public @Nullable VerifyPolicy of(ConfigTree tree) throws ReconcileException {
        List<ReadDocument> instances = new ArrayList<>();
        for (ConfigTree.Entry entry : tree.entries(".")) {
            if (ConfigScanner.isYaml(entry.path()) && isFile(entry)) {
                instances.addAll(instances(tree, entry.path()));
            }
        }
        if (instances.size() != 1
                || !(instances.getFirst().document() instanceof Instance instance)) {
            return null;
        }
        SignerFiles.Signers signers = SignerFiles.read(instance.spec().source().verify(), tree);
        return signers.faults().isEmpty() ? signers.policy() : null;
    }

    private static boolean isFile(ConfigTree.Entry entry) {
        return switch (entry.type()) {
            case FILE, EXECUTABLE -> entry.size() <= ConfigScanner.MAX_FILE;
            case SYMLINK, SUBMODULE -> false;
        };
    }

    private List<ReadDocument> instances(ConfigTree tree, String path) throws ReconcileException {
        try {
            Problems problems = new Problems();
            String text = FileText.decode(path, tree.read(path, ConfigScanner.MAX_FILE), problems);
            if (!INSTANCE.matcher(text).find()) {
                return List.of();
            }
            return reader.read(path, text, problems).stream()
                    .map(document -> problems.sorted().isEmpty() ? document : document.broken())
                    .filter(document -> isInstance(document))
                    .toList();
        } catch (ConfigTree.TooLargeException e) {
            return List.of();
        }
    }

    private static boolean isInstance(ReadDocument document) {
        return document.id() != null && document.id().kind() == Kind.Instance;
    }
}
