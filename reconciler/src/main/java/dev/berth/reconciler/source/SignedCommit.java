package dev.berth.reconciler.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.util.RawParseUtils;
import org.jspecify.annotations.Nullable;

/**
 * A commit object as it is stored, taken apart for checking its signature: the signature is in the
 * header {@code gpgsig} and covers all other bytes (Git's signature-format, "Commit signatures").
 * Knows its parents also where the store has cut history off.
 */
final class SignedCommit {
    private static final byte[] HEADER = "gpgsig".getBytes(StandardCharsets.US_ASCII);
    private static final int LARGEST = 1024 * 1024;

    private final RevCommit commit;
    private final byte[] raw;

    private SignedCommit(byte[] raw) throws IOException {
        this.raw = raw;
        this.commit = RevCommit.parse(raw);
    }

    /** Reads one from a store. */
    static SignedCommit read(Repository repository, ObjectId id) throws StoreFault {
        try (ObjectReader reader = repository.newObjectReader()) {
            return new SignedCommit(reader.open(id, Constants.OBJ_COMMIT).getCachedBytes(LARGEST));
        } catch (IOException | RuntimeException e) {
            throw new StoreFault("commit %s can't be read".formatted(id.name()), e);
        }
    }

    /** {@code Name <mail>}, as the commit has it; never proved by anything. */
    String author() {
        PersonIdent author = commit.getAuthorIdent();
        return author == null
                ? "unknown"
                : "%s <%s>".formatted(author.getName(), author.getEmailAddress());
    }

    /** The commits it was made from. */
    List<ObjectId> parents() {
        return Stream.of(commit.getParents()).map(ObjectId::copy).toList();
    }

    /** The signature as it is armoured; {@code null} when there is none. */
    byte @Nullable [] signature() {
        return commit.getRawGpgSignature();
    }

    /** What was signed: all but the signature. */
    byte[] payload() {
        int start = header();
        if (start < 0) {
            return raw.clone();
        }
        int end = RawParseUtils.nextLfSkippingSplitLines(raw, start);
        int after = Math.min(end + 1, raw.length);
        byte[] payload = new byte[raw.length - (after - start)];
        System.arraycopy(raw, 0, payload, 0, start);
        System.arraycopy(raw, after, payload, start, raw.length - after);
        return payload;
    }

    /** Where the line of the header begins; -1 when it is not there. */
    private int header() {
        int value = RawParseUtils.headerStart(HEADER, raw, 0);
        return value < 0 ? -1 : value - HEADER.length - 1;
    }
}
