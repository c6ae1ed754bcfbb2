package dev.berth.reconciler.source;

import dev.berth.reconciler.disk.WholeFile;
import dev.berth.schemas.config.Instance.VerifyMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.ConfigConstants;
import org.eclipse.jgit.lib.GpgConfig;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.SignatureVerifier;
import org.eclipse.jgit.lib.SignatureVerifier.SignatureVerification;
import org.eclipse.jgit.lib.SignatureVerifier.TrustLevel;
import org.eclipse.jgit.lib.SignatureVerifiers;
import org.eclipse.jgit.signing.ssh.SshSignatureVerifierFactory;
import org.jspecify.annotations.Nullable;

/**
 * Checks who signed a commit: SSH signatures with JGit, GPG signatures with {@link GpgVerifier}.
 * What can't be understood is not signed. The names and the time in a commit prove nothing: a key
 * with {@code valid-before} can still sign commits dated before that. Thread-safe.
 */
public final class CommitVerifier {
    private final Path directory;
    private final SignatureVerifier ssh = new SshSignatureVerifierFactory().create();
    private final Set<Path> written = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Keys last;

    /**
     * @param directory for the lists of SSH keys, which JGit reads from files; made when missing
     */
    public CommitVerifier(Path directory) {
        this.directory = directory.toAbsolutePath();
    }

    /**
     * The keys of a policy, made ready.
     *
     * @param gpg {@code null} when there are none, so that nothing of OpenPGP is loaded
     */
    private record Keys(VerifyPolicy policy, GpgConfig ssh, @Nullable GpgVerifier gpg) {}

    /**
     * Whether a commit is one that the policy allows. Looks at this commit alone.
     *
     * @throws StoreFault if the commit can't be read, or a list of keys can't be written
     */
    Verdict verify(Repository repository, ObjectId id, VerifyPolicy policy) throws StoreFault {
        if (policy.mode() == VerifyMode.OFF) {
            return new Verdict.Good("");
        }
        SignedCommit commit = SignedCommit.read(repository, id);
        byte[] signature = commit.signature();
        if (signature == null) {
            return new Verdict.Bad("it is not signed");
        }
        GpgConfig.GpgFormat format = SignatureVerifiers.getFormat(signature);
        if (format == null) {
            return new Verdict.Bad("its signature is of no kind that Git knows");
        }
        Keys keys = keys(policy);
        return switch (format) {
            case SSH -> verifySsh(repository, commit.payload(), signature, keys.ssh());
            case OPENPGP ->
                    keys.gpg() == null
                            ? new Verdict.Bad("it is signed with a GPG key, and none may sign")
                            : keys.gpg().verify(commit.payload(), signature);
            case X509 ->
                    new Verdict.Bad(
                            "it is signed with an X.509 certificate, which Berth does not check: sign with SSH or GPG");
        };
    }

    private Keys keys(VerifyPolicy policy) throws StoreFault {
        Keys known = last;
        if (known != null && known.policy().equals(policy)) {
            return known;
        }
        String signers = policy.allowedSigners();
        AllowedSigners allowed = AllowedSigners.parse(signers == null ? "" : signers);
        Config config = new Config();
        config.setString(
                ConfigConstants.CONFIG_GPG_SECTION,
                ConfigConstants.CONFIG_SSH_SUBSECTION,
                ConfigConstants.CONFIG_KEY_SSH_ALLOWED_SIGNERS_FILE,
                write(allowed.text()).toString());
        Keys made =
                new Keys(
                        policy,
                        new GpgConfig(config),
                        policy.gpgKeys().isEmpty() ? null : new GpgVerifier(policy.gpgKeys()));
        last = made;
        return made;
    }

    private Verdict verifySsh(
            Repository repository, byte[] payload, byte[] signature, GpgConfig keys) {
        try {
            return verdict(ssh.verify(repository, keys, payload, signature));
        } catch (IOException | RuntimeException e) {
            return new Verdict.Bad(
                    "its SSH signature can't be read (%s)".formatted(FaultText.rootMessage(e)));
        }
    }

    private static Verdict verdict(SignatureVerification found) {
        if (found.verified() && !found.expired() && found.trustLevel() == TrustLevel.FULL) {
            return new Verdict.Good(FaultText.clean(found.keyUser()));
        }
        String key = FaultText.clean(found.keyFingerprint());
        if (found.expired()) {
            return new Verdict.Bad(
                    "it is signed with the SSH key %s, which was not valid at the commit's time"
                            .formatted(key));
        }
        return found.trustLevel() == TrustLevel.UNKNOWN
                ? new Verdict.Bad(
                        "it is signed with the SSH key %s, which is not among those that may sign"
                                .formatted(key))
                : new Verdict.Bad(
                        "its SSH signature does not hold (%s)"
                                .formatted(
                                        found.message() == null
                                                ? "it was changed after it was signed"
                                                : FaultText.clean(found.message())));
    }

    /**
     * Named by its content, because JGit remembers by name what it read. One that is there is
     * trusted only when this process wrote it: what a crash left may be half of it.
     */
    private Path write(String text) throws StoreFault {
        Path file = directory.resolve("allowed_signers-" + RepoUrl.digest(text));
        try {
            if (!written.contains(file) || !Files.exists(file)) {
                WholeFile.write(file, text);
                written.add(file);
            }
            return file;
        } catch (IOException e) {
            throw new StoreFault("the list of SSH keys can't be written to " + file, e);
        }
    }
}
