package dev.berth.reconciler.desired;

import dev.berth.reconciler.source.SourcePin;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

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
     * A directory of files that the edge serves.
     *
     * @param spa true answers unknown paths with /index.html
     */
    record Files(SourcePin pin, boolean spa) implements Workload {}
}
