package dev.berth.reconciler.certificate.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.certificate.DnsRecords;
import dev.berth.reconciler.notify.HttpPost;
import dev.berth.schemas.config.DnsAccess;
import dev.berth.schemas.config.EnvValue;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DnsProvidersTest {
    private static final EnvValue.FromSecret SECRET = new EnvValue.FromSecret("dns.token");
    private static final DnsAccess.Token TOKEN = new DnsAccess.Token(SECRET);

    private static DnsAccess access(
            List<String> zones,
            DnsAccess.@Nullable Token cloudflare,
            DnsAccess.@Nullable Exec exec) {
        return new DnsAccess(
                zones, Duration.ofMinutes(2), null, cloudflare, null, null, null, null, exec);
    }

    private static DnsProviders providers(DnsAccess... accesses) {
        return DnsProviders.of(
                List.of(accesses),
                _ -> null,
                new DnsProviders.Tools(
                        HttpClient.newHttpClient(),
                        new HttpPost(
                                Duration.ofSeconds(1),
                                _ -> {},
                                (SSLSocketFactory) SSLSocketFactory.getDefault()),
                        Path.of("/nowhere"),
                        new Nameservers(new HurriedClock()),
                        new HurriedClock()));
    }

    private static Class<?> kind(DnsProviders providers, String host) {
        DnsProviders.Provider provider = providers.forHost(host);
        return provider == null ? Void.class : provider.records().getClass();
    }

    @Test
    void forHost_severalZones_theFirstThatHasItCounts() {
        DnsProviders providers =
                providers(
                        access(List.of("a.test"), TOKEN, null),
                        access(List.of(), null, new DnsAccess.Exec("x")));

        assertThat(kind(providers, "a.test")).isEqualTo(ApiRecords.class);
        assertThat(kind(providers, "*.b.a.test")).isEqualTo(ApiRecords.class);
        assertThat(kind(providers, "ba.test")).isEqualTo(ProgramRecords.class);
    }

    @Test
    void forHost_noneHasIt_isNobody() {
        assertThat(kind(providers(access(List.of("a.test"), TOKEN, null)), "b.test"))
                .isEqualTo(Void.class);
    }

    @Test
    void of_everyWay_hasAnAdapter() {
        DnsAccess none = access(List.of(), null, null);
        List<DnsAccess> all =
                List.of(
                        access(List.of(), TOKEN, null),
                        access(List.of(), null, new DnsAccess.Exec("x")),
                        new DnsAccess(
                                List.of(),
                                none.propagation(),
                                new DnsAccess.Rfc2136("ns.test", null),
                                null,
                                null,
                                null,
                                null,
                                null,
                                null),
                        new DnsAccess(
                                List.of(),
                                none.propagation(),
                                null,
                                null,
                                new DnsAccess.Route53("AKIAIOSFODNN7EXAMPLE", SECRET),
                                null,
                                null,
                                null,
                                null),
                        new DnsAccess(
                                List.of(),
                                none.propagation(),
                                null,
                                null,
                                null,
                                TOKEN,
                                null,
                                null,
                                null),
                        new DnsAccess(
                                List.of(),
                                none.propagation(),
                                null,
                                null,
                                null,
                                null,
                                TOKEN,
                                null,
                                null),
                        new DnsAccess(
                                List.of(),
                                none.propagation(),
                                null,
                                null,
                                null,
                                null,
                                null,
                                new DnsAccess.Webhook("https://hook.test", null, null),
                                null));
        for (DnsAccess access : all) {
            assertThat(kind(providers(access), "a.test"))
                    .as(access.toString())
                    .isNotEqualTo(Void.class)
                    .matches(DnsRecords.class::isAssignableFrom);
        }
        assertThat(kind(providers(none), "a.test")).isEqualTo(Void.class);
    }
}
