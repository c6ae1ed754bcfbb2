package dev.berth.reconciler.build.recognise.language;

import dev.berth.reconciler.build.blueprint.Step;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Packages of Debian that dependencies are compiled against, and run with, by their own name. */
final class Libraries {
    private static final Map<String, Library> KNOWN =
            Map.of(
                    "psycopg2", new Library("libpq-dev gcc", "libpq5"),
                    "psycopg", new Library("libpq-dev gcc", "libpq5"),
                    "mysqlclient",
                            new Library("default-libmysqlclient-dev pkg-config gcc", "libmariadb3"),
                    "pg", new Library("libpq-dev", "libpq5"),
                    "mysql2", new Library("default-libmysqlclient-dev", "libmariadb3"),
                    "sqlite3", new Library("libsqlite3-dev", "libsqlite3-0"),
                    "ruby-vips", new Library("libvips-dev", "libvips42"),
                    "image_processing", new Library("libvips-dev", "libvips42"));

    private Libraries() {}

    private record Library(String build, String run) {}

    static List<Step> toBuild(Collection<String> dependencies) {
        return packages(dependencies, true);
    }

    static List<Step> toRun(Collection<String> dependencies) {
        return packages(dependencies, false);
    }

    private static List<Step> packages(Collection<String> dependencies, boolean build) {
        List<String> names = new ArrayList<>();
        dependencies.stream()
                .sorted()
                .map(KNOWN::get)
                .filter(Objects::nonNull)
                .map(library -> build ? library.build() : library.run())
                .flatMap(line -> List.of(line.split(" ", -1)).stream())
                .distinct()
                .forEach(names::add);
        return names.isEmpty() ? List.of() : List.of(new Step.Packages(names));
    }
}
