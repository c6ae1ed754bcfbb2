package dev.berth.reconciler.build.recognise;

import dev.berth.reconciler.build.catalog.Catalog;
import dev.berth.reconciler.build.files.FileTree;
import dev.berth.reconciler.build.version.Accepted;
import dev.berth.reconciler.build.version.Accepted.Dialect;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which version of a language a project asks for, and the images of it. */
public final class Versions {
    private static final String TOOL_VERSIONS = ".tool-versions";
    private static final int SHOWN = 40;

    private Versions() {}

    /**
     * The images of what is accepted, or of the preferred version.
     *
     * @param language its name in the catalog
     * @throws Unplannable if there is no image for it
     */
    public static Catalog.Images images(
            Project project, String language, @Nullable Accepted accepted) throws Unplannable {
        if (accepted == null) {
            return project.catalog().preferred(language);
        }
        Catalog.Images images = project.catalog().accepted(language, accepted);
        if (images == null) {
            throw new Unplannable(
                    new PlanFailure.UnsupportedVersion(
                            accepted.where(),
                            title(language),
                            shortened(accepted.text()),
                            project.catalog().lines(language)));
        }
        return images;
    }

    /** What a file of one line says, such as {@code .nvmrc}; from here or from above. */
    public static @Nullable Accepted inFile(Project project, String name) {
        String directory = project.path();
        while (true) {
            Project there = project.at(directory);
            String line = firstLine(there.text(name));
            if (line != null) {
                return new Accepted(line, Dialect.NPM, there.inRepo(name));
            }
            if (directory.equals(".")) {
                return null;
            }
            directory = FileTree.parent(directory);
        }
    }

    /** What {@code .tool-versions} says of a tool. */
    public static @Nullable Accepted inToolVersions(Project project, String tool) {
        return matching(
                project,
                TOOL_VERSIONS,
                "(?m)^" + Pattern.quote(tool) + "\\s+(\\d\\S*)",
                Dialect.NPM);
    }

    /** What the first group of a pattern finds in a file. */
    public static @Nullable Accepted matching(
            Project project, String name, String pattern, Dialect dialect) {
        Matcher found = Pattern.compile(pattern).matcher(project.textOrEmpty(name));
        return found.find() ? new Accepted(found.group(1), dialect, project.inRepo(name)) : null;
    }

    /** The first of several that is there. */
    public static @Nullable Accepted first(@Nullable Accepted... some) {
        for (Accepted each : some) {
            if (each != null) {
                return each;
            }
        }
        return null;
    }

    private static String title(String language) {
        return switch (language) {
            case "node" -> "Node.js";
            case "java", "maven", "gradle" -> "Java";
            case "dotnet" -> ".NET";
            case "php" -> "PHP";
            default -> language.substring(0, 1).toUpperCase(Locale.ROOT) + language.substring(1);
        };
    }

    private static String shortened(String text) {
        String plain = text.strip().replaceAll("\\p{Cntrl}+", " ");
        return plain.length() <= SHOWN ? plain : plain.substring(0, SHOWN) + "…";
    }

    private static @Nullable String firstLine(@Nullable String text) {
        if (text == null) {
            return null;
        }
        return text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .findFirst()
                .orElse(null);
    }
}
