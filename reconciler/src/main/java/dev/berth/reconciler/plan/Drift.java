package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ContainerView.Created;
import dev.berth.reconciler.live.ContainerView.Exited;
import dev.berth.reconciler.live.ContainerView.Paused;
import dev.berth.reconciler.live.ContainerView.Restarting;
import dev.berth.reconciler.live.ContainerView.Running;
import dev.berth.reconciler.live.ContainerView.Stopping;
import java.util.ArrayList;
import java.util.List;

/**
 * What people did to a container by hand. Only settings that the engine lets change on a living
 * container are compared; the rest can't differ from the template.
 */
final class Drift {
    static final String RESTART_POLICY = "unless-stopped";

    private Drift() {}

    static List<Reason> of(ContainerView container, ContainerTemplate template, String network) {
        List<Reason> found = new ArrayList<>();
        switch (container.state()) {
            case Exited(var code, var outOfMemory) ->
                    found.add(
                            new Reason.NotRunning(
                                    container.name(),
                                    outOfMemory
                                            ? "was killed: out of memory"
                                            : "exited with code " + code));
            case Paused() -> found.add(new Reason.NotRunning(container.name(), "is paused"));
            case Stopping() ->
                    found.add(new Reason.NotRunning(container.name(), "is being stopped"));
            case Running _ -> settings(found, container, template, network);
            case Created() ->
                    found.add(new Reason.NotRunning(container.name(), "was never started"));
            case Restarting _ -> {} // the engine is at it
        }
        return found;
    }

    private static void settings(
            List<Reason> found,
            ContainerView container,
            ContainerTemplate template,
            String network) {
        ContainerView.Actual actual = container.actual();
        if (actual.memoryBytes() != template.memoryBytes()) {
            found.add(
                    new Reason.Drifted(
                            container.name(),
                            "memory",
                            TemplateDiff.bytes(template.memoryBytes()),
                            TemplateDiff.bytes(actual.memoryBytes())));
        }
        if (actual.cpuMillis() != template.cpuMillis()) {
            found.add(
                    new Reason.Drifted(
                            container.name(),
                            "cpus",
                            TemplateDiff.cpus(template.cpuMillis()),
                            TemplateDiff.cpus(actual.cpuMillis())));
        }
        if (!actual.restartPolicy().equals(RESTART_POLICY)) {
            found.add(
                    new Reason.Drifted(
                            container.name(),
                            "restart policy",
                            RESTART_POLICY,
                            actual.restartPolicy()));
        }
        if (!container.addresses().containsKey(network)) {
            found.add(
                    new Reason.Drifted(
                            container.name(), "network " + network, "attached", "detached"));
        }
    }
}
