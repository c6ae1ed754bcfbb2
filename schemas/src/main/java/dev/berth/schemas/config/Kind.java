package dev.berth.schemas.config;

import java.util.Locale;

/** The kinds of document, as their {@code kind:} spells them. */
public enum Kind {
    Instance,
    App,
    Domain,
    Secret,
    Alert,
    Job,
    EnvGroup,
    Overlay;

    /** The lower-case word used in ids, labels and URLs: {@code app}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
