package dev.berth.liberty;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.secret.Redactor;
import dev.berth.reconciler.status.AppLogs;
import dev.berth.reconciler.status.RunLogs;
import dev.berth.schemas.config.ResourceId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads logs from the engine: of an app its containers one after the other, each line with its
 * process; of a run its container. Apps print what they were given, so values of secrets are taken
 * out.
 */
final class ContainerLogs implements AppLogs, RunLogs {
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

    @Override
    public Optional<List<String>> tail(ResourceId owner, String run, int lines)
            throws UnavailableException {
        String name = instance.get();
        if (name == null) {
            return Optional.empty();
        }
        try {
            RunView newest =
                    engine.runs(name).stream()
                            .filter(r -> r.owner().equals(owner) && isMeant(r.run(), run))
                            .max(Comparator.comparing(RunView::createdAt))
                            .orElse(null);
            if (newest == null) {
                return Optional.empty();
            }
            Redactor now = redactor.get();
            return Optional.of(
                    engine.logTail(newest.id(), lines).stream().map(now::clean).toList());
        } catch (ReconcileException e) {
            throw new UnavailableException(e.getMessage(), e);
        }
    }

    /** The id of a run of a schedule is its name and a time. */
    private static boolean isMeant(String id, String asked) {
        int dash = id.lastIndexOf('-');
        return asked.isEmpty()
                || id.equals(asked)
                || (dash > 0 && id.substring(0, dash).equals(asked));
    }
}
