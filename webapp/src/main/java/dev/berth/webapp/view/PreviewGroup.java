package dev.berth.webapp.view;

import dev.berth.reconciler.status.StatusBoard.Posting;
import dev.berth.schemas.config.PreviewId;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.PreviewStatus;
import dev.berth.schemas.status.PreviewStatus.State;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The previews of one app.
 *
 * @param app its name
 * @param href its page
 * @param counts {@code 3 serving}, {@code 1 failed}, …, each with its colour
 * @param shown what has a preview or waits for one, by how much it needs a person, then by turn
 * @param without what the rules of the app give none
 */
public record PreviewGroup(
        String app,
        String href,
        List<Count> counts,
        List<PreviewView> shown,
        List<PreviewView> without) {
    private static final List<State> URGENCY =
            List.of(State.Failed, State.Deploying, State.Serving, State.Queued, State.None);

    public PreviewGroup {
        counts = List.copyOf(counts);
        shown = List.copyOf(shown);
        without = List.copyOf(without);
    }

    /**
     * How many are in one state.
     *
     * @param tone the colour's name in the style sheet
     */
    public record Count(long number, String state, String tone) {}

    /** Those of every app that has any, by name. */
    public static List<PreviewGroup> all(@Nullable Posting posting, Instant now) {
        if (posting == null) {
            return List.of();
        }
        SortedMap<ResourceId, List<PreviewStatus>> known = new TreeMap<>();
        SortedMap<ResourceId, SortedMap<ResourceId, ResourceStatus>> running = new TreeMap<>();
        for (PreviewStatus status : posting.pass().previews()) {
            known.computeIfAbsent(status.app(), _ -> new ArrayList<>()).add(status);
        }
        for (ResourceStatus status : posting.pass().resources()) {
            PreviewId id = PreviewId.of(status.id());
            if (id != null) {
                known.computeIfAbsent(id.parent(), _ -> new ArrayList<>());
                running.computeIfAbsent(id.parent(), _ -> new TreeMap<>()).put(status.id(), status);
            }
        }
        List<PreviewGroup> groups = new ArrayList<>();
        known.forEach(
                (app, statuses) ->
                        groups.add(
                                of(
                                        app,
                                        statuses,
                                        running.getOrDefault(app, new TreeMap<>()),
                                        now)));
        return groups;
    }

    /** Those of one app; {@code null} when it has none. */
    public static @Nullable PreviewGroup of(
            ResourceId app, @Nullable Posting posting, Instant now) {
        return all(posting, now).stream()
                .filter(group -> group.app().equals(app.name()))
                .findFirst()
                .orElse(null);
    }

    private static PreviewGroup of(
            ResourceId app,
            List<PreviewStatus> statuses,
            SortedMap<ResourceId, ResourceStatus> running,
            Instant now) {
        Map<State, Long> counts = new EnumMap<>(State.class);
        List<PreviewView> shown = new ArrayList<>();
        List<PreviewView> without = new ArrayList<>();
        SortedMap<ResourceId, ResourceStatus> rest = new TreeMap<>(running);
        statuses.stream()
                .sorted(Comparator.comparingInt(status -> URGENCY.indexOf(status.state())))
                .forEach(
                        status -> {
                            boolean there = rest.remove(status.preview()) != null;
                            counts.merge(status.state(), 1L, Long::sum);
                            (status.state() == State.None ? without : shown)
                                    .add(PreviewView.of(status, there, now));
                        });
        rest.values().forEach(status -> shown.add(PreviewView.ofUnknown(status)));
        List<Count> told = new ArrayList<>();
        for (State state : URGENCY) {
            Long number = counts.get(state);
            if (number != null && state != State.None) {
                told.add(
                        new Count(
                                number,
                                state.name().toLowerCase(Locale.ROOT),
                                PreviewView.tone(state)));
            }
        }
        if (!rest.isEmpty()) {
            told.add(new Count(rest.size(), "unknown", "idle"));
        }
        return new PreviewGroup(app.name(), "/resources/" + app, told, shown, without);
    }
}
