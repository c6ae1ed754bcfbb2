package dev.berth.reconciler.cleanup;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredJob;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.ImageSource;
import dev.berth.reconciler.desired.Workload;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.PreviewId;
import dev.berth.schemas.config.ResourceId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a pass that saw everything says is needed.
 *
 * @param instance whose images these are
 * @param references images that are declared, or of releases that are kept
 * @param registry where what is built is pushed to; {@code null} = nowhere
 * @param held apps and jobs that nobody can tell the images of, or those of their previews
 * @param hold why nothing may be deleted now; {@code null} when deleting is allowed
 */
public record Needs(
        String instance,
        Instance.Cleanup rules,
        @Nullable String registry,
        Set<String> references,
        Set<ResourceId> held,
        @Nullable String hold) {
    public Needs {
        references = Set.copyOf(references);
        held = Set.copyOf(held);
    }

    /** Of an instance that pushes nothing. */
    public Needs(
            String instance,
            Instance.Cleanup rules,
            Set<String> references,
            Set<ResourceId> held,
            @Nullable String hold) {
        this(instance, rules, null, references, held, hold);
    }

    /**
     * Those of a pass.
     *
     * @param declared as the documents have it
     * @param wanted the same where apps are to be at releases of before
     * @param kept images of the releases that can be gone back to
     */
    public static Needs of(
            DesiredState.Known declared, DesiredState.Known wanted, Set<String> kept) {
        Set<String> references = new HashSet<>(kept);
        Stream.of(declared, wanted).flatMap(Needs::images).forEach(references::add);
        String registry = declared.settings().builds().registry();
        for (String reference : List.copyOf(references)) { // it has that name before it is pushed
            String shared = ImageSource.pushedAs(reference, registry);
            if (shared != null) {
                references.add(shared);
            }
        }
        return new Needs(
                declared.instance(),
                declared.settings().cleanup(),
                registry,
                references,
                held(declared),
                declared.pruneHold());
    }

    private static Set<ResourceId> held(DesiredState.Known declared) {
        Set<ResourceId> held = new HashSet<>(declared.held());
        declared.blurred().keySet().stream()
                .filter(
                        id ->
                                PreviewId.of(id)
                                        != null) // of an app, those that run use their images
                .forEach(held::add);
        return held;
    }

    private static Stream<String> images(DesiredState.Known desired) {
        return Stream.concat(
                desired.apps().values().stream().map(DesiredApp::workload).flatMap(Needs::imageOf),
                desired.jobs().values().stream()
                        .map(DesiredJob::image)
                        .map(image -> image.reference()));
    }

    private static Stream<String> imageOf(Workload workload) {
        return switch (workload) {
            case Workload.Containers containers -> Stream.of(containers.image().reference());
            case Workload.Files(Workload.Origin.Bundle(var image), _) ->
                    Stream.of(image.reference());
            case Workload.Files _ -> Stream.empty();
        };
    }
}
