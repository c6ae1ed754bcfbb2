package dev.berth.reconciler.engine;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileException.Stalled;
import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.status.ReasonCode;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All registries that there are, which engines can share. Thread-safe. */
public final class FakeRegistry {
    private final Map<String, Image> images = new TreeMap<>();
    private final Map<String, String> logins = new TreeMap<>();
    private boolean down;

    /** What is in a registry. */
    record Image(
            String id,
            ImageBehaviour behaviour,
            @Nullable SortedMap<String, byte[]> files,
            FakeStock.@Nullable Built how) {}

    /** Nobody gets at what is at that host without this login. */
    public synchronized FakeRegistry needing(String host, String username, String password) {
        logins.put(host, username + " " + password);
        return this;
    }

    /** It can't be reached, or can again. */
    public synchronized void down(boolean now) {
        down = now;
    }

    /** Somebody removes an image, or all by that prefix. */
    public synchronized void remove(String prefix) {
        images.keySet().removeIf(name -> name.startsWith(prefix));
    }

    /** Somebody puts another image in the place of one. */
    public synchronized void replace(String name, ImageBehaviour behaviour) {
        images.put(name, new Image("sha256:" + "e".repeat(64), behaviour, null, null));
    }

    /** What it can be asked for, with tag or digest. */
    public synchronized SortedSet<String> names() {
        return new TreeSet<>(images.keySet());
    }

    synchronized void put(String reference, ImageBehaviour behaviour) {
        images.put(reference, new Image(FakeStock.idOf(reference), behaviour, null, null));
    }

    synchronized Image pull(String reference, RegistryLogins as) throws ReconcileException {
        admit("pull", reference, as, ReasonCode.PullFailed);
        Image image = images.get(reference);
        if (image == null) {
            throw new Stalled(
                    ReasonCode.PullFailed,
                    "can't pull %s: the registry has no such image".formatted(reference));
        }
        if (reference.contains("@") && !reference.endsWith(digest(image.id()))) {
            throw new Stalled(
                    ReasonCode.Conflict,
                    "can't pull %s: the registry gave something else than was asked for"
                            .formatted(reference));
        }
        return image;
    }

    synchronized String push(String reference, Image image, RegistryLogins as)
            throws ReconcileException {
        admit("push", reference, as, ReasonCode.PushFailed);
        String named = named(reference, image.id());
        images.put(reference, image);
        images.put(named, image);
        return named;
    }

    static String named(String reference, String id) {
        int at = reference.indexOf('@');
        String repository =
                at >= 0 ? reference.substring(0, at) : reference.replaceFirst(":[^:/]*$", "");
        return repository + "@" + digest(id);
    }

    private static String digest(String id) {
        return "sha256:%064x".formatted(("manifest of " + id).hashCode() & 0xffffffffL);
    }

    private void admit(String verb, String reference, RegistryLogins as, ReasonCode reason)
            throws ReconcileException {
        String host = RegistryLogin.hostOf(reference);
        if (down || host.endsWith(":1")) { // nothing listens there, as anywhere
            throw new Transient(
                    reason, "can't %s %s: dial tcp: no route to host".formatted(verb, reference));
        }
        Optional<RegistryLogin> login =
                as.now().stream().filter(each -> each.host().equals(host)).findFirst();
        String wanted = logins.get(host);
        String given =
                login.map(each -> each.username() + " " + text(each.password())).orElse("nobody");
        if (wanted != null && !wanted.equals(given)) {
            throw new Stalled(
                    reason,
                    "can't %s %s: unauthorized. %s was asked %s"
                            .formatted(
                                    verb,
                                    reference,
                                    host,
                                    login.map(
                                                    each ->
                                                            "as %s: mend the login in %s"
                                                                    .formatted(
                                                                            each.username(),
                                                                            each.declared()))
                                            .orElse(
                                                    "without a login: give one in spec.registries"
                                                            + " of the Instance")));
        }
    }

    private static String text(Secret password) {
        return password.text();
    }
}
