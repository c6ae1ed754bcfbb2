package dev.berth.reconciler.notify;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OwnersReachTest {
    @TempDir Path home = Path.of("");

    private OwnersReach reach() {
        return new OwnersReach(home.resolve("alert-servers"));
    }

    /** As a name that stands for it. */
    private static InetSocketAddress named(String host, String address) throws IOException {
        return new InetSocketAddress(
                InetAddress.getByAddress(host, InetAddress.getByName(address).getAddress()), 25);
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.ofLiteral("::1"), port);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.8.9.10",
                "0.0.0.0",
                "0.1.2.3",
                "::1",
                "::",
                "::ffff:127.0.0.1",
                "64:ff9b::127.0.0.1",
                "64:ff9b::a9fe:a9fe",
                "::127.0.0.1",
                "169.254.169.254",
                "169.254.1.1",
                "fe80::1",
                "fd00:ec2::254",
                "100.100.100.200",
                "168.63.129.16",
                "192.0.0.192",
                "224.0.0.1",
                "ff02::1"
            })
    void check_thisMachineItsLinkOrMetadata_isRefusedWhateverItIsCalled(String address)
            throws Exception {
        InetSocketAddress to = named("mail.example.com", address);

        assertThatThrownBy(() -> reach().check(to))
                .isInstanceOf(OutOfReachException.class)
                .hasMessageContaining("host:port")
                .hasMessageNotContaining("mail.example.com");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"10.0.0.5", "192.168.1.20", "172.17.0.2", "198.51.100.7", "2001:db8::7"})
    void check_othersAlsoOfOwnNetworks_areReached(String address) throws Exception {
        InetSocketAddress to = named("mail.example.com", address);

        assertThatCode(() -> reach().check(to)).doesNotThrowAnyException();
    }

    @Test
    void check_asTheOwnerAllows_isForThatHostAndPortAlone() throws Exception {
        Files.writeString(home.resolve("alert-servers"), "Mail.internal:25 # ours\n[::1]:25\n");

        assertThatCode(() -> reach().check(named("mail.internal", "127.0.0.1")))
                .doesNotThrowAnyException();
        assertThatCode(() -> reach().check(loopback(25))).doesNotThrowAnyException();
        assertThatThrownBy(() -> reach().check(loopback(26)))
                .isInstanceOf(OutOfReachException.class);
        assertThatThrownBy(() -> reach().check(named("evil.example.com", "127.0.0.1")))
                .isInstanceOf(OutOfReachException.class);
    }

    @Test
    void check_nameThatStandsForNothing_isNotConnected() {
        assertThatThrownBy(
                        () -> reach().check(InetSocketAddress.createUnresolved("nobody.test", 25)))
                .isInstanceOf(UnknownHostException.class);
    }
}
