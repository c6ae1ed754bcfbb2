package dev.berth.reconciler.desired;

import dev.berth.schemas.config.App;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of what an app runs by the clock. Pure. */
final class CronRules {
    private CronRules() {}

    /** The time zone of that name; {@code null} when there is none. */
    static @Nullable ZoneId zone(String name) {
        return ZoneId.getAvailableZoneIds().contains(name) ? ZoneId.of(name) : null;
    }

    static void check(List<App.Cron> crons, ReadDocument read, Problems problems) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < crons.size(); i++) {
            App.Cron cron = crons.get(i);
            if (!names.add(cron.name())) {
                wrong(read, problems, i, "name", "two are named %s".formatted(cron.name()));
            }
            if (zone(cron.timezone()) == null) {
                wrong(
                        read,
                        problems,
                        i,
                        "timezone",
                        "there is no time zone %s%s; expected a name of the tz database such as Europe/Berlin or UTC"
                                .formatted(
                                        cron.timezone(),
                                        NearMiss.hint(
                                                cron.timezone(), ZoneId.getAvailableZoneIds())));
            }
            if (CronFields.parse(cron.schedule()) instanceof CronFields.Wrong(var message)) {
                wrong(read, problems, i, "schedule", message);
            }
        }
    }

    private static void wrong(
            ReadDocument read, Problems problems, int index, String key, String message) {
        problems.add(
                read.at("spec", "cron", index, key),
                "spec.cron[%d].%s".formatted(index, key),
                Problem.Code.VALUE,
                message);
    }
}
