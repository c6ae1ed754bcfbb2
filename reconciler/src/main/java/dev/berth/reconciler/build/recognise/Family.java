package dev.berth.reconciler.build.recognise;

import java.util.Optional;

/** Everything that is built in one way, by and large that of one language. Pure. */
public interface Family {
    /** A word for it, unique among families. */
    String name();

    /** What a directory is if it is of this family. Never more than one thing. */
    Optional<Sighting> look(Project project);
}
