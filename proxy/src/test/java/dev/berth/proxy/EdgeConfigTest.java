package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.proxy.listen.Transport;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EdgeConfigTest {
    @Test
    void fromEnvironment_homeOnly_hasTheDefaults() {
        EdgeConfig config = EdgeConfig.fromEnvironment(Map.of("BERTH_HOME", "/var/lib/berth"));

        assertThat(config.httpPort()).isEqualTo(8080);
        assertThat(config.httpsPort()).isEqualTo(8443);
        assertThat(config.http3()).isFalse();
        assertThat(config.adminPort()).isZero();
        assertThat(config.control()).hasToString("http://127.0.0.1:9080");
        assertThat(config.tokenFile()).isEqualTo(Path.of("/var/lib/berth/edge/token"));
        assertThat(config.directory()).isEqualTo(Path.of("/var/lib/berth/edge"));
    }

    @Test
    void fromEnvironment_badValue_namesTheVariable() {
        for (String name :
                new String[] {"BERTH_HTTP_PORT", "BERTH_HTTPS_PORT", "BERTH_EDGE_ADMIN_PORT"}) {
            for (String value : new String[] {"", "x", "-1", "65536"}) {
                assertThatThrownBy(
                                () ->
                                        EdgeConfig.fromEnvironment(
                                                Map.of("BERTH_HOME", "/b", name, value)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(name);
            }
        }
        assertThatThrownBy(
                        () ->
                                EdgeConfig.fromEnvironment(
                                        Map.of("BERTH_HOME", "/b", "BERTH_CONTROL_URL", "x y")))
                .hasMessageContaining("BERTH_CONTROL_URL");
        assertThatThrownBy(() -> EdgeConfig.fromEnvironment(Map.of()))
                .hasMessageContaining("BERTH_HOME");
    }

    @Test
    void fromEnvironment_io_isOneOfThree() {
        assertThat(EdgeConfig.fromEnvironment(Map.of("BERTH_HOME", "/b")).io())
                .isEqualTo(Transport.Wanted.Auto);
        assertThat(
                        EdgeConfig.fromEnvironment(
                                        Map.of("BERTH_HOME", "/b", "BERTH_EDGE_IO", "io_uring"))
                                .io())
                .isEqualTo(Transport.Wanted.IoUring);
        assertThatThrownBy(
                        () ->
                                EdgeConfig.fromEnvironment(
                                        Map.of("BERTH_HOME", "/b", "BERTH_EDGE_IO", "nio")))
                .hasMessage("BERTH_EDGE_IO is \"nio\": expected auto, epoll or io_uring");
    }

    @Test
    void fromEnvironment_http3_isOnOrOff() {
        assertThat(EdgeConfig.fromEnvironment(Map.of("BERTH_HOME", "/b", "BERTH_HTTP3", "on")))
                .extracting(EdgeConfig::http3)
                .isEqualTo(true);
        assertThatThrownBy(
                        () ->
                                EdgeConfig.fromEnvironment(
                                        Map.of("BERTH_HOME", "/b", "BERTH_HTTP3", "yes")))
                .hasMessage("BERTH_HTTP3 is \"yes\": expected on or off");
    }

    @Test
    void startFailure_port_saysWhatToDoInOneLine() {
        assertThat(StartFailure.port(80, "--http PORT", new BindException("in use")))
                .hasMessage(
                        "port 80 is already taken: stop what listens there, or choose another port"
                                + " with --http PORT");
        assertThat(
                        StartFailure.port(
                                80,
                                "--http PORT",
                                new IOException("x", new IOException("Permission denied"))))
                .hasMessage(
                        "port 80 cannot be listened on (Permission denied): choose another port"
                                + " with --http PORT");
    }
}
