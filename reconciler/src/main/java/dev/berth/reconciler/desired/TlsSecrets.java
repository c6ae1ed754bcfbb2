package dev.berth.reconciler.desired;

import dev.berth.reconciler.desired.SecretReferences.Reference;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.schemas.config.Acme;
import dev.berth.schemas.config.DnsAccess;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Tls;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a document names keys of Secrets for certificates. Pure. */
final class TlsSecrets {
    private final List<Reference> found = new ArrayList<>();

    private TlsSecrets() {}

    /** Those of hosts, below {@code spec.tls}. */
    static List<Reference> of(Tls tls) {
        TlsSecrets secrets = new TlsSecrets();
        secrets.add(tls.certificate(), "tls", "certificate");
        secrets.add(tls.key(), "tls", "key");
        secrets.add(tls.acme(), "tls", "acme");
        return secrets.found;
    }

    /** Those of who certificates are ordered from and who writes DNS. */
    static List<Reference> of(Instance.Spec spec) {
        TlsSecrets secrets = new TlsSecrets();
        secrets.add(spec.acme(), "acme");
        for (int i = 0; i < spec.dns().size(); i++) {
            secrets.add(spec.dns().get(i), i);
        }
        return secrets.found;
    }

    private void add(@Nullable Acme acme, Object... at) {
        if (acme != null && acme.externalAccount() != null) {
            List<Object> steps = new ArrayList<>(List.of(at));
            steps.addAll(List.of("externalAccount", "hmacKey"));
            add(acme.externalAccount().hmacKey(), steps.toArray());
        }
    }

    private void add(DnsAccess dns, int i) {
        if (dns.rfc2136() != null && dns.rfc2136().key() != null) {
            add(dns.rfc2136().key().secret(), "dns", i, "rfc2136", "key", "secret");
        }
        add(dns.cloudflare(), i, "cloudflare");
        add(dns.digitalocean(), i, "digitalocean");
        add(dns.hetzner(), i, "hetzner");
        if (dns.route53() != null) {
            add(dns.route53().secretAccessKey(), "dns", i, "route53", "secretAccessKey");
        }
        if (dns.webhook() != null) {
            add(dns.webhook().password(), "dns", i, "webhook", "password");
        }
    }

    private void add(DnsAccess.@Nullable Token token, int i, String provider) {
        if (token != null) {
            add(token.token(), "dns", i, provider, "token");
        }
    }

    private void add(EnvValue.@Nullable FromSecret from, Object... field) {
        if (from == null) {
            return;
        }
        List<Object> steps = new ArrayList<>(List.of("spec"));
        StringBuilder path = new StringBuilder("spec");
        for (Object step : field) {
            steps.add(step);
            path.append(step instanceof Integer ? "[" + step + "]" : "." + step);
        }
        found.add(
                new Reference(
                        steps,
                        path.toString(),
                        "fromSecret",
                        "fromSecret",
                        new SecretRef(from.secret(), from.key())));
    }
}
