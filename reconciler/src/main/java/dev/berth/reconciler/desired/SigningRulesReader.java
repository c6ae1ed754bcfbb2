package dev.berth.reconciler.desired;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.reconciler.source.SigningRules;
import dev.berth.reconciler.source.VerifyPolicy;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.status.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code spec.source.verify} of the Instance of a config repo. A tree in which that document
 * is wrong, missing or there twice, or a file that it names is not right, says nothing. Of one in
 * which it may stand in a file that can't be opened nothing is known. Parses only files that seem
 * to have that document, since it runs for each commit besides the loader. Thread-safe.
 */
public final class SigningRulesReader implements SigningRules {
    private static final Pattern MAY_BE_INSTANCE = Pattern.compile("\\bInstance\\b|\\bsops\\b");

    private final DocumentReader reader;

    /** For repos in which the Instance is not encrypted. */
    public SigningRulesReader() {
        this(AgeKeys::none);
    }

    /**
     * @param keys open a document that is encrypted as a whole
     */
    public SigningRulesReader(Supplier<AgeKeys> keys) {
        this.reader = new DocumentReader(keys);
    }

    @Override
    public @Nullable VerifyPolicy of(ConfigTree tree) throws ReconcileException {
        List<ReadDocument> instances = new ArrayList<>();
        boolean closed = false;
        for (ConfigTree.Entry entry : tree.entries(".")) {
            if (ConfigScanner.isYaml(entry.path()) && isFile(entry)) {
                Found found = read(tree, entry.path());
                instances.addAll(found.instances());
                closed |= found.closed();
            }
        }
        if (instances.isEmpty() && closed) {
            throw new ReconcileException.Transient(
                    ReasonCode.SourceUnavailable,
                    "the document of kind Instance may stand in an encrypted file that no identity"
                            + " of this Berth opens: add the identity to keys/age.txt");
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

    /**
     * What one file has.
     *
     * @param closed whether it may have an Instance that can't be seen
     */
    private record Found(List<ReadDocument> instances, boolean closed) {}

    private Found read(ConfigTree tree, String path) throws ReconcileException {
        try {
            Problems problems = new Problems();
            String text = FileText.decode(path, tree.read(path, ConfigScanner.MAX_FILE), problems);
            if (!MAY_BE_INSTANCE.matcher(text).find()) {
                return new Found(List.of(), false);
            }
            List<ReadDocument> documents = reader.read(path, text, problems);
            List<Problem> faults = problems.sorted();
            return new Found(
                    documents.stream()
                            .filter(SigningRulesReader::isInstance)
                            .map(document -> faults.isEmpty() ? document : document.broken())
                            .toList(),
                    faults.stream().anyMatch(p -> p.code() == Problem.Code.SECRET)
                            && documents.stream().anyMatch(d -> d.id() == null));
        } catch (ConfigTree.TooLargeException e) {
            return new Found(List.of(), false);
        }
    }

    private static boolean isInstance(ReadDocument document) {
        return document.id() != null && document.id().kind() == Kind.Instance;
    }
}
