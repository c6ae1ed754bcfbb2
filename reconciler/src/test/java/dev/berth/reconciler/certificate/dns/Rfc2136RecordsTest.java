package dev.berth.reconciler.certificate.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.berth.reconciler.certificate.DnsException;
import dev.berth.reconciler.certificate.DnsRecords;
import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.config.DnsAccess;
import dev.berth.schemas.config.EnvValue;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.TSIG;

class Rfc2136RecordsTest {
    private static final String FQDN = "_acme-challenge.shop.example.test.";
    private static final String KEY = "c2VjcmV0LW9mLXRoZS1rZXktMTIzNDU2Nzg5MDEyMzQ=";

    private final FakeNameserver server = new FakeNameserver().zone("example.test");

    @AfterEach
    void stop() {
        server.close();
    }

    private DnsRecords records(DnsAccess.@Nullable Key key, String secret) {
        return new Rfc2136Records(
                server.at(),
                key,
                new Credential(new EnvValue.FromSecret("dns.key"), _ -> Secret.of(secret)),
                new Nameservers(server.address(), new HurriedClock()));
    }

    private static DnsAccess.Key key(DnsAccess.Algorithm algorithm) {
        return new DnsAccess.Key("berth", algorithm, new EnvValue.FromSecret("dns.key"));
    }

    @Test
    void put_severalValues_areThereUntilEachIsRemoved() throws Exception {
        DnsRecords records = records(null, "");
        server.text(FQDN, "other");

        records.put(FQDN, "digest");
        records.put(FQDN, "digest");
        records.put(FQDN, "digest-2");
        assertThat(server.texts(FQDN)).containsExactlyInAnyOrder("other", "digest", "digest-2");

        records.remove(FQDN, "digest");
        records.remove(FQDN, "digest");
        assertThat(server.texts(FQDN)).containsExactlyInAnyOrder("other", "digest-2");
    }

    @ParameterizedTest
    @EnumSource(DnsAccess.Algorithm.class)
    void put_signed_isTaken(DnsAccess.Algorithm algorithm) throws Exception {
        Name hash =
                switch (algorithm) {
                    case HMAC_SHA256 -> TSIG.HMAC_SHA256;
                    case HMAC_SHA384 -> TSIG.HMAC_SHA384;
                    case HMAC_SHA512 -> TSIG.HMAC_SHA512;
                };
        server.signedBy(new TSIG(hash, "berth.", KEY));

        records(key(algorithm), KEY).put(FQDN, "digest");

        assertThat(server.texts(FQDN)).containsExactly("digest");
    }

    @Test
    void put_wrongKey_saysThatItIsNotTaken() {
        server.signedBy(new TSIG(TSIG.HMAC_SHA256, "berth.", "b3RoZXI="));

        DnsException failure = failure(records(key(DnsAccess.Algorithm.HMAC_SHA256), KEY), FQDN);

        assertThat(failure)
                .hasMessageContaining("does not take the key berth")
                .returns(true, DnsException::permanent);
        assertThat(failure.getMessage()).doesNotContain(KEY);
    }

    @Test
    void put_noKeyWhereOneIsWanted_asksForOne() {
        server.signedBy(new TSIG(TSIG.HMAC_SHA256, "berth.", KEY));

        assertThat(failure(records(null, ""), FQDN)).hasMessageContaining("give a key");
    }

    @Test
    void put_keyThatIsNoBase64_namesTheSecret() {
        DnsException failure = failure(records(key(DnsAccess.Algorithm.HMAC_SHA256), "a*c"), FQDN);

        assertThat(failure)
                .hasMessageContaining("the secret dns.key is not base64")
                .returns(true, DnsException::permanent);
    }

    @ParameterizedTest
    @CsvSource({"5, update policy, true", "10, does not have the zone, true", "2, SERVFAIL, false"})
    void put_refused_saysWhy(int code, String says, boolean permanent) {
        server.refuseUpdates(code);

        assertThat(failure(records(null, ""), FQDN))
                .hasMessageContaining(says)
                .returns(permanent, DnsException::permanent);
        assertThat(Rcode.REFUSED).isEqualTo(5);
    }

    @Test
    void put_zoneOfNobody_saysSo() {
        assertThat(failure(records(null, ""), "_acme-challenge.a.other."))
                .hasMessageContaining("has no zone for _acme-challenge.a.other.")
                .returns(true, DnsException::permanent);
    }

    @Test
    void put_alias_isWrittenWhereItLeads() throws Exception {
        server.alias(FQDN, "shop.acme.example.test");

        records(null, "").put(FQDN, "digest");

        assertThat(server.texts("shop.acme.example.test")).containsExactly("digest");
    }

    @Test
    void put_serverIsAway_isWorthAnotherTry() {
        DnsRecords records = records(null, "");
        server.alias("x.example.test", "y.example.test");
        server.close();

        assertThat(failure(records, FQDN)).returns(false, DnsException::permanent);
    }

    @Test
    void awaitVisible_valueIsThere_returns() throws Exception {
        server.server("example.test", "ns.example.test", "127.0.0.1");
        DnsRecords records = records(null, "");
        records.put(FQDN, "digest");

        records.awaitVisible(FQDN, "digest", Duration.ofSeconds(5));
    }

    private static DnsException failure(DnsRecords records, String fqdn) {
        return catchThrowableOfType(DnsException.class, () -> records.put(fqdn, "digest"));
    }
}
