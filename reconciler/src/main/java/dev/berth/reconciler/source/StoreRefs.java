package dev.berth.reconciler.source;

import java.io.IOException;
import java.util.List;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.jspecify.annotations.Nullable;

/** The refs of a store, set and removed whatever they were before. */
record StoreRefs(Repository repository) {
    @Nullable ObjectId get(String name) throws IOException {
        Ref found = repository.exactRef(name);
        return found == null ? null : found.getObjectId();
    }

    List<ObjectId> below(String prefix) throws IOException {
        return repository.getRefDatabase().getRefsByPrefix(prefix).stream()
                .map(Ref::getObjectId)
                .toList();
    }

    void set(String name, ObjectId commit) throws IOException {
        RefUpdate update = repository.updateRef(name);
        update.setNewObjectId(commit);
        require(name, update.forceUpdate());
    }

    void delete(String name) throws IOException {
        RefUpdate update = repository.updateRef(name);
        update.setForceUpdate(true);
        require(name, update.delete());
    }

    private static void require(String name, RefUpdate.Result result) throws IOException {
        switch (result) {
            case NEW, FORCED, FAST_FORWARD, NO_CHANGE -> {}
            case NOT_ATTEMPTED,
                    LOCK_FAILURE,
                    REJECTED,
                    REJECTED_CURRENT_BRANCH,
                    REJECTED_MISSING_OBJECT,
                    REJECTED_OTHER_REASON,
                    IO_FAILURE,
                    RENAMED ->
                    throw new IOException("%s could not be changed: %s".formatted(name, result));
        }
    }
}
