package dev.berth.reconciler.forge;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who Berth is to a forge. Thread-safe. */
interface Login {
    /**
     * Header fields that say so; they are secret.
     *
     * @throws ForgeException if there is nothing to log in with
     */
    Map<String, String> fields(ForgeRepo repo) throws ForgeException;

    /** Those fields were not accepted; true when new ones may be. */
    boolean refused(ForgeRepo repo, Map<String, String> fields);

    /** Who Berth is there, for messages: {@code the token in the Secret x.y}. */
    String name();

    /**
     * The name that the forge gives Berth; {@code null} when it is that of a person, which the
     * forge tells.
     *
     * @throws ForgeException if it can't be known now
     */
    default @Nullable String bot(ForgeRepo repo) throws ForgeException {
        return null;
    }

    /**
     * True when lines of commits may be spoken of.
     *
     * @throws ForgeException if it can't be known now
     */
    default boolean mayCheck(ForgeRepo repo) throws ForgeException {
        return false;
    }
}
