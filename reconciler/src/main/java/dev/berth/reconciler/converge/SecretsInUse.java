package dev.berth.reconciler.converge;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.secret.SecretUse;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which versions of secrets the labels of containers name. Pure. */
final class SecretsInUse {
    private SecretsInUse() {}

    /** Empty when it can't be told of one of them. */
    static Optional<Set<SecretUse>> in(Observation observation) {
        if (!(observation instanceof Observation.Known(LiveState live))) {
            return Optional.empty();
        }
        Set<SecretUse> used = new HashSet<>();
        boolean all = true;
        for (ContainerView container : live.containers()) {
            all &= add(container.template(), used);
        }
        for (RunView run : live.runs()) {
            all &= add(run.template(), used);
        }
        return all ? Optional.of(used) : Optional.empty();
    }

    private static boolean add(@Nullable ContainerTemplate template, Set<SecretUse> to) {
        if (template == null) {
            return false;
        }
        to.addAll(template.secretVariables().values());
        to.addAll(template.filesOfSecrets().values());
        return true;
    }
}
