package dev.berth.proxy.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses one of several backends: the less busy of two drawn at random (power of two choices). One
 * that is taken out by its health gets requests only when all that are left are.
 */
final class Balancer {
    private Balancer() {}

    /**
     * The choice; {@code null} when every backend was tried.
     *
     * @param now {@link System#nanoTime}
     */
    static @Nullable BackendLoad choose(
            List<BackendLoad> all, Set<BackendLoad> tried, RandomGenerator random, long now) {
        if (tried.isEmpty() && allAvailable(all, now)) {
            return draw(all, random);
        }
        List<BackendLoad> left = new ArrayList<>(all);
        left.removeAll(tried);
        List<BackendLoad> available = new ArrayList<>(left);
        available.removeIf(backend -> !backend.health().available(now));
        return draw(available.isEmpty() ? left : available, random);
    }

    private static boolean allAvailable(List<BackendLoad> all, long now) {
        for (BackendLoad backend : all) {
            if (!backend.health().available(now)) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable BackendLoad draw(List<BackendLoad> from, RandomGenerator random) {
        if (from.size() < 2) {
            return from.isEmpty() ? null : from.getFirst();
        }
        int first = random.nextInt(from.size());
        int second = random.nextInt(from.size() - 1);
        BackendLoad one = from.get(first);
        BackendLoad other = from.get(second < first ? second : second + 1);
        return one.inFlight() <= other.inFlight() ? one : other;
    }
}
