package dev.berth.reconciler.certificate.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.berth.reconciler.certificate.DnsException;
import dev.berth.reconciler.certificate.DnsRecords;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.config.EnvValue;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every provider with an API does. */
abstract class ProviderContract {
    static final String TOKEN = "tok3n-of-the-account";
    private static final String NAME = "_acme-challenge.shop.example.com";
    private static final String FQDN = NAME + ".";

    private final HttpClient client = HttpClient.newHttpClient();
    private final FakeNameserver nameserver = new FakeNameserver();
    private final Nameservers names = new Nameservers(nameserver.address(), Clockwork.system());
    private FakeApi api;
    private DnsRecords records;

    /** The provider itself. */
    abstract FakeApi fake();

    /** Our side of it. */
    abstract ZoneApi adapter(ProviderHttp http, Credential secret);

    /** What its paths begin with. */
    abstract String path();

    /** How it keeps a value. */
    abstract String kept(String value);

    @BeforeEach
    void start() {
        api = fake();
        api.zones.add("example.com");
        records = records(TOKEN);
    }

    @AfterEach
    void stop() {
        api.close();
        nameserver.close();
        client.close();
    }

    private DnsRecords records(String token) {
        Credential secret =
                new Credential(new EnvValue.FromSecret("dns.token"), _ -> Secret.of(token + "\n"));
        ProviderHttp http =
                new ProviderHttp("Fake", api.base(path()), client, Duration.ofSeconds(10));
        return new ApiRecords("Fake", adapter(http, secret), names);
    }

    @Test
    void put_value_isThereBesideOthers() throws DnsException {
        api.texts(NAME).add(kept("other"));

        records.put(FQDN, "digest");
        records.put(FQDN, "digest-2");

        assertThat(api.texts(NAME))
                .containsExactlyInAnyOrder(kept("other"), kept("digest"), kept("digest-2"));
    }

    @Test
    void put_again_changesNothing() throws DnsException {
        records.put(FQDN, "digest");
        api.asked.clear();

        records.put(FQDN, "digest");

        assertThat(api.texts(NAME)).containsExactly(kept("digest"));
        assertThat(api.asked).allMatch(line -> line.startsWith("GET "));
    }

    @Test
    void remove_value_leavesOthers() throws DnsException {
        records.put(FQDN, "digest");
        records.put(FQDN, "other");

        records.remove(FQDN, "digest");
        assertThat(api.texts(NAME)).containsExactly(kept("other"));

        records.remove(FQDN, "other");
        assertThat(api.texts(NAME)).isEmpty();
    }

    @Test
    void remove_valueThatIsNotThere_changesNothing() throws DnsException {
        api.texts(NAME).add(kept("other"));

        records.remove(FQDN, "digest");

        assertThat(api.texts(NAME)).containsExactly(kept("other"));
        assertThat(api.asked).allMatch(line -> line.startsWith("GET "));
    }

    @Test
    void put_severalZones_takesTheClosest() throws DnsException {
        api.zones.add("shop.example.com");

        records.put(FQDN, "digest");

        assertThat(api.texts(NAME)).containsExactly(kept("digest"));
        assertThat(api.written).isEqualTo("shop.example.com");
    }

    @Test
    void put_nameOfTheZoneItself_isWritten() throws DnsException {
        api.zones.add(NAME);

        records.put(FQDN, "digest");

        assertThat(api.texts(NAME)).containsExactly(kept("digest"));
    }

    @Test
    void put_alias_isWrittenWhereItLeads() throws DnsException {
        nameserver.alias(NAME, "shop.acme.example.com");

        records.put(FQDN, "digest");

        assertThat(api.texts("shop.acme.example.com")).containsExactly(kept("digest"));
        assertThat(api.texts(NAME)).isEmpty();
    }

    @Test
    void put_noZone_saysSoAndThatItStays() {
        DnsException failure = failure(() -> records.put("_acme-challenge.other.test.", "x"));

        assertThat(failure)
                .hasMessageContaining("no zone for _acme-challenge.other.test")
                .returns(true, DnsException::permanent);
    }

    @Test
    void put_wrongCredentials_saysWhatToDoAndNotWhich() {
        DnsException failure = failure(() -> records("wr0ng-token").put(FQDN, "x"));

        assertThat(failure)
                .hasMessageContaining("credentials")
                .returns(true, DnsException::permanent);
        assertThat(failure.getMessage()).doesNotContain("wr0ng");
    }

    @Test
    void put_errorRepeatsTheToken_isNotTold() {
        Map<String, Object> fault = Map.of("code", 7, "message", "no such token: " + TOKEN);
        api.fail(
                FakeApi.Reply.json(
                        400,
                        Map.of(
                                "errors",
                                List.of(fault),
                                "error",
                                fault,
                                "message",
                                "no such token: " + TOKEN)));

        assertThat(failure(() -> records.put(FQDN, "x")).getMessage())
                .contains("400")
                .doesNotContain(TOKEN);
    }

    @Test
    void put_credentialsThatCantBeSent_areNotTold() {
        DnsException failure = failure(() -> records("to\nken").put(FQDN, "x"));

        assertThat(failure).returns(true, DnsException::permanent);
        assertThat(failure.getMessage()).doesNotContain("ken\"");
    }

    @Test
    void put_noCredentials_namesTheSecret() {
        Credential none = new Credential(new EnvValue.FromSecret("dns.token"), _ -> null);
        ProviderHttp http =
                new ProviderHttp("Fake", api.base(path()), client, Duration.ofSeconds(10));
        DnsRecords without = new ApiRecords("Fake", adapter(http, none), names);

        assertThat(failure(() -> without.put(FQDN, "x")))
                .hasMessageContaining("the secret dns.token")
                .returns(true, DnsException::permanent);
    }

    @Test
    void put_tooOften_saysWhenToComeBack() {
        api.fail(new FakeApi.Reply(429, "", Map.of("Retry-After", "17")));

        assertThat(failure(() -> records.put(FQDN, "x")))
                .hasMessageContaining("429")
                .returns(false, DnsException::permanent)
                .returns(Duration.ofSeconds(17), DnsException::retryAfter);
    }

    @Test
    void put_providerIsBroken_isWorthAnotherTry() {
        for (int status : List.of(500, 503)) {
            api.fail(FakeApi.Reply.of(status, "<html>down</html>"));

            assertThat(failure(() -> records.put(FQDN, "x")))
                    .hasMessageContaining(Integer.toString(status))
                    .returns(false, DnsException::permanent);
        }
    }

    @Test
    void put_answerThatCantBeRead_isWorthAnotherTry() {
        api.fail(FakeApi.Reply.of(200, "{<"));

        // Whoever says yes to a zone with a status alone is asked for its records next.
        assertThat(failure(() -> records.put(FQDN, "x")))
                .hasMessageContaining("nothing that can be read")
                .returns(false, DnsException::permanent);
    }

    @Test
    void put_providerIsAway_isWorthAnotherTry() {
        api.close();

        assertThat(failure(() -> records.put(FQDN, "x")))
                .hasMessageContaining("can't be reached")
                .returns(false, DnsException::permanent);
    }

    private static DnsException failure(ThrowingCallable call) {
        return catchThrowableOfType(DnsException.class, call);
    }
}
