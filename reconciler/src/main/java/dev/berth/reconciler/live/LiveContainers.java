package dev.berth.reconciler.live;

import dev.berth.reconciler.ReconcileException;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an engine runs for us: the reading side of the container engine. Declared here and not
 * beside the engine, so that this package depends on no adapter. Thread-safe.
 */
public interface LiveContainers {
    /**
     * Every container with the instance's label that carries Berth's other labels too, running or
     * not, each inspected; ordered by owner, process, slot, then age. One that vanishes while it is
     * looked at is left out. A container that has the instance's label but not the rest was made by
     * somebody else, or by a newer Berth for a kind unknown here: it is none of ours.
     *
     * @throws ReconcileException.Transient also when only a part could be read: never a short list
     */
    List<ContainerView> containers(String instance) throws ReconcileException;

    /**
     * Every container of the instance that runs once, ended or not, each inspected; ordered by
     * owner, role, then age. None of them is among {@link #containers}.
     *
     * @throws ReconcileException.Transient also when only a part could be read: never a short list
     */
    List<RunView> runs(String instance) throws ReconcileException;

    /** Networks with the instance's label: name by owning app. */
    Map<ResourceId, String> networks(String instance) throws ReconcileException;

    /** Volumes with the instance's label that Berth named, by name. */
    List<VolumeView> volumes(String instance) throws ReconcileException;

    /**
     * Containers of these names, whoever made them; asked for nothing when there are no names.
     * Names without a container are left out.
     */
    List<ForeignContainer> foreign(Set<String> names) throws ReconcileException;
}
