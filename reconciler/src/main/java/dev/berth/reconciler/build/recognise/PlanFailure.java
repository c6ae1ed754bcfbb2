package dev.berth.reconciler.build.recognise;

import java.util.List;

/**
 * Why nothing can be built, known before anything is. Each says what is wrong, where, what to add.
 */
public sealed interface PlanFailure {
    /** A file or directory, relative to the root of the repo. */
    String where();

    /** What is wrong; no full stop at its end. */
    String what();

    /** What to add or change; no full stop at its end. */
    String remedy();

    /** All of it in one line. */
    default String message() {
        return "%s: %s; %s".formatted(where(), what(), remedy());
    }

    /** Nothing here is known. */
    record NothingRecognised(String where, List<String> files) implements PlanFailure {
        public NothingRecognised {
            files = List.copyOf(files);
        }

        @Override
        public String what() {
            return files.isEmpty()
                    ? "there is no file here"
                    : "nothing here says how to build it (there is %s)"
                            .formatted(String.join(", ", files));
        }

        @Override
        public String remedy() {
            return "add a Dockerfile, or set source.path to the directory of the program";
        }
    }

    /** The directory is not in the commit. */
    record PathNotFound(String where) implements PlanFailure {
        @Override
        public String what() {
            return "there is no such directory in this commit";
        }

        @Override
        public String remedy() {
            return "correct source.path";
        }
    }

    /** The Dockerfile that the author names is not there. */
    record DockerfileNotFound(String where) implements PlanFailure {
        @Override
        public String what() {
            return "there is no such file in this commit";
        }

        @Override
        public String remedy() {
            return "correct build.dockerfile, or leave build out to have the code recognised";
        }
    }

    /** Two things that are equally likely. */
    record EqualCandidates(String where, List<String> candidates) implements PlanFailure {
        public EqualCandidates {
            candidates = List.copyOf(candidates);
        }

        @Override
        public String what() {
            return "this may be %s, and nothing says which"
                    .formatted(String.join(" or ", candidates));
        }

        @Override
        public String remedy() {
            return "set source.path to the directory of one of them, or add a Dockerfile";
        }
    }

    /** Several programs, of which one should be started. */
    record SeveralPrograms(String where, String kind, List<String> programs, String remedy)
            implements PlanFailure {
        public SeveralPrograms {
            programs = List.copyOf(programs);
        }

        @Override
        public String what() {
            return "there are several %s: %s".formatted(kind, String.join(", ", programs));
        }
    }

    /** A manifest that can't be read. */
    record BrokenManifest(String where, String what) implements PlanFailure {
        @Override
        public String remedy() {
            return "correct the file";
        }
    }

    /** Dependencies without the file that fixes their versions. */
    record LockFileMissing(String where, String manager, String expected, String command)
            implements PlanFailure {
        @Override
        public String what() {
            return "%s installs its dependencies, but %s is missing".formatted(manager, expected);
        }

        @Override
        public String remedy() {
            return "run '%s' and commit %s".formatted(command, expected);
        }
    }

    /**
     * The file that fixes versions is there, but no builder gets it.
     *
     * @param ignoring the ignore files that may be why, for people
     */
    record LockFileLeftOut(String where, String manager, String lockFile, String ignoring)
            implements PlanFailure {
        @Override
        public String what() {
            return "%s installs its dependencies, but %s leaves %s out"
                    .formatted(manager, ignoring, lockFile);
        }

        @Override
        public String remedy() {
            return "let it in again, by a last line with '!' before its path";
        }
    }

    /** Lock files of two package managers. */
    record SeveralLockFiles(String where, List<String> files, String remedy)
            implements PlanFailure {
        public SeveralLockFiles {
            files = List.copyOf(files);
        }

        @Override
        public String what() {
            return "there are lock files of several package managers: " + String.join(", ", files);
        }
    }

    /** The framework is built by a script that is not there. */
    record MissingScript(String where, String script, String recipe, String example)
            implements PlanFailure {
        @Override
        public String what() {
            return "%s needs a script '%s', and there is none".formatted(recipe, script);
        }

        @Override
        public String remedy() {
            return "add \"%s\": \"%s\" to scripts".formatted(script, example);
        }
    }

    /** Nothing says how the program is started. */
    record NoStartCommand(String where, String looked, String remedy) implements PlanFailure {
        @Override
        public String what() {
            return "nothing says how it is started (looked for %s)".formatted(looked);
        }
    }

    /** A version for which there is no image. */
    record UnsupportedVersion(String where, String language, String wanted, List<String> supported)
            implements PlanFailure {
        public UnsupportedVersion {
            supported = List.copyOf(supported);
        }

        @Override
        public String what() {
            return "it asks for %s %s, and there is an image only for %s"
                    .formatted(language, wanted, String.join(", ", supported));
        }

        @Override
        public String remedy() {
            return "ask for one of these, add a line to the image catalog, or add a Dockerfile";
        }
    }

    /** The directory lies in a workspace that does not count it as a member. */
    record MemberNotFound(String where, String workspace, List<String> patterns)
            implements PlanFailure {
        public MemberNotFound {
            patterns = List.copyOf(patterns);
        }

        @Override
        public String what() {
            return "it has no lock file, and is no member of the workspace in %s (%s)"
                    .formatted(workspace, String.join(", ", patterns));
        }

        @Override
        public String remedy() {
            return "add it to the workspaces there, or give it a lock file of its own";
        }
    }

    /** Files would be served as text that a server should run. */
    record SourceWouldBePublished(String where, String example) implements PlanFailure {
        @Override
        public String what() {
            return "index.html is here, but so is server code that would be published with it: "
                    + example;
        }

        @Override
        public String remedy() {
            return "add composer.json or index.php for a PHP server, or move the site to a directory"
                    + " of its own and set source.path";
        }
    }

    /** Something the plan rests on is set to what can't be served. */
    record UnfitSettings(String where, String what, String remedy) implements PlanFailure {}
}
