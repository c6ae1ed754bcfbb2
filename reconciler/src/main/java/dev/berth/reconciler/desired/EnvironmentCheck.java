package dev.berth.reconciler.desired;

import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.Overlay;
import dev.berth.schemas.config.ResourceId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether environments are spelt as elsewhere: a misspelt one would switch overlays off without a
 * word. One that has no overlay is right, as long as none is for one that is named nearly so.
 */
final class EnvironmentCheck {
    private static final String FIELD = "spec.environment";
    private static final int SHORT = 3;

    private EnvironmentCheck() {}

    /**
     * The documents that don't count now: the Instance, or else overlays.
     *
     * @param instance {@code null} when the environment is not the one it names
     */
    static List<Choice> wrong(
            Fates fates,
            SortedMap<ResourceId, Choice> chosen,
            @Nullable Choice instance,
            Problems problems) {
        String where = environment(instance);
        boolean any = chosen.keySet().stream().anyMatch(id -> id.kind() == Kind.Overlay);
        if (where == null && !any) {
            return List.of();
        }
        SortedMap<String, Integer> overlays = overlays(fates, chosen);
        if (where != null && instance != null && instance.current()) {
            String meant = overlays.containsKey(where) ? null : near(where, overlays);
            if (meant != null) {
                problems.add(
                        instance.read().at("spec", "environment"),
                        FIELD,
                        Problem.Code.REFERENCE,
                        "no overlay is for %s, did you mean %s?".formatted(where, meant));
                return List.of(instance);
            }
        }
        SortedMap<String, Integer> sure = new TreeMap<>(overlays);
        sure.values().removeIf(many -> many < 2);
        if (where != null) {
            sure.put(where, 2);
        }
        List<Choice> wrong = new ArrayList<>();
        for (Choice choice : chosen.values()) {
            if (choice.current() && choice.document() instanceof Overlay overlay) {
                String own = overlay.spec().environment();
                String meant = sure.containsKey(own) ? null : near(own, sure);
                if (meant != null) {
                    wrong.add(choice);
                    problems.add(
                            choice.read().at("spec", "environment"),
                            FIELD,
                            Problem.Code.REFERENCE,
                            "nothing else is of %s, did you mean %s?".formatted(own, meant));
                }
            }
        }
        return wrong;
    }

    /**
     * True when the one may be meant where the other is written: with one letter that is wrong,
     * missing or too many, or two that are swapped. dev1 and dev2 are two, and so are names that
     * differ in a short part, as in prod-eu and prod-au.
     */
    static boolean isNear(String one, String other) {
        return !letters(one).equals(letters(other))
                && NearMiss.distance(one, other) == 1
                && (isSwapped(one, other) || !differInAShortPart(one, other));
    }

    private static boolean isSwapped(String one, String other) {
        return Arrays.equals(one.chars().sorted().toArray(), other.chars().sorted().toArray());
    }

    private static boolean differInAShortPart(String one, String other) {
        String[] ones = one.split("-", -1);
        String[] others = other.split("-", -1);
        return ones.length == others.length
                && IntStream.range(0, ones.length)
                        .filter(i -> !ones[i].equals(others[i]))
                        .allMatch(i -> isShort(ones[i]) && isShort(others[i]));
    }

    private static boolean isShort(String part) {
        return letters(part).length() <= SHORT;
    }

    private static @Nullable String near(String word, SortedMap<String, Integer> known) {
        return NearMiss.nearest(
                word, known.keySet().stream().filter(other -> isNear(word, other)).toList());
    }

    private static String letters(String name) {
        return name.replaceAll("[0-9]", "");
    }

    private static @Nullable String environment(@Nullable Choice instance) {
        return instance != null && instance.document() instanceof Instance it
                ? it.spec().environment()
                : null;
    }

    /** How many overlays are for each environment; also those of which no version counts. */
    private static SortedMap<String, Integer> overlays(
            Fates fates, SortedMap<ResourceId, Choice> chosen) {
        SortedMap<String, Integer> many = new TreeMap<>();
        Stream.concat(
                        chosen.values().stream()
                                .flatMap(
                                        c ->
                                                c.document() instanceof Overlay overlay
                                                        ? Stream.of(overlay.spec().environment())
                                                        : Stream.empty()),
                        fates.unusable(Kind.Overlay).stream()
                                .map(read -> read.text("spec", "environment"))
                                .flatMap(Stream::ofNullable))
                .forEach(name -> many.merge(name, 1, Integer::sum));
        return many;
    }
}
