package dev.berth.reconciler.source;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ProgressMonitor;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefDatabase;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.FilterSpec;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.SshTransport;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.Transport;
import org.jspecify.annotations.Nullable;

/**
 * A Git repo somewhere else: asked where a branch or tag stands, asked for one commit without
 * history.
 */
final class Remote {
    private final RepoUrl url;
    private final Credentials credentials;
    private final Duration io;

    Remote(RepoUrl url, Credentials credentials, Duration io) {
        this.url = url;
        this.credentials = credentials;
        this.io = io;
    }

    /**
     * Where a branch or tag stands.
     *
     * @param branch as {@link RefName} has it
     */
    record Tip(String branch, ObjectId commit) {
        RefName name() {
            return new RefName(branch);
        }
    }

    /**
     * Asks where a branch stands; transfers no objects. Has a deadline of its own, because an ssh
     * server that only accepts connections would be waited for longer than one read may take.
     *
     * @param local lends its settings, is not changed
     * @param branch as {@link RefName} has it; {@code null} = the one the remote's HEAD is on
     */
    Tip tip(Repository local, @Nullable String branch) throws RemoteFault, StoreFault {
        Duration limit = io.multipliedBy(2);
        TimedJob<Tip> question =
                TimedJob.start("git ask " + url, limit, _ -> ask(local, branch), () -> {});
        try {
            return question.await(limit);
        } catch (TimeoutException | InterruptedException e) {
            question.cancel();
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new FaultText(url, credentials, limit).explain(e);
        }
    }

    /**
     * Where all refs stand that begin so.
     *
     * @param local lends its settings, is not changed
     * @return commits by full name; what a tag stands for is not looked up
     */
    SortedMap<String, String> refs(Repository local, List<String> prefixes) throws RemoteFault {
        Duration limit = io.multipliedBy(2);
        TimedJob<SortedMap<String, String>> question =
                TimedJob.start("git list " + url, limit, _ -> list(local, prefixes), () -> {});
        try {
            return question.await(limit);
        } catch (TimeoutException | InterruptedException e) {
            question.cancel();
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new FaultText(url, credentials, limit).explain(e);
        } catch (StoreFault e) {
            throw new FaultText(url, credentials, limit).explain(e);
        }
    }

    private SortedMap<String, String> list(Repository local, List<String> prefixes)
            throws RemoteFault {
        SortedMap<String, String> all = new TreeMap<>();
        try (Transport transport = open(local);
                FetchConnection connection =
                        transport.openFetch(List.of(), prefixes.toArray(String[]::new))) {
            connection
                    .getRefsMap()
                    .forEach(
                            (name, ref) -> {
                                ObjectId id = ref.getObjectId();
                                if (id != null && prefixes.stream().anyMatch(name::startsWith)) {
                                    all.put(name, id.name());
                                }
                            });
            return all;
        } catch (IOException | RuntimeException e) {
            throw new FaultText(url, credentials, io).explain(e);
        }
    }

    private Tip ask(Repository local, @Nullable String branch) throws RemoteFault {
        String[] wanted =
                branch == null
                        ? new String[] {Constants.HEAD, Constants.R_HEADS}
                        : new String[] {new RefName(branch).full()};
        try (Transport transport = open(local);
                FetchConnection connection = transport.openFetch(List.of(), wanted)) {
            return choose(connection.getRefsMap(), branch);
        } catch (IOException | RuntimeException e) {
            throw new FaultText(url, credentials, io).explain(e);
        }
    }

    private Tip choose(Map<String, Ref> refs, @Nullable String branch) throws RemoteFault {
        if (branch != null) {
            RefName name = new RefName(branch);
            return new Tip(branch, commit(refs.get(name.full()), name));
        }
        Ref head = refs.get(Constants.HEAD);
        if (head == null) {
            throw new RemoteFault(
                    refs.keySet().stream().anyMatch(name -> name.startsWith(Constants.R_HEADS))
                            ? "HEAD of %s is on a branch that does not exist; set it right or name the branch to follow"
                                    .formatted(url)
                            : "%s has no commits yet; push one".formatted(url));
        }
        if (!head.isSymbolic()) {
            throw new RemoteFault(
                    "HEAD of %s is on no branch; name the branch to follow".formatted(url));
        }
        String name = Repository.shortenRefName(head.getTarget().getName());
        return new Tip(name, commit(head.getTarget(), new RefName(name)));
    }

