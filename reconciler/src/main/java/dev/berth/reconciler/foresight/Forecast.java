package dev.berth.reconciler.foresight;

import dev.berth.reconciler.desired.Location;
import dev.berth.reconciler.desired.Problem;
import dev.berth.schemas.config.ResourceId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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

    /** The same with its words cleaned of what may not be shown. */
    Forecast cleaned(UnaryOperator<String> cleaner);

    /** What may be claimed of a commit. */
    enum Verdict {
        /** It is as it should be, as far as it was looked at. */
        GOOD,
        /** Somebody has to change something in it. */
        BAD,
        /** Nothing can be said. */
        UNKNOWN
    }

    /** How much of a commit the followed branch has. */
    enum Had {
        /** Not all that it brings. */
        NOT,
        /** The same files, by other commits, as after a merge that made one of many. */
        FILES,
        /** The commit. */
        COMMIT
    }

    /**
     * What was looked at.
     *
     * @param name as it was asked for
     * @param commit that stands there, 40 hex digits
     * @param branch that is followed, short
     * @param followed the commit it was held against, 40 hex digits
     * @param alone why it can't be merged into the followed one, so that it was looked at as it is;
     *     {@code null} when it can
     * @param had what the followed branch has of it
     * @param notes how it was looked at, a line each; may be empty
     */
    record Subject(
            String name,
            String commit,
            String branch,
            String followed,
            @Nullable String alone,
            Had had,
            List<String> notes) {
        private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9./-]{0,99}");

        public Subject {
            notes = List.copyOf(notes);
        }

        /** What comes before all else that is said in one line; mostly nothing. */
        private String obstacle() {
            return alone == null
                    ? ""
                    : "can't be merged into %s; as it is: "
                            .formatted(
                                    PLAIN.matcher(branch).matches()
                                            ? branch
                                            : "the followed branch");
        }

        private Verdict verdict(Verdict otherwise) {
            return alone == null ? otherwise : Verdict.BAD;
        }

        private Subject cleaned(UnaryOperator<String> cleaner) {
            return new Subject(
                    name,
                    commit,
                    branch,
                    followed,
                    alone == null ? null : cleaner.apply(alone),
                    had,
                    notes.stream().map(cleaner).toList());
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
     * @param elsewhere lines of the commit as it is, by places of own ones that were looked at
     *     merged; 0 = can't be told, less = it has no such file; the same line for any other
     */
    record Mistakes(List<Problem> own, List<Problem> older, Map<Location, Integer> elsewhere) {
        public Mistakes {
            own = List.copyOf(own);
            older = List.copyOf(older);
            elsewhere = Map.copyOf(elsewhere);
        }

        Mistakes(List<Problem> own, List<Problem> older) {
            this(own, older, Map.of());
        }

        /**
         * Those of a commit, held against those of the followed one. One that is there twice and
         * was there once is new.
         */
        static Mistakes of(
                List<Problem> all,
                DocumentNames names,
                List<Problem> followed,
                DocumentNames followedNames) {
            Map<Object, Integer> known = new HashMap<>();
            followed.forEach(problem -> known.merge(key(problem, followedNames), 1, Integer::sum));
            List<Problem> own = new ArrayList<>();
            List<Problem> older = new ArrayList<>();
            for (Problem problem : all) {
                Integer left = known.computeIfPresent(key(problem, names), (_, n) -> n - 1);
                (left != null && left >= 0 ? older : own).add(problem);
            }
            return new Mistakes(own, older);
        }

        /** Lines move when something is put in before them. */
        private static Object key(Problem problem, DocumentNames names) {
            return List.of(
                    problem.location().file(),
                    names.of(problem.location()),
                    problem.path(),
                    problem.code(),
                    problem.message());
        }

        /**
         * The line of a problem in the commit as it is.
         *
         * @return from 1; 0 = can't be told; {@code null} = it has no such file
         */
        public @Nullable Integer line(Problem problem) {
            int line =
                    elsewhere.getOrDefault(
                            problem.location(), Math.max(1, problem.location().line()));
            return line < 0 ? null : line;
        }

        private Mistakes cleaned(UnaryOperator<String> cleaner) {
            return new Mistakes(
                    own.stream().map(problem -> problem.cleaned(cleaner)).toList(),
                    older.stream().map(problem -> problem.cleaned(cleaner)).toList(),
                    elsewhere);
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
     * @param waiting what is right and can't be planned for now, and why
     */
    record Planned(
            Subject subject,
            Mistakes problems,
            String revision,
            String plan,
            List<Prospect> prospects,
            List<String> orphans,
            int unchanged,
            List<ResourceId> anyway,
            SortedMap<ResourceId, String> waiting)
            implements Forecast {
        public Planned {
            waiting = Collections.unmodifiableSortedMap(new TreeMap<>(waiting));
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
            return subject.obstacle() + problems.count(", ") + counts();
        }

        @Override
        public Verdict verdict() {
            return subject.verdict(
                    problems.own().isEmpty() && !waiting.isEmpty()
                            ? Verdict.UNKNOWN
                            : problems.verdict());
        }

        /** {@code 3 to create, 1 to delete}. */
        private String counts() {
            List<String> parts = new ArrayList<>();
            if (!waiting.isEmpty()) {
                parts.add(waiting.size() + " can't be planned yet");
            }
            for (Effect effect : Effect.values()) {
                long count =
                        of(effect).stream()
                                .filter(each -> effect != Effect.BLOCKED || !each.waits())
                                .count();
                if (count > 0) {
                    parts.add(count + " " + words(effect, count));
                }
            }
            long waits = prospects.stream().filter(Prospect::waits).count();
            if (waits > 0) {
                parts.add(waits + (waits == 1 ? " waits" : " wait") + " for a person");
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

        @Override
        public Forecast cleaned(UnaryOperator<String> cleaner) {
            SortedMap<ResourceId, String> clean = new TreeMap<>(waiting);
            clean.replaceAll((_, why) -> cleaner.apply(why));
            return new Planned(
                    subject.cleaned(cleaner),
                    problems.cleaned(cleaner),
                    revision,
                    cleaner.apply(plan),
                    prospects.stream().map(each -> each.cleaned(cleaner)).toList(),
                    orphans.stream().map(cleaner).toList(),
                    unchanged,
                    anyway,
                    clean);
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
     * Its documents were checked and nothing was planned, because it may come from somebody who may
     * not push.
     *
     * @param why nothing was planned, a clause
     * @param locked files that are encrypted and so were not looked into
     * @param come resources whose documents would come
     * @param go those whose documents would go
     */
    record Checked(
            Subject subject,
            Mistakes problems,
            String why,
            List<String> locked,
            List<ResourceId> come,
            List<ResourceId> go)
            implements Forecast {
        private static final int NAMED = 3;

        public Checked {
            locked = List.copyOf(locked);
            come = List.copyOf(come);
            go = List.copyOf(go);
        }

        @Override
        public String name() {
            return subject.name();
        }

        /** What was found. */
        String counts() {
            return subject.obstacle()
                    + (problems.own().isEmpty() ? "no problems" : problems.count(""))
                    + (come.isEmpty() ? "" : ", " + counted(come.size(), "new document"))
                    + (go.isEmpty() ? "" : ", " + go.size() + " gone");
        }

        private String named() {
            return locked.stream().limit(NAMED).collect(Collectors.joining(", "))
                    + (locked.size() > NAMED
                            ? " and %d more".formatted(locked.size() - NAMED)
                            : "");
        }

        @Override
        public String headline() {
            return counts()
                    + (locked.isEmpty() ? "" : ", not looked into: " + named())
                    + "; not planned, because "
                    + why;
        }

        @Override
        public Verdict verdict() {
            return subject.verdict(problems.verdict());
        }

        @Override
        public String text() {
            return subject.text()
                    + problems.text()
                    + listed("documents that come: ", come)
                    + listed("documents that go: ", go)
                    + headline()
                    + '\n';
        }

        private static String listed(String title, List<ResourceId> ids) {
            return ids.isEmpty()
                    ? ""
                    : title
                            + String.join(", ", ids.stream().map(ResourceId::toString).toList())
                            + '\n';
        }

        @Override
        public Forecast cleaned(UnaryOperator<String> cleaner) {
            return new Checked(
                    subject.cleaned(cleaner), problems.cleaned(cleaner), why, locked, come, go);
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
            return subject.obstacle() + problems.count(", ") + "nothing can be planned";
        }

        @Override
        public Verdict verdict() {
            return subject.verdict(problems.own().isEmpty() ? Verdict.UNKNOWN : Verdict.BAD);
        }

        @Override
        public Forecast cleaned(UnaryOperator<String> cleaner) {
            return new Unclear(
                    subject.cleaned(cleaner), problems.cleaned(cleaner), cleaner.apply(cause));
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
     * @param whose what the fault is of
     */
    record Unread(String name, String cause, Whose whose) implements Forecast {
        /** What can't be read. */
        public enum Whose {
            /** That commit, whatever becomes of others. */
            COMMIT,
            /** The repo: no other commit can be read either. */
            REPO
        }

        @Override
        public Forecast cleaned(UnaryOperator<String> cleaner) {
            return new Unread(name, cleaner.apply(cause), whose);
        }

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

    /**
     * It stands at another commit than the one that was asked about, which nobody vouches for yet.
     *
     * @param wanted 40 hex digits
     * @param found likewise
     */
    record Moved(String name, String wanted, String found) implements Forecast {
        @Override
        public String headline() {
            return "it has moved on";
        }

        @Override
        public Verdict verdict() {
            return Verdict.UNKNOWN;
        }

        @Override
        public String text() {
            return "%s is not at commit %.12s any more, but at %.12s\n"
                    .formatted(name, wanted, found);
        }

        @Override
        public Forecast cleaned(UnaryOperator<String> cleaner) {
            return this;
        }
    }

    private static String counted(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
