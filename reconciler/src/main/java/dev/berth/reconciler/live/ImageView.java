package dev.berth.reconciler.live;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One image in an engine, whoever brought it there.
 *
 * @param names its tags as the engine writes them, {@code berth/shop:3f2a91c0}; empty for one that
 *     lost them all
 * @param createdAt when it was built, wherever that was
 * @param bytes with all layers, those it shares with others included
 * @param builtBy the instance of Berth that built it; {@code null} = none, or a Berth that did not
 *     say
 * @param layered whether it was built here on top of another image that the engine keeps for it, as
 *     the classic builder does
 * @param inUse whether a container is made of it, running or not, whoever made that
 */
public record ImageView(
        String id,
        List<String> names,
        Instant createdAt,
        long bytes,
        @Nullable String builtBy,
        boolean layered,
        boolean inUse) {
    public ImageView {
        names = names.stream().sorted().toList();
    }
}
