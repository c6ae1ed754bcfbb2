package dev.berth.reconciler.source;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the stores of one repo lie: {@code store-1.git}, {@code store-2.git}, ... A new one is
 * filled beside the old one and counts once it is complete, so a crash at any moment leaves one
 * that can be used.
 *
 * @param path holds nothing else; need not exist
 */
record StoreDirectory(Path path) {
    /**
     * The newest complete store; if all are damaged the newest of those, marked as suspect; else an
     * empty new one. Removes what is older or was never finished.
     */
    BareStore openNewest() throws StoreFault {
        List<Path> present = present();
        BareStore found = firstUsable(present);
        if (found == null) {
            return createNext();
        }
        for (Path other : present) {
            if (!other.equals(found.directory())) {
                delete(other);
            }
        }
        return found;
    }

    private @Nullable BareStore firstUsable(List<Path> directories) {
        BareStore damaged = null;
        for (Path directory : directories) {
            BareStore store = tryOpen(directory);
            if (store == null) {
                continue;
            }
            try {
                if (store.last() != null) {
                    return store;
                }
                store.close();
                delete(directory);
            } catch (StoreFault e) {
                warn(e);
                store.suspect();
                damaged = damaged == null ? store : damaged;
            }
        }
        return damaged;
    }

    private static @Nullable BareStore tryOpen(Path directory) {
        try {
            return BareStore.open(directory);
        } catch (StoreFault e) {
            warn(e);
            return null;
        }
    }

    private static void warn(StoreFault e) {
        System.getLogger(StoreDirectory.class.getName())
                .log(System.Logger.Level.WARNING, e.getMessage());
    }

    /** An empty store that is newer than all others. */
    BareStore createNext() throws StoreFault {
        List<Path> present = present();
        int next = present.isEmpty() ? 1 : number(present.getFirst()) + 1;
        return BareStore.create(path.resolve("store-%d.git".formatted(next)));
    }

    /** Newest first. */
    private List<Path> present() throws StoreFault {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(path)) {
            return children.filter(child -> number(child) > 0)
                    .sorted(Comparator.comparingInt(StoreDirectory::number).reversed())
                    .toList();
        } catch (IOException e) {
            throw new StoreFault("%s can't be read".formatted(path), e);
        }
    }

    private static int number(Path directory) {
        String name = String.valueOf(directory.getFileName());
        return name.matches("store-[1-9][0-9]{0,8}\\.git")
                ? Integer.parseInt(name.substring("store-".length(), name.length() - 4))
                : 0;
    }

    /**
     * Removes what can be removed; left-overs are tried again after the next restart. What goes by
     * itself meanwhile is no failure.
     */
    static void delete(Path directory) {
        try {
            Files.walkFileTree(directory, new Deletion());
        } catch (IOException e) {
            System.getLogger(StoreDirectory.class.getName())
                    .log(System.Logger.Level.WARNING, "can't remove " + directory, e);
        }
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException failure)
                throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.deleteIfExists(dir);
            return FileVisitResult.CONTINUE;
        }
    }
}