    private ObjectId commit(@Nullable Ref ref, RefName name) throws RemoteFault {
        ObjectId id = ref == null ? null : ref.getObjectId();
        if (ref == null || id == null) {
            throw new RemoteFault(
                    "%s has no %s; push it again or name another %s"
                            .formatted(url, name.words(), name.isTag() ? "tag" : "branch"));
        }
        ObjectId tagged = ref.getPeeledObjectId(); // a tag with a message is an object of its own
        return tagged == null ? id : tagged;
    }

    /**
     * The refs of a repo, as far as they were asked for.
     *
     * @param branch that is followed, as {@link RefName} has it
     * @param commits what each ref stands at, by its full name; of tags what they lead to
     */
    record Refs(String branch, Map<String, ObjectId> commits) {
        /** The first of these that is there; {@code null} if none is. */
        @Nullable String first(List<String> names) {
            return names.stream().filter(commits::containsKey).findFirst().orElse(null);
        }

        /** Whether a branch or a tag stands there, as far as they were asked for. */
        boolean hasBranchAt(ObjectId commit) {
            return commits.entrySet().stream()
                    .filter(
                            ref ->
                                    ref.getKey().startsWith(Constants.R_HEADS)
                                            || ref.getKey().startsWith(Constants.R_TAGS))
                    .anyMatch(ref -> ref.getValue().equals(commit));
        }

        /**
         * Those of a repo on this machine.
         *
         * @param branch {@code null} = the one that its HEAD is on
         */
        static Refs in(Repository repository, @Nullable String branch, RepoUrl url)
                throws IOException, RemoteFault {
            RefDatabase database = repository.getRefDatabase();
            Map<String, ObjectId> commits = new HashMap<>();
            for (Ref ref : database.getRefs()) {
                put(commits, database.peel(ref));
            }
            return new Refs(
                    branch == null ? onHead(repository.exactRef(Constants.HEAD), url) : branch,
                    commits);
        }

        private static void put(Map<String, ObjectId> commits, Ref ref) {
            ObjectId peeled = ref.getPeeledObjectId();
            ObjectId id = peeled == null ? ref.getObjectId() : peeled;
            if (id != null) {
                commits.put(ref.getName(), id);
            }
        }

        private static String onHead(@Nullable Ref head, RepoUrl url) throws RemoteFault {
            if (head == null || !head.isSymbolic()) {
                throw new RemoteFault(
                        "HEAD of %s is on no branch; name the branch to follow".formatted(url));
            }
            return Repository.shortenRefName(head.getTarget().getName());
        }
    }

    /**
     * Asks for the refs that a name may mean, and for the branches; all there are when the name may
     * be the beginning of a commit's id, and the tags when it is one.
     */
    Refs refs(Repository local, @Nullable String branch, AskedRef asked)
            throws RemoteFault, StoreFault {
        Duration limit = io.multipliedBy(2);
        TimedJob<Refs> question =
                TimedJob.start("git ask " + url, limit, _ -> ask(local, branch, asked), () -> {});
        try {
            return question.await(limit);
        } catch (TimeoutException | InterruptedException e) {
            question.cancel();
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new FaultText(url, credentials, limit).explain(e);
        }
    }

    private Refs ask(Repository local, @Nullable String branch, AskedRef asked) throws RemoteFault {
        List<String> wanted = new ArrayList<>(asked.refs());
        wanted.add(Constants.HEAD);
        if (asked.digits() != null && !asked.isWhole()) {
            wanted.add(Constants.R_REFS);
        } else {
            wanted.add(Constants.R_HEADS);
            if (asked.isWhole()) {
                wanted.add(Constants.R_TAGS);
            }
            if (branch != null) {
                wanted.add(new RefName(branch).full());
            }
        }
        try (Transport transport = open(local);
                FetchConnection connection =
                        transport.openFetch(List.of(), wanted.toArray(String[]::new))) {
            Map<String, ObjectId> commits = new HashMap<>();
            connection.getRefsMap().values().forEach(ref -> Refs.put(commits, ref));
            return new Refs(
                    branch == null ? Refs.onHead(connection.getRef(Constants.HEAD), url) : branch,
                    commits);
        } catch (IOException | RuntimeException e) {
            throw new FaultText(url, credentials, io).explain(e);
        }
    }

