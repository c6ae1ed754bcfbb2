package dev.berth.reconciler.certificate;

import dev.berth.reconciler.certificate.Wanted.Method;
import dev.berth.reconciler.certificate.Wanted.Why;
import dev.berth.reconciler.desired.DesiredRoute;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.schemas.config.Acme;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.PreviewId;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.config.Tls;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which certificates the claims of a config repo want. Pure.
 *
 * <ol>
 *   <li>Only hosts that are claimed get one, and none that the internet can't know, unless the
 *       authority is the owner's own.
 *   <li>A host that a wanted wildcard covers shares its certificate.
 *   <li>The other hosts of one document share one, {@value #MOST_NAMES} at most.
 *   <li>A preview has none of its own: each would count against the limits of the whole domain.
 * </ol>
 */
final class WantedCertificates {
    private static final int MOST_NAMES = 20;

    private final DesiredState.Known desired;
    private final SortedMap<String, DesiredRoute> claims = new TreeMap<>();
    private final SortedMap<String, Wanted.Ordered> wildcards = new TreeMap<>();
    private final Map<Together, SortedSet<String>> ordered = new LinkedHashMap<>();
    private final Map<Pair, SortedSet<String>> brought = new LinkedHashMap<>();
    private final Map<Why, SortedSet<String>> lacking = new TreeMap<>();

    private WantedCertificates(DesiredState.Known desired) {
        this.desired = desired;
    }

    /** What shares a certificate. */
    private record Together(
            ResourceId owner,
            Issuer issuer,
            Method method,
            @Nullable String profile,
            @Nullable Instant reissuedAt) {}

    private record Pair(SecretRef chain, SecretRef key) {}

    static List<Wanted> of(DesiredState.Known desired) {
        return new WantedCertificates(desired).all();
    }

    private List<Wanted> all() {
        for (DesiredRoute claim : desired.routes()) { // of several, the one that says something
            claims.merge(
                    claim.host(), claim, (one, other) -> one.tls().equals(Tls.USUAL) ? other : one);
        }
        claims.keySet().stream().filter(host -> host.startsWith("*.")).forEach(this::wildcard);
        ofTheInstance();
        claims.forEach(this::add);
        return listed();
    }

    private void wildcard(String host) {
        DesiredRoute claim = claims.get(host);
        if (claim != null && !claim.tls().off() && claim.tls().certificate() == null) {
            Acme acme = acme(claim.tls());
            if (acme != null && acme.signs(host) && hasDns(host)) {
                wildcards.put(host, ordered(host, claim.tls(), acme));
            }
        }
    }

    private void ofTheInstance() {
        Instance.Spec settings = desired.settings();
        String host = "*." + settings.domain();
        Acme acme = settings.acme();
        boolean wished =
                settings.wildcardCertificate() == null
                        ? hasDns(host)
                        : settings.wildcardCertificate();
        DesiredRoute claim = claims.get(host);
        if (claim != null && (claim.tls().off() || claim.tls().certificate() != null)) {
            return; // its document says otherwise
        }
        // Previews come and go, and are not known in the first pass: their apps count as well.
        boolean used =
                !desired.blurred().isEmpty()
                        || claims.keySet().stream()
                                .anyMatch(
                                        h ->
                                                !h.startsWith("*.")
                                                        && Coverage.wildcard(h).equals(host));
        if (wished && used && acme != null && acme.signs(host)) {
            if (hasDns(host)) {
                wildcards.putIfAbsent(host, ordered(host, Tls.USUAL, acme));
            } else {
                lack(Why.NO_DNS, host);
            }
        }
    }

    private Wanted.Ordered ordered(String wildcard, Tls tls, Acme acme) {
        return new Wanted.Ordered(
                new TreeSet<>(List.of(wildcard)),
                issuer(acme),
                Method.DNS_01,
                profile(tls, acme),
                tls.reissuedAt());
    }

    private void add(String host, DesiredRoute claim) {
        Tls tls = claim.tls();
        if (tls.off() || wildcards.containsKey(host)) {
            return;
        }
        Pair pair = pair(tls);
        DesiredRoute above = claims.get(Coverage.wildcard(host));
        if (pair == null && above != null && tls.equals(Tls.USUAL)) {
            pair = pair(above.tls());
        }
        if (pair != null) {
            brought.computeIfAbsent(pair, _ -> new TreeSet<>()).add(host);
            return;
        }
        Acme acme = acme(tls);
        if (acme == null) {
            if (Acme.isKnownToAll(host)) {
                lack(Why.NO_AUTHORITY, host);
            }
            return;
        }
        if (!acme.signs(host)) {
            return;
        }
        Wanted.Ordered wildcard = wildcards.get(Coverage.wildcard(host));
        if (wildcard != null && shares(tls, acme, wildcard)) {
            return;
        }
        if (PreviewId.of(claim.owner()) != null) {
            lack(Why.PREVIEW, host);
            return;
        }
        Method method = method(host, tls);
        if (method == Method.DNS_01 && !hasDns(host)) {
            lack(Why.NO_DNS, host);
            return;
        }
        ordered.computeIfAbsent(
                        new Together(
                                claim.owner(),
                                issuer(acme),
                                method,
                                profile(tls, acme),
                                tls.reissuedAt()),
                        _ -> new TreeSet<>())
                .add(host);
    }

    /** The one that is brought, for the host or for all right below a wildcard. */
    private static @Nullable Pair pair(Tls tls) {
        EnvValue.FromSecret chain = tls.certificate();
        EnvValue.FromSecret key = tls.key();
        return chain == null || key == null || tls.off() ? null : new Pair(ref(chain), ref(key));
    }

    private boolean shares(Tls tls, Acme acme, Wanted.Ordered wildcard) {
        return tls.challenge() != Tls.Challenge.HTTP_01
                && tls.reissuedAt() == null
                && issuer(acme).equals(wildcard.issuer())
                && Objects.equals(profile(tls, acme), wildcard.profile());
    }

    private static Method method(String host, Tls tls) {
        return switch (tls.challenge()) {
            case AUTO -> host.startsWith("*.") ? Method.DNS_01 : Method.HTTP_01;
            case HTTP_01 -> Method.HTTP_01;
            case DNS_01 -> Method.DNS_01;
        };
    }

    private void lack(Why why, String host) {
        lacking.computeIfAbsent(why, _ -> new TreeSet<>()).add(host);
    }

    private boolean hasDns(String host) {
        return desired.settings().dns().stream().anyMatch(dns -> dns.covers(Coverage.plain(host)));
    }

    private @Nullable Acme acme(Tls tls) {
        return tls.acme() == null ? desired.settings().acme() : tls.acme();
    }

    private static @Nullable String profile(Tls tls, Acme acme) {
        return tls.profile() == null ? acme.profile() : tls.profile();
    }

    private Issuer issuer(Acme acme) {
        Acme.ExternalAccount external = acme.externalAccount();
        return new Issuer(
                acme.url(),
                acme.email(),
                acme.trust() == null ? null : desired.trust().get(acme.trust()),
                external == null
                        ? null
                        : new Issuer.External(external.keyId(), ref(external.hmacKey())));
    }

    private static SecretRef ref(EnvValue.FromSecret from) {
        return new SecretRef(from.secret(), from.key());
    }

    private List<Wanted> listed() {
        List<Wanted> all = new ArrayList<>(wildcards.values());
        ordered.forEach(
                (by, names) -> {
                    List<String> hosts = List.copyOf(names);
                    for (int i = 0; i < hosts.size(); i += MOST_NAMES) {
                        all.add(
                                new Wanted.Ordered(
                                        new TreeSet<>(
                                                hosts.subList(
                                                        i, Math.min(i + MOST_NAMES, hosts.size()))),
                                        by.issuer(),
                                        by.method(),
                                        by.profile(),
                                        by.reissuedAt()));
                    }
                });
        brought.forEach((by, names) -> all.add(new Wanted.Brought(names, by.chain(), by.key())));
        lacking.forEach((why, names) -> all.add(new Wanted.Lacking(names, why)));
        return all;
    }
}
