package dev.berth.reconciler.build.catalog;

import dev.berth.reconciler.ReconcileException;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Where the catalog comes from. Thread-safe. */
@FunctionalInterface
public interface Catalogs {
    /**
     * The catalog that counts now.
     *
     * @throws ReconcileException.Stalled if what a person made of it can't be understood
     * @throws ReconcileException.Transient if it can't be read
     */
    Catalog current() throws ReconcileException;

    /** What counts now, or why that can't be told, for as long as somebody looks. */
    default Catalogs once() {
        try {
            Catalog now = current();
            return () -> now;
        } catch (ReconcileException e) {
            return () -> {
                throw e;
            };
        }
    }

    /** What Berth brings, and nothing else. */
    static Catalogs defaults() {
        Catalog defaults = CatalogFile.defaults();
        return () -> defaults;
    }

    /** What Berth brings, with {@code builds/images.json} of its state directory over it. */
    static Catalogs in(Path home) {
        return withFile(home.resolve("builds").resolve("images.json"));
    }

    /**
     * What Berth brings, with a file over it that is read anew each time.
     *
     * @param file as {@link CatalogFile} has it; may be missing
     */
    static Catalogs withFile(Path file) {
        Catalog defaults = CatalogFile.defaults();
        return () -> {
            try {
                return defaults.with(CatalogFile.parse(Files.readString(file)));
            } catch (NoSuchFileException _) {
                return defaults;
            } catch (IllegalArgumentException e) {
                throw new ReconcileException.Stalled(
                        ReasonCode.SourceUnavailable, "%s: %s".formatted(file, e.getMessage()), e);
            } catch (IOException e) {
                throw new ReconcileException.Transient(
                        ReasonCode.SourceUnavailable, "can't read %s: %s".formatted(file, e), e);
            }
        };
    }
}
