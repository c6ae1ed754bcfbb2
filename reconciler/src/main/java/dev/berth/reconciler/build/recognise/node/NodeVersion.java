package dev.berth.reconciler.build.recognise.node;

import dev.berth.reconciler.build.catalog.Catalog;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.Unplannable;
import dev.berth.reconciler.build.recognise.Versions;
import dev.berth.reconciler.build.version.Accepted;
import dev.berth.reconciler.build.version.Accepted.Dialect;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The Node.js that a package wants: its own word, then the files of version managers. */
final class NodeVersion {
    private static final String LANGUAGE = "node";

    private NodeVersion() {}

    static Catalog.Images images(Project project, PackageJson json, PackageJson top)
            throws Unplannable {
        return Versions.images(
                project,
                LANGUAGE,
                Versions.first(
                        engine(json),
                        codeName(Versions.inFile(project, ".nvmrc")),
                        Versions.inFile(project, ".node-version"),
                        Versions.inToolVersions(project, "nodejs"),
                        engine(top)));
    }

    private static @Nullable Accepted engine(PackageJson json) {
        String engine = json.engine();
        return engine == null
                ? null
                : new Accepted(engine, Dialect.NPM, json.where() + " engines.node");
    }

    /** Releases with long support have names, too. */
    private static @Nullable Accepted codeName(@Nullable Accepted accepted) {
        if (accepted == null) {
            return null;
        }
        String line =
                switch (accepted.text().toLowerCase(Locale.ROOT)) {
                    case "lts/hydrogen" -> "18";
                    case "lts/iron" -> "20";
                    case "lts/jod" -> "22";
                    case "lts/krypton" -> "24";
                    default -> accepted.text();
                };
        return new Accepted(line, accepted.dialect(), accepted.where());
    }
}
