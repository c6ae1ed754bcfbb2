package dev.berth.reconciler.source;

import dev.berth.reconciler.ReconcileException;
import dev.berth.schemas.status.ReasonCode;
import java.util.List;
import java.util.SortedMap;
import org.eclipse.jgit.internal.storage.dfs.DfsRepositoryDescription;
import org.eclipse.jgit.internal.storage.dfs.InMemoryRepository;

/** Asks repos where all of their refs stand; keeps nothing. Thread-safe. */
public final class RemoteRefs {
    private final Credentials.Keyring keyring;
    private final Deadlines deadlines;

    public RemoteRefs(Credentials.Keyring keyring, Deadlines deadlines) {
        IsolatedSystemReader.install();
        this.keyring = keyring;
        this.deadlines = deadlines;
    }

    /**
     * The refs of a repo, all of those that begin so.
     *
     * @param prefixes such as {@code refs/heads/}
     * @return commits, 40 hex, by full name
     * @throws ReconcileException.Transient if the repo does not answer
     */
    public SortedMap<String, String> list(RepoUrl url, List<String> prefixes)
            throws ReconcileException.Transient {
        Remote remote = new Remote(url, keyring.credentialsFor(url), deadlines.io());
        try (InMemoryRepository nothing =
                new InMemoryRepository(new DfsRepositoryDescription("refs"))) {
            return remote.refs(nothing, prefixes);
        } catch (RemoteFault e) {
            throw new ReconcileException.Transient(
                    ReasonCode.SourceUnavailable, String.valueOf(e.getMessage()), e);
        }
    }
}
