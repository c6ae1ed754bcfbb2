package dev.berth.reconciler.preview;

import java.time.Instant;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Pull requests for tests: open since their number of seconds, at the commit that it makes. */
public final class Pull {
    private final int number;
    private String commit;
    private String base = "main";
    private boolean draft;
    private boolean fork;
    private Instant openedAt;
    private Instant pushedAt;
    private SortedSet<String> labels = new TreeSet<>();
    private SortedMap<String, String> labeled = new TreeMap<>();
    private SortedSet<String> approved = new TreeSet<>();

    private Pull(int number) {
        this.number = number;
        this.commit = commit(number);
        this.openedAt = Instant.EPOCH.plusSeconds(number);
        this.pushedAt = openedAt;
    }

    public static Pull number(int number) {
        return new Pull(number);
    }

    public static String commit(int number) {
        return "%040x".formatted(number);
    }

    public Pull at(String newest) {
        commit = newest;
        return this;
    }

    public Pull into(String branch) {
        base = branch;
        return this;
    }

    public Pull draft() {
        draft = true;
        return this;
    }

    public Pull fork() {
        fork = true;
        return this;
    }

    public Pull opened(Instant when) {
        openedAt = when;
        return this;
    }

    public Pull pushed(Instant when) {
        pushedAt = when;
        return this;
    }

    public Pull labels(String... names) {
        labels = new TreeSet<>(Arrays.asList(names));
        return this;
    }

    /** Somebody who may write has given it that label when that was its newest commit. */
    public Pull approved(String label, String at) {
        labels.add(label);
        labeled.put(label, at);
        approved.add(label);
        return this;
    }

    public OpenPull open() {
        return new OpenPull(
                number,
                "Change " + number,
                "https://forge.example.com/acme/shop/pull/" + number,
                "ada",
                "refs/pull/%d/head".formatted(number),
                commit,
                "topic-" + number,
                base,
                draft,
                fork,
                labels,
                openedAt,
                pushedAt,
                labeled,
                approved);
    }
}
