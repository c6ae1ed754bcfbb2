package dev.berth.liberty;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.secret.Redactor;
import dev.berth.reconciler.status.AppLogs;
import dev.berth.reconciler.status.UnavailableException;
import dev.berth.schemas.config.ResourceId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads an app's log from the engine: its containers one after the other, each line with its
 * process. Apps print what they were given, so values of secrets are taken out.
 */
final class ContainerLogs implements AppLogs {
    private final ContainerEngine engine;
    private final Supplier<@Nullable String> instance;
    private final Supplier<Redactor> redactor;

    ContainerLogs(
            ContainerEngine engine,
            Supplier<@Nullable String> instance,
            Supplier<Redactor> redactor) {
        this.engine = engine;
        this.instance = instance;
        this.redactor = redactor;
    }

    @Override
    public List<String> tail(String app, int lines) throws UnavailableException {
        String name = instance.get();
        if (name == null) {
            return List.of();
        }
        try {
            List<ContainerView> containers =
                    engine.containers(name).stream()
                            .filter(c -> c.owner().equals(ResourceId.app(app)))
                            .toList();
            List<String> log = new ArrayList<>();
            Redactor now = redactor.get();
            for (ContainerView container : containers) {
                String prefix =
                        containers.size() == 1
                                ? ""
                                : "%s #%d | ".formatted(container.process(), container.slot());
                engine.logTail(container.id(), lines)
                        .forEach(line -> log.add(prefix + now.clean(line)));
            }
            return log;
        } catch (ReconcileException e) {
            throw new UnavailableException(e.getMessage(), e);
        }
    }
}
