package dev.berth.proxy.guard;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.RequestHead;
import dev.berth.schemas.edge.Policy;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PasswordGuardTest {
    private static final String HASH = BCrypt.withDefaults().hashToString(4, "right".toCharArray());

    private final PasswordHashes hashes = new PasswordHashes(() -> 0);
    private final PasswordGuard guard =
            new PasswordGuard(new Policy.Password("", Map.of("ada", HASH)), hashes);

    @Test
    void check_nameThatNobodyHas_isComparedAllTheSameAndRefused() throws Exception {
        assertThat(decided(check("192.0.2.1", "bob:right")).failure())
                .isEqualTo(Failure.PasswordNeeded);
        // Remembered by now as what fits that hash, and still refused.
        assertThat(check("192.0.2.1", "bob:right")).isInstanceOf(Verdict.Refused.class);
        assertThat(check("192.0.2.1", "ada:right")).isInstanceOf(Verdict.Pass.class);
    }

    @Test
    void check_wrongAgainAndAgain_isLimitedForThatClientAlone() throws Exception {
        for (int i = 0; i < 10; i++) {
            assertThat(decided(check("192.0.2.1", "ada:wrong" + i)).failure())
                    .isEqualTo(Failure.PasswordNeeded);
        }

        assertThat(check("192.0.2.1", "ada:wrong"))
                .isInstanceOfSatisfying(
                        Verdict.Refused.class,
                        refused ->
                                assertThat(refused.failure()).isEqualTo(Failure.TooManyRequests));
        assertThat(check("192.0.2.2", "ada:right")).isInstanceOf(Verdict.Later.class);
    }

    private Verdict check(String client, String credentials) {
        RequestHead head =
                new RequestHead(
                        HttpVersion.HTTP_1_1,
                        HttpMethod.GET,
                        "/",
                        DefaultHttpHeadersFactory.headersFactory());
        head.from(client);
        String encoded =
                Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
        head.headers().set(HttpHeaderNames.AUTHORIZATION, "Basic " + encoded);
        return guard.check(head);
    }

    private static Verdict.Refused decided(Verdict verdict) throws Exception {
        Verdict.Later later = (Verdict.Later) verdict;
        return (Verdict.Refused) later.verdict().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
