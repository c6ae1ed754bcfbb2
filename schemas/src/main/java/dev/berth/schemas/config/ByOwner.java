package dev.berth.schemas.config;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A list that also knows what of it belongs to whom, so that a thousand resources can each ask for
 * theirs without a look at all. Equal to any list of the same elements. Sorted out when it is first
 * asked, from any thread; never changes.
 */
public final class ByOwner<T> extends AbstractList<T> implements RandomAccess {
    private final List<T> all;
    private final Function<? super T, ResourceId> owner;
    private volatile @Nullable Map<ResourceId, List<T>> sorted;

    private ByOwner(List<T> all, Function<? super T, ResourceId> owner) {
        this.all = List.copyOf(all);
        this.owner = owner;
    }

    /** The elements in their order; itself if the list is one already. */
    public static <T> ByOwner<T> of(List<T> all, Function<? super T, ResourceId> owner) {
        return all instanceof ByOwner<T> same ? same : new ByOwner<>(all, owner);
    }

    /** Those of an owner, in their order; empty when it has none. */
    public List<T> of(ResourceId id) {
        Map<ResourceId, List<T>> known = sorted;
        if (known == null) {
            known = sort();
            sorted = known;
        }
        return known.getOrDefault(id, List.of());
    }

    private Map<ResourceId, List<T>> sort() {
        Map<ResourceId, List<T>> lists = new HashMap<>();
        for (T each : all) {
            lists.computeIfAbsent(owner.apply(each), _ -> new ArrayList<>()).add(each);
        }
        lists.replaceAll((_, list) -> List.copyOf(list));
        return lists;
    }

    @Override
    public T get(int index) {
        return all.get(index);
    }

    @Override
    public int size() {
        return all.size();
    }
}
