package dev.berth.reconciler.live;

import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Set;

/**
 * The images in an engine.
 *
 * @param images by id
 * @param neighbours what other instances of Berth have containers of on the same engine
 */
public record ImageStore(List<ImageView> images, Set<ResourceId> neighbours) {
    public ImageStore {
        images = List.copyOf(images);
        neighbours = Set.copyOf(neighbours);
    }
}
