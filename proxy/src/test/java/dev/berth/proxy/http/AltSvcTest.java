package dev.berth.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AltSvcTest {
    private AltSvc altSvc;

    @BeforeEach
    void begin(@TempDir Path directory) {
        altSvc = new AltSvc(directory.resolve("offered"), InstantSource.system());
    }

    @Test
    void offer_firstOnly_isMade() {
        assertThat(said()).isNull();
        assertThat(altSvc.offer()).isTrue();
        assertThat(altSvc.offer()).isFalse();
        assertThat(said()).isEqualTo("h3=\":443\"; ma=86400");
    }

    @Test
    void offer_afterTheEnd_isNotMade() {
        altSvc.withdraw();

        assertThat(altSvc.offer()).isFalse();
        assertThat(altSvc.offered()).isFalse();
        assertThat(said()).isEqualTo("clear");
    }

    private @Nullable String said() {
        HttpHeaders answer = new DefaultHttpHeaders();
        altSvc.apply("", answer);
        return answer.get("Alt-Svc");
    }
}
