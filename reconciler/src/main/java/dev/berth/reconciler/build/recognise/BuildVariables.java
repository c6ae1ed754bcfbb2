package dev.berth.reconciler.build.recognise;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Names of the variables that a build is given.
 *
 * @param clear build arguments
 * @param secret what is mounted into steps and is in no layer; none is in both
 */
public record BuildVariables(SortedSet<String> clear, SortedSet<String> secret) {
    /** None. */
    public static final BuildVariables NONE = new BuildVariables(new TreeSet<>(), new TreeSet<>());

    public BuildVariables {
        clear = Collections.unmodifiableSortedSet(new TreeSet<>(clear));
        secret = Collections.unmodifiableSortedSet(new TreeSet<>(secret));
    }

    /** With these arguments, which win over all of the same name. */
    public BuildVariables with(SortedSet<String> args) {
        SortedSet<String> all = new TreeSet<>(clear);
        all.addAll(args);
        SortedSet<String> left = new TreeSet<>(secret);
        left.removeAll(args);
        return new BuildVariables(all, left);
    }
}
