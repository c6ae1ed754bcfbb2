package dev.berth.reconciler.lease;

import java.time.Duration;

/**
 * The times of a lease. A permit ends before a newcomer, whose stamp its holder did not see, has
 * waited long enough. It outlasts two looks, so that an engine that takes its time with each costs
 * nobody the permit. Who dies is followed after validity, renewal and patience together.
 *
 * @param renew time between the beginnings of two looks at who writes; a look may take longer
 * @param permit how long one may write after a look that showed one's own stamp
 * @param patience how long a newcomer waits whether the holder of the stamp before answers
 * @param validity how long the database keeps a lease that is not renewed
 * @param peace how long one who was answered leaves it at that
 * @param answer how long the database may take
 */
public record LeaseTimes(
        Duration renew,
        Duration permit,
        Duration patience,
        Duration validity,
        Duration peace,
        Duration answer) {
    public static final LeaseTimes USUAL =
            new LeaseTimes(
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(13),
                    Duration.ofSeconds(15),
                    Duration.ofSeconds(11),
                    Duration.ofMinutes(5),
                    Duration.ofSeconds(2));

    public LeaseTimes {
        if (permit.compareTo(patience) >= 0) {
            throw new IllegalArgumentException("a permit must end before a newcomer may write");
        }
    }
}
