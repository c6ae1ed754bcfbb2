package dev.berth.reconciler.foresight;

import dev.berth.reconciler.desired.Problem;
import dev.berth.schemas.config.ResourceId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What would change if a commit were followed. Nothing in it tells a secret. */
public sealed interface Forecast {
    /** The commit as it was asked for. */
    String name();

    /** How it turned out, in one line without full stop: for the status of a commit. */
    String headline();

    /** What may be claimed of the commit. */
    Verdict verdict();

    /** As {@code berth plan} prints it; ends with a line end. */
    String text();

    /** What may be claimed of a commit. */
    enum Verdict {
        /** It is as it should be, as far as it was looked at. */
        GOOD,
        /** Somebody has to change something in it. */
        BAD,
        /** Nothing can be said. */
        UNKNOWN
    }

    /**
     * What was looked at.
     *
     * @param name as it was asked for
     * @param commit that stands there, 40 hex digits
     * @param branch that is followed, short
     * @param followed the commit it was held against, 40 hex digits
     * @param notes how it was looked at, a line each; may be empty
     */
    record Subject(String name, String commit, String branch, String followed, List<String> notes) {
        public Subject {
            notes = List.copyOf(notes);
        }

        private String text() {
            StringBuilder text = new StringBuilder("%s is commit %.12s\n".formatted(name, commit));
            notes.forEach(note -> text.append(note).append('\n'));
            return text.toString();
        }
    }

    /**
     * Mistakes in the config.
     *
     * @param own those that it brings
     * @param older those that the followed commit has as well
     */
    record Mistakes(List<Problem> own, List<Problem> older) {
        public Mistakes {
            own = List.copyOf(own);
            older = List.copyOf(older);
        }

        /** Those of a commit, held against those of the followed one. */
        static Mistakes of(List<Problem> all, List<Problem> followed) {
            List<Object> known = followed.stream().map(Mistakes::key).toList();
            List<Problem> own = new ArrayList<>();
            List<Problem> older = new ArrayList<>();
            for (Problem problem : all) {
                (known.contains(key(problem)) ? older : own).add(problem);
            }
            return new Mistakes(own, older);
        }

        /** Lines move when something is put in before them. */
        private static Object key(Problem problem) {
            return List.of(
                    problem.location().file(), problem.path(), problem.code(), problem.message());
        }

        /** All, sorted by place. */
        public List<Problem> all() {
            return Stream.concat(own.stream(), older.stream()).sorted().toList();
        }

        private Verdict verdict() {
            return own.isEmpty() ? Verdict.GOOD : Verdict.BAD;
        }

        private String text() {
            StringBuilder text = new StringBuilder();
            all().forEach(problem -> text.append(problem).append('\n'));
            return text.toString();
        }

        /** Empty when there are none, else with what parts it from the rest. */
        private String count(String then) {
            return own.isEmpty() ? "" : counted(own.size(), "problem") + then;
        }
    }

    /**
     * It was planned.
     *
     * @param revision as the plan has it
     * @param plan the plan as text, of what it would change and nothing else
     * @param prospects what it would change, removals last
     * @param orphans volumes that nobody would declare any more, as the plan prints them
     * @param unchanged how many resources are as it wants them
     * @param anyway resources that change with or without it, in the same way
     */
    record Planned(
            Subject subject,
            Mistakes problems,
            String revision,
            String plan,
            List<Prospect> prospects,
            List<String> orphans,
            int unchanged,
            List<ResourceId> anyway)
            implements Forecast {
        public Planned {
            prospects = List.copyOf(prospects);
            orphans = List.copyOf(orphans);
            anyway = List.copyOf(anyway);
        }

        @Override
        public String name() {
            return subject.name();
        }

        @Override
        public String headline() {
            return problems.count(", ") + counts();
        }

        @Override
        public Verdict verdict() {
            return problems.verdict();
        }

        /** {@code 3 to create, 1 to delete}. */
        String counts() {
            List<String> parts = new ArrayList<>();
            for (Effect effect : Effect.values()) {
                long count = of(effect).size();
                if (count > 0) {
                    parts.add(count + " " + words(effect, count));
                }
            }
            return parts.isEmpty() ? "nothing to change" : String.join(", ", parts);
        }

        private static String words(Effect effect, long count) {
            return switch (effect) {
                case CREATE -> "to create";
                case REPLACE -> "to replace";
                case UPDATE -> "to update";
                case DELETE -> "to delete";
                case BLOCKED -> count == 1 ? "is not done" : "are not done";
            };
        }

        /** Those of one kind. */
        List<Prospect> of(Effect effect) {
            return prospects.stream().filter(p -> p.effect() == effect).toList();
        }

        @Override
        public String text() {
            return subject.text() + problems.text() + plan + others(anyway);
        }

        private static String others(List<ResourceId> anyway) {
            return anyway.isEmpty()
                    ? ""
                    : "\nunder way with or without it: %s\n"
                            .formatted(
                                    String.join(
                                            ", ",
                                            anyway.stream().map(ResourceId::toString).toList()));
        }
    }

    /**
     * Its documents were checked and nothing was planned, because it comes from somebody who may
     * not push.
     *
     * @param locked files that are encrypted and so were not looked into
     */
    record Checked(Subject subject, Mistakes problems, List<String> locked) implements Forecast {
        public Checked {
            locked = List.copyOf(locked);
        }

        @Override
        public String name() {
            return subject.name();
        }

        @Override
        public String headline() {
            return (problems.own().isEmpty() ? "no problems" : problems.count(""))
                    + "; not planned, because it comes from a fork";
        }

        @Override
        public Verdict verdict() {
            return problems.verdict();
        }

        @Override
        public String text() {
            return subject.text() + problems.text() + headline() + '\n';
        }
    }

    /**
     * It was read, and no plan can be made.
     *
     * @param cause why, for people
     */
    record Unclear(Subject subject, Mistakes problems, String cause) implements Forecast {
        @Override
        public String name() {
            return subject.name();
        }

        @Override
        public String headline() {
            return problems.count(", ") + "nothing can be planned";
        }

        @Override
        public Verdict verdict() {
            return problems.own().isEmpty() ? Verdict.UNKNOWN : Verdict.BAD;
        }

        @Override
        public String text() {
            return subject.text() + problems.text() + "Plan: nothing is changed: " + cause + '\n';
        }
    }

    /**
     * It could not be read.
     *
     * @param cause why, for people
     */
    record Unread(String name, String cause) implements Forecast {
        @Override
        public String headline() {
            return "it can't be read";
        }

        @Override
        public Verdict verdict() {
            return Verdict.UNKNOWN;
        }

        @Override
        public String text() {
            return cause + '\n';
        }
    }

    private static String counted(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
