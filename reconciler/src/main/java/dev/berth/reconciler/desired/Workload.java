package dev.berth.reconciler.desired;

import dev.berth.reconciler.source.SourcePin;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What an app runs. */
public sealed interface Workload {
    /**
     * Containers of one image.
     *
     * @param processes by name, sorted; never empty
     */
    record Containers(ImageSource image, SortedMap<String, DesiredProcess> processes)
            implements Workload {
        public Containers {
            processes = Collections.unmodifiableSortedMap(new TreeMap<>(processes));
        }

        /** True when it is scaled to nothing. */
        public boolean wantsNone() {
            return processes.values().stream().allMatch(process -> process.replicas() == 0);
        }

        /** What the containers of each process are made from, by its name. */
        public SortedMap<String, ContainerTemplate> templates() {
            SortedMap<String, ContainerTemplate> templates = new TreeMap<>();
            processes.forEach((name, process) -> templates.put(name, process.template()));
            return templates;
        }

        /** Names of the volumes that any process of it mounts. */
        public Set<String> volumes() {
            return processes.values().stream()
                    .flatMap(process -> process.template().mounts().values().stream())
                    .collect(Collectors.toUnmodifiableSet());
        }

        /** The process that speaks for the app: web, or the first one. */
        public DesiredProcess main() {
            DesiredProcess web = processes.get(AppRules.WEB);
            return web != null ? web : processes.firstEntry().getValue();
        }
    }

    /**
     * Files that the edge serves.
     *
     * @param spa true answers unknown paths with /index.html
     */
    record Files(Origin from, boolean spa) implements Workload {
        /** The source that they are of. */
        public SourcePin pin() {
            return switch (from) {
                case Origin.Directory(var pin) -> pin;
                case Origin.Selection(var pin, _) -> pin;
                case Origin.Bundle(var image) -> image.pin();
            };
        }

        /** Stands for the files: equal ids mean equal files. Also the name of their directory. */
        public String id() {
            return switch (from) {
                case Origin.Directory(var pin) -> pin.directoryId();
                case Origin.Selection(var pin, _) -> pin.directoryId();
                case Origin.Bundle(var image) -> image.hash();
            };
        }
    }

    /** Where files come from. */
    sealed interface Origin {
        /** A directory of the config repo, whole. */
        record Directory(SourcePin pin) implements Origin {}

        /** A directory of a repo, but for what ignore files leave out. */
        record Selection(SourcePin pin, Recipe.AsItIs recipe) implements Origin {}

        /** What a build made: an image with nothing else in it. */
        record Bundle(ImageSource.Built image) implements Origin {}
    }

    /** How code became this; {@code null} when it runs an image, or files that were named. */
    default @Nullable Recipe recipe() {
        return switch (this) {
            case Files(Origin from, _) ->
                    switch (from) {
                        case Origin.Directory _ -> null;
                        case Origin.Selection(_, var recipe) -> recipe;
                        case Origin.Bundle(var image) -> image.recipe();
                    };
            case Containers(ImageSource image, _) ->
                    switch (image) {
                        case ImageSource.Built built -> built.recipe();
                        case ImageSource.Prebuilt _, ImageSource.Kept _ -> null;
                    };
        };
    }
}