    /**
     * Something to fetch.
     *
     * @param source a ref of the remote or a commit's 40 hex digits
     * @param target the local ref to set, whatever it was before
     */
    record Want(String source, String target) {}

    /**
     * Fetches commits with all their files, and with so much of their history.
     *
     * @param depth greatest distance from the commits, which are at 1
     * @param monitor stops the transfer when cancelled
     */
    void fetch(Repository local, List<Want> wants, int depth, ProgressMonitor monitor)
            throws RemoteFault {
        List<RefSpec> refs =
                wants.stream().map(want -> refs(want.source(), want.target())).toList();
        try {
            fetch(local, refs, depth, FilterSpec.NO_FILTER, monitor);
        } catch (IOException | RuntimeException e) {
            throw new FaultText(url, credentials, io).explain(e);
        }
    }

    /**
     * Fetches one commit with all its files and without history.
     *
     * @param source a ref of the remote or a commit's 40 hex digits
     * @param target the local ref to set, whatever it was before
     * @param monitor stops the transfer when cancelled
     */
    void fetch(Repository local, String source, String target, ProgressMonitor monitor)
            throws RemoteFault {
        try {
            fetch(local, List.of(refs(source, target)), 1, FilterSpec.NO_FILTER, monitor);
        } catch (IOException | RuntimeException e) {
            throw new FaultText(url, credentials, io).explain(e);
        }
    }

    /**
     * Fetches a branch with so many commits of its history; without files where the server can
     * leave them out.
     *
     * @param depth greatest distance from the branch's newest commit, which is at 1
     */
    void fetchHistory(
            Repository local, String branch, String target, int depth, ProgressMonitor monitor)
            throws RemoteFault {
        List<RefSpec> refs = List.of(refs(Constants.R_HEADS + branch, target));
        try {
            fetchHistory(local, refs, depth, monitor);
        } catch (IOException | RuntimeException e) {
            throw new FaultText(url, credentials, io).explain(e);
        }
    }

    private void fetchHistory(
            Repository local, List<RefSpec> refs, int depth, ProgressMonitor monitor)
            throws IOException {
        try {
            fetch(local, refs, depth, FilterSpec.fromFilterLine("tree:0"), monitor);
        } catch (TransportException e) {
            if (monitor.isCancelled() || !String.valueOf(e.getMessage()).contains("filter")) {
                throw e;
            }
            fetch(local, refs, depth, FilterSpec.NO_FILTER, monitor);
        }
    }

    private static RefSpec refs(String source, String target) {
        return new RefSpec().setSourceDestination(source, target).setForceUpdate(true);
    }

    private void fetch(
            Repository local,
            List<RefSpec> refs,
            int depth,
            FilterSpec filter,
            ProgressMonitor monitor)
            throws IOException {
        try (Transport transport = open(local)) {
            transport.setDepth(depth);
            transport.setFilterSpec(filter);
            transport.fetch(monitor, refs);
        }
    }

    private Transport open(Repository local) throws IOException {
        Transport transport = Transport.open(local, url.uri());
        try {
            transport.setTimeout((int) io.toSeconds());
            transport.setTagOpt(TagOpt.NO_TAGS);
            transport.setRemoveDeletedRefs(false);
            transport.setCredentialsProvider(TokenProvider.with(url, credentials));
            if (transport instanceof SshTransport ssh) {
                if (!(credentials instanceof Credentials.SshKey key)) {
                    throw new UnusableCredentials(
                            "%s needs an ssh key; give Berth one for its host".formatted(url));
                }
                ssh.setSshSessionFactory(SshSessions.with(key));
            }
            return transport;
        } catch (IOException | RuntimeException e) {
            transport.close();
            throw e;
        }
    }

    /** The URL, safe to show. */
    String shown() {
        return url.shown();
    }
}
