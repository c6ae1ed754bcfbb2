package dev.berth.reconciler.desired;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.schemas.config.Acme;
import dev.berth.schemas.config.Alert;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Document;
import dev.berth.schemas.config.Domain;
import dev.berth.schemas.config.EnvGroup;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Job;
import dev.berth.schemas.config.Overlay;
import dev.berth.schemas.config.SecretDocument;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The file by which a document trusts an authority of its own.
 *
 * @param path as the document names it
 * @param at keys that lead to its name in the document
 * @param pem what is in it; {@code null} when something is wrong
 * @param fault what is wrong, for people; {@code null} when nothing is
 */
record TrustFile(String path, List<Object> at, @Nullable String pem, @Nullable String fault) {
    /** Greatest size in bytes. */
    private static final long MAX_FILE = 256 * 1024;

    TrustFile {
        at = List.copyOf(at);
    }

    /** The field that names it. */
    String field() {
        return at.stream().map(Object::toString).collect(Collectors.joining("."));
    }

    /**
     * The one that a document names; {@code null} when it names none.
     *
     * @throws ReconcileException if the tree can't be read
     */
    static @Nullable TrustFile of(Document document, ConfigTree tree) throws ReconcileException {
        return switch (document) {
            case Instance instance ->
                    of(instance.spec().acme(), List.of("spec", "acme", "trust"), tree);
            case App app ->
                    of(app.spec().tls().acme(), List.of("spec", "tls", "acme", "trust"), tree);
            case Domain domain ->
                    of(domain.spec().tls().acme(), List.of("spec", "tls", "acme", "trust"), tree);
            case SecretDocument _, Alert _, Job _, EnvGroup _, Overlay _ -> null;
        };
    }

    private static @Nullable TrustFile of(@Nullable Acme acme, List<Object> at, ConfigTree tree)
            throws ReconcileException {
        if (acme == null || acme.trust() == null) {
            return null;
        }
        String path = acme.trust();
        if (!SignerFiles.isFile(Paths.inRepo(path), tree)) {
            return new TrustFile(
                    path, at, null, "there is no file %s in this repo".formatted(path));
        }
        try {
            String pem =
                    new String(tree.read(Paths.inRepo(path), MAX_FILE), StandardCharsets.UTF_8);
            var _ = PemCertificates.read(pem);
            return new TrustFile(path, at, pem, null);
        } catch (CertificateException e) {
            return new TrustFile(
                    path,
                    at,
                    null,
                    "%s holds no certificate in PEM (BEGIN CERTIFICATE)".formatted(path));
        } catch (ConfigTree.TooLargeException e) {
            return new TrustFile(path, at, null, "%s is larger than 256 KiB".formatted(path));
        }
    }
}
