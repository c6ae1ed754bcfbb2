package dev.berth.reconciler.source;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * Copies one commit with its files, and without its parents, object by object: a fetch would refuse
 * to read a store of which any part is damaged.
 */
record CommitCopy(Repository from, Repository to) {
    /**
     * @throws IOException if an object of the commit is missing or broken
     */
    void copy(ObjectId id) throws IOException {
        try (ObjectReader reader = from.newObjectReader();
                ObjectInserter inserter = to.newObjectInserter();
                RevWalk commits = new RevWalk(reader)) {
            RevCommit commit = commits.parseCommit(id);
            insert(reader, inserter, commit.getTree());
            insertBelow(reader, inserter, commit.getTree());
            insert(reader, inserter, commit);
            inserter.flush();
        }
        Set<ObjectId> shallow = new HashSet<>(to.getObjectDatabase().getShallowCommits());
        shallow.add(id.copy());
        to.getObjectDatabase().setShallowCommits(shallow);
    }

    private static void insertBelow(ObjectReader reader, ObjectInserter inserter, ObjectId tree)
            throws IOException {
        Set<ObjectId> done = new HashSet<>();
        try (TreeWalk walk = new TreeWalk(reader)) {
            walk.addTree(tree);
            while (walk.next()) {
                ObjectId id = walk.getObjectId(0);
                if (FileMode.GITLINK.equals(walk.getFileMode()) || !done.add(id)) {
                    continue;
                }
                insert(reader, inserter, id);
                if (walk.isSubtree()) {
                    walk.enterSubtree();
                }
            }
        }
    }

    private static void insert(ObjectReader reader, ObjectInserter inserter, ObjectId id)
            throws IOException {
        ObjectLoader loader = reader.open(id);
        try (InputStream content = loader.openStream()) {
            ObjectId copy = inserter.insert(loader.getType(), loader.getSize(), content);
            if (!copy.equals(id)) {
                throw new IOException(
                        "%s %s has other content"
                                .formatted(Constants.typeString(loader.getType()), id.name()));
            }
        }
    }
}
