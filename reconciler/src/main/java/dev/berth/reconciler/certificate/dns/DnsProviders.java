package dev.berth.reconciler.certificate.dns;

import dev.berth.reconciler.certificate.DnsRecords;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.notify.HttpPost;
import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.config.DnsAccess;
import dev.berth.schemas.config.EnvValue;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Who may write records, as the config says. Immutable; thread-safe as what it gives out is. */
public final class DnsProviders {
    private static final Duration WITHIN = Duration.ofSeconds(30);
    private static final Duration PROGRAM_WITHIN = Duration.ofSeconds(60);

    private final List<Provider> providers;

    private DnsProviders(List<Provider> providers) {
        this.providers = List.copyOf(providers);
    }

    /**
     * One way to write.
     *
     * @param propagation in which a record must be seen
     */
    public record Provider(DnsAccess access, DnsRecords records, Duration propagation) {}

    /**
     * What writing needs, for as long as the process lives.
     *
     * @param client follows no redirects
     * @param hooks posts to endpoints that users named
     * @param programs directory of the programs that may be run
     */
    public record Tools(
            HttpClient client, HttpPost hooks, Path programs, Nameservers names, Clockwork clock) {}

    /**
     * Those of a config.
     *
     * @param secrets looks up a value at each use; {@code null} when it is not there
     */
    public static DnsProviders of(
            List<DnsAccess> accesses,
            Function<EnvValue.FromSecret, @Nullable Secret> secrets,
            Tools tools) {
        List<Provider> providers = new ArrayList<>();
        for (DnsAccess access : accesses) {
            DnsRecords records = records(access, secrets, tools);
            if (records != null) {
                providers.add(new Provider(access, records, access.propagation()));
            }
        }
        return new DnsProviders(providers);
    }

    /**
     * Who writes for a host: the first whose zones have it.
     *
     * @param host may start with {@code *.}
     * @return {@code null} = nobody
     */
    public @Nullable Provider forHost(String host) {
        return providers.stream()
                .filter(provider -> provider.access().covers(host))
                .findFirst()
                .orElse(null);
    }

    private static @Nullable DnsRecords records(
            DnsAccess access,
            Function<EnvValue.FromSecret, @Nullable Secret> secrets,
            Tools tools) {
        if (access.rfc2136() != null) {
            DnsAccess.Rfc2136 by = access.rfc2136();
            DnsAccess.Key key = by.key();
            return new Rfc2136Records(
                    by.server(),
                    key,
                    new Credential(key == null ? null : key.secret(), secrets),
                    tools.names());
        }
        if (access.webhook() != null) {
            DnsAccess.Webhook by = access.webhook();
            return new HookRecords(
                    by.url(),
                    by.user(),
                    new Credential(by.password(), secrets),
                    tools.hooks(),
                    tools.names());
        }
        if (access.exec() != null) {
            return new ProgramRecords(
                    tools.programs(), access.exec().program(), PROGRAM_WITHIN, tools.names());
        }
        return ofApi(access, secrets, tools);
    }

    private static @Nullable DnsRecords ofApi(
            DnsAccess access,
            Function<EnvValue.FromSecret, @Nullable Secret> secrets,
            Tools tools) {
        if (access.cloudflare() != null) {
            Credential token = new Credential(access.cloudflare().token(), secrets);
            return api(
                    "Cloudflare",
                    "https://api.cloudflare.com/client/v4",
                    http -> new Cloudflare(http, token),
                    tools);
        }
        if (access.digitalocean() != null) {
            Credential token = new Credential(access.digitalocean().token(), secrets);
            return api(
                    "DigitalOcean",
                    "https://api.digitalocean.com/v2",
                    http -> new DigitalOcean(http, token),
                    tools);
        }
        if (access.hetzner() != null) {
            Credential token = new Credential(access.hetzner().token(), secrets);
            return api(
                    "Hetzner",
                    "https://api.hetzner.cloud/v1",
                    http -> new Hetzner(http, token, tools.clock()),
                    tools);
        }
        if (access.route53() != null) {
            DnsAccess.Route53 by = access.route53();
            Credential secret = new Credential(by.secretAccessKey(), secrets);
            return api(
                    "Route 53",
                    "https://route53.amazonaws.com",
                    http -> new Route53(http, by.accessKeyId(), secret, tools.clock()),
                    tools);
        }
        return null; // a document with none of them has a problem and is not acted upon
    }

    private static DnsRecords api(
            String name, String base, Function<ProviderHttp, ZoneApi> made, Tools tools) {
        ProviderHttp http = new ProviderHttp(name, URI.create(base), tools.client(), WITHIN);
        return new ApiRecords(name, made.apply(http), tools.names());
    }
}
