package dev.berth.reconciler.build.files;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which files are worth reading. Decided by names alone: manifests, settings of frameworks, version
 * files, and the few source files that name what a server starts. Of lock files only Cargo's is
 * read, which tells what a program is linked with.
 */
public final class Interest {
    private static final Set<String> NAMES =
            Set.of(
                    "package.json",
                    "pnpm-workspace.yaml",
                    "angular.json",
                    "deno.json",
                    "deno.jsonc",
                    ".nvmrc",
                    ".node-version",
                    ".python-version",
                    ".ruby-version",
                    ".java-version",
                    ".tool-versions",
                    "runtime.txt",
                    "system.properties",
                    "requirements.txt",
                    "pyproject.toml",
                    "Pipfile",
                    "manage.py",
                    "main.py",
                    "app.py",
                    "server.py",
                    "wsgi.py",
                    "asgi.py",
                    "run.py",
                    "application.py",
                    "settings.py",
                    "base.py",
                    "common.py",
                    "production.py",
                    "prod.py",
                    "__init__.py",
                    "go.mod",
                    "go.work",
                    "Cargo.toml",
                    "Cargo.lock",
                    "pom.xml",
                    "build.gradle",
                    "build.gradle.kts",
                    "settings.gradle",
                    "libs.versions.toml",
                    "settings.gradle.kts",
                    "Gemfile",
                    "composer.json",
                    "mix.exs",
                    "main.ts",
                    "mod.ts",
                    "server.ts",
                    "Procfile");

    private static final Set<String> SETTINGS =
            Set.of(
                    "next.config",
                    "astro.config",
                    "vite.config",
                    "svelte.config",
                    "react-router.config",
                    "rsbuild.config",
                    "vue.config");

    /** Where source files are looked at, besides the directory itself. */
    private static final Set<String> SOURCE_DIRECTORIES = Set.of("src", "app", "api", "server");

    /** Directories below that are looked into. */
    private static final int SUBDIRECTORIES = 40;

    /** Of those that may hold {@code package main}. */
    private static final int GO_FILES = 20;

    private static final int GO_COMMANDS = 60;

    /** Packages of a workspace that one of them may be made of. */
    private static final int MEMBERS = 100;

    private Interest() {}

    /** Whether a file of that name says how something is built or started. */
    static boolean isIn(String name) {
        if (NAMES.contains(name) || name.endsWith(".csproj") || name.endsWith(".fsproj")) {
            return true;
        }
        int dot = name.lastIndexOf('.');
        return dot > 0 && SETTINGS.contains(name.substring(0, dot));
    }

    /**
     * What to read for a program in a directory: what is there, above it, and right below it. Below
     * are the members of a workspace ({@code packages/web}) and packages of source code.
     *
     * @return paths in the order of their worth
     */
    public static Set<String> in(FileTree tree, String directory) {
        Set<String> wanted = new LinkedHashSet<>();
        for (String up = directory; ; up = FileTree.parent(up)) {
            addFiles(tree, up, wanted);
            addFiles(tree, FileTree.join(up, "gradle"), wanted);
            if (up.equals(".")) {
                break;
            }
        }
        wanted.addAll(
                tree.filesIn(directory).stream()
                        .filter(Interest::isGo)
                        .limit(GO_FILES)
                        .map(name -> FileTree.join(directory, name))
                        .toList());
        wanted.addAll(
                tree.below(FileTree.join(directory, "cmd"), Interest::isGo).stream()
                        .limit(GO_COMMANDS)
                        .toList());
        wanted.addAll(members(tree, directory));
        for (String name : new TreeSet<>(SOURCE_DIRECTORIES)) {
            addFiles(tree, FileTree.join(directory, name), wanted);
        }
        SortedSet<String> near = new TreeSet<>();
        Set<String> seen = new HashSet<>();
        for (String path : tree.below(directory, Interest::isIn)) {
            String holder = FileTree.parent(path);
            if (depth(directory, holder) <= 3 && seen.size() < SUBDIRECTORIES) {
                seen.add(holder);
            }
            if (seen.contains(holder)) {
                near.add(path);
            }
        }
        wanted.addAll(near);
        return wanted;
    }

    private static boolean isGo(String name) {
        return name.endsWith(".go") && !name.endsWith("_test.go");
    }

    /** The workspace may lie anywhere above; the nearest that could be one comes first. */
    private static Set<String> members(FileTree tree, String directory) {
        Set<String> members = new LinkedHashSet<>();
        for (String up = directory; !up.equals("."); ) {
            up = FileTree.parent(up);
            if (tree.has(FileTree.join(up, "package.json"))) {
                String root = up;
                tree.below(root, "package.json"::equals).stream()
                        .filter(path -> depth(root, FileTree.parent(path)) <= 3)
                        .limit(MEMBERS)
                        .forEach(members::add);
            }
        }
        return members;
    }

    private static void addFiles(FileTree tree, String directory, Set<String> wanted) {
        for (String name : tree.filesIn(directory)) {
            if (isIn(name)) {
                wanted.add(FileTree.join(directory, name));
            }
        }
    }

    private static long depth(String from, String to) {
        if (from.equals(to)) {
            return 0;
        }
        String rest = from.equals(".") ? to : to.substring(from.length() + 1);
        return rest.chars().filter(c -> c == '/').count() + 1;
    }
}
