package dev.berth.reconciler.build.recognise;

import dev.berth.reconciler.build.blueprint.Blueprint;

/**
 * A directory looks like something. Whether it can be built is another question, answered by the
 * planner only for what is worth it.
 *
 * @param recipe what it is, for people: {@code Next.js}
 * @param reason what speaks for it, for people: {@code next in package.json}
 * @param front it may as well be the browser's half of a server that is written in another language
 */
public record Sighting(
        String recipe, Confidence confidence, String reason, boolean front, Planner planner) {
    /** The same, less sure, because of something beside it. */
    public Sighting behind(String other) {
        return new Sighting(
                recipe,
                Confidence.LOW,
                reason + ", but " + other + " is beside it",
                front,
                planner);
    }

    /** Makes the plan. Pure. */
    @FunctionalInterface
    public interface Planner {
        /**
         * Makes the plan.
         *
         * @throws Unplannable if something is missing or contradicts itself
         */
        Blueprint plan() throws Unplannable;
    }
}
