package dev.berth.reconciler.build.recognise.node;

import dev.berth.reconciler.build.files.FileTree;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.Unplannable;
import dev.berth.reconciler.glob.PathPattern;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Several packages under one lock file.
 *
 * @param root the project at its root
 * @param patterns of directories, relative to the root; {@code !} excludes
 * @param file path in the repo of what declares it
 * @param members directories relative to the root, sorted
 */
record Workspace(
        Project root,
        PackageJson json,
        List<String> patterns,
        String file,
        SortedSet<String> members) {
    private static final String PNPM = "pnpm-workspace.yaml";
    private static final String PACKAGES = "packages:";
    private static final Pattern NAME = Pattern.compile("[\\w@./+-]+");
    private static final Pattern ITEM = Pattern.compile("[^\\s,\\[\\]\"'#-][^,\"'#\\s]*");

    Workspace {
        patterns = List.copyOf(patterns);
        members = Collections.unmodifiableSortedSet(new TreeSet<>(members));
    }

    /** The workspace that a directory is the root of; {@code null} when it is of none. */
    static @Nullable Workspace at(Project project) {
        if (!project.has(PackageJson.FILE)) {
            return null;
        }
        try {
            PackageJson json = PackageJson.of(project);
            boolean pnpm = project.has(PNPM);
            List<String> patterns =
                    pnpm ? pnpmPatterns(project.textOrEmpty(PNPM)) : json.workspaces();
            return patterns.isEmpty()
                    ? null
                    : new Workspace(
                            project,
                            json,
                            patterns,
                            pnpm ? project.inRepo(PNPM) : json.where(),
                            members(project, patterns));
        } catch (Unplannable _) {
            // a file above that can't be read makes no workspace
            return null;
        }
    }

    /** The nearest one above a directory; {@code null} when there is none. */
    static @Nullable Workspace above(Project project) {
        String directory = project.path();
        while (!directory.equals(".")) {
            directory = FileTree.parent(directory);
            Workspace found = at(project.at(directory));
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** Whether a directory of the repo is a member. */
    boolean has(String directory) {
        return members.contains(fromRoot(directory));
    }

    /** A directory of the repo, relative to the root of the workspace. */
    String fromRoot(String path) {
        return FileTree.relative(root.path(), path);
    }

    /** The project of a member. */
    Project member(String directory) {
        return root.at(root.inRepo(directory));
    }

    /**
     * Members that a member is made of and that have to be built before it, itself last.
     *
     * @return their manifests; members whose manifest was not read are left out
     */
    List<PackageJson> buildOrder(PackageJson member) {
        Set<PackageJson> order = new LinkedHashSet<>();
        visit(member, manifests(), new LinkedHashSet<>(), order);
        return List.copyOf(order);
    }

    /** Those of its members, without any that was not read. */
    List<PackageJson> manifests() {
        List<PackageJson> all = new ArrayList<>();
        for (String directory : members) {
            try {
                all.add(PackageJson.of(member(directory)));
            } catch (Unplannable _) {
                // its own trouble, if anything needs it the build will say
            }
        }
        return all;
    }

    private static void visit(
            PackageJson one,
            List<PackageJson> all,
            Set<PackageJson> entered,
            Set<PackageJson> order) {
        if (!entered.add(one)) {
            return;
        }
        for (PackageJson other : all) {
            String name = other.name();
            if (name != null && one.uses(name)) {
                visit(other, all, entered, order);
            }
        }
        order.add(one);
    }

    private static SortedSet<String> members(Project root, List<String> patterns) {
        List<Rule> rules = patterns.stream().map(Rule::of).toList();
        SortedSet<String> members = new TreeSet<>();
        for (String found : root.below(PackageJson.FILE::equals)) {
            String directory = FileTree.parent(found);
            // a name that is none for people would be none for a Dockerfile either
            if (!directory.equals(".")
                    && isIn(directory, rules)
                    && NAME.matcher(directory).matches()) {
                members.add(directory);
            }
        }
        return members;
    }

    private static boolean isIn(String directory, List<Rule> rules) {
        boolean in = false;
        for (Rule rule : rules) {
            if (in == rule.excludes() && rule.fits(directory)) {
                in = !in;
            }
        }
        return in;
    }

    /** One of the patterns; the last that fits counts. It is one for manifests of members. */
    private record Rule(boolean excludes, PathPattern manifests) {
        static Rule of(String pattern) {
            boolean excludes = pattern.startsWith("!");
            String plain =
                    (excludes ? pattern.substring(1) : pattern)
                            .replaceFirst("^\\./", "")
                            .replaceFirst("/++$", "")
                            .replaceAll("[\\[\\\\?]", "\\\\$0");
            return new Rule(excludes, PathPattern.of(FileTree.join(plain, PackageJson.FILE)));
        }

        boolean fits(String directory) {
            return manifests.matches(FileTree.join(directory, PackageJson.FILE));
        }
    }

    /** The list named packages; YAML has more ways to write one, people do not. */
    private static List<String> pnpmPatterns(String yaml) {
        List<String> patterns = new ArrayList<>();
        boolean within = false;
        for (String line : yaml.lines().toList()) {
            String plain = line.strip();
            if (line.startsWith(PACKAGES)) {
                within = true;
                for (String item : plain.substring(PACKAGES.length()).split(",", -1)) {
                    addItem(item.replaceFirst("]\\s*(?:#.*)?$", ""), patterns);
                }
            } else if (plain.startsWith("-") && within) {
                addItem(plain.substring(1), patterns);
            } else if (!plain.isEmpty() && !plain.startsWith("#")) {
                within = false;
            }
        }
        return patterns;
    }

    private static void addItem(String text, List<String> patterns) {
        Matcher item = ITEM.matcher(text.replaceFirst("\\s#.*", ""));
        if (item.find()) {
            patterns.add(item.group());
        }
    }
}
