package dev.berth.reconciler.desired;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.source.AllowedSigners;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.reconciler.source.GpgKeys;
import dev.berth.reconciler.source.VerifyPolicy;
import dev.berth.schemas.config.Instance;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the keys that may sign commits from the files that an Instance names. */
final class SignerFiles {
    /** Greatest size of one file in bytes. */
    static final long MAX_FILE = 256 * 1024;

    private static final String FIELD = "spec.source.verify.";

    private final ConfigTree tree;
    private final List<Fault> faults = new ArrayList<>();

    private SignerFiles(ConfigTree tree) {
        this.tree = tree;
    }

    /**
     * What is wrong with a file.
     *
     * @param at keys and indexes that lead to its name in the document
     */
    record Fault(List<Object> at, String field, String message) {}

    /**
     * What the files say.
     *
     * @param policy holds what could be read
     */
    record Signers(VerifyPolicy policy, List<Fault> faults) {}

    /**
     * Reads the files.
     *
     * @throws ReconcileException if the tree can't be read
     */
    static Signers read(Instance.Verify verify, ConfigTree tree) throws ReconcileException {
        SignerFiles files = new SignerFiles(tree);
        String ssh = files.ssh(verify.allowedSigners());
        List<String> gpg = new ArrayList<>();
        for (int i = 0; i < verify.gpg().size(); i++) {
            String text = files.gpg(verify.gpg().get(i), i);
            if (text != null) {
                gpg.add(text);
            }
        }
        return new Signers(new VerifyPolicy(verify.mode(), ssh, gpg), List.copyOf(files.faults));
    }

    private @Nullable String ssh(@Nullable String path) throws ReconcileException {
        if (path == null) {
            return null;
        }
        List<Object> at = List.of("spec", "source", "verify", "allowedSigners");
        String text = text(path, at, FIELD + "allowedSigners");
        if (text != null) {
            for (String fault : AllowedSigners.parse(text).faults()) {
                fault(at, FIELD + "allowedSigners", "in %s %s".formatted(path, fault));
            }
        }
        return text;
    }

    private @Nullable String gpg(String path, int index) throws ReconcileException {
        List<Object> at = List.of("spec", "source", "verify", "gpg", index);
        String field = FIELD + "gpg[%d]".formatted(index);
        String text = text(path, at, field);
        String fault = text == null ? null : GpgKeys.fault(text);
        if (fault != null) {
            fault(at, field, "%s %s".formatted(path, fault));
        }
        return text;
    }

    private @Nullable String text(String written, List<Object> at, String field)
            throws ReconcileException {
        String path = Paths.inRepo(written);
        if (!isFile(path, tree)) {
            fault(at, field, "there is no file %s in this repo".formatted(path));
            return null;
        }
        try {
            return new String(tree.read(path, MAX_FILE), StandardCharsets.UTF_8);
        } catch (ConfigTree.TooLargeException e) {
            fault(at, field, "%s is larger than 256 KiB".formatted(path));
            return null;
        }
    }

    static boolean isFile(String path, ConfigTree tree) throws ReconcileException {
        int slash = path.lastIndexOf('/');
        return tree.entries(slash < 0 ? "." : path.substring(0, slash)).stream()
                .anyMatch(
                        entry ->
                                entry.path().equals(path)
                                        && (entry.type() == ConfigTree.Type.FILE
                                                || entry.type() == ConfigTree.Type.EXECUTABLE));
    }

    private void fault(List<Object> at, String field, String message) {
        faults.add(new Fault(at, field, message));
    }
}
