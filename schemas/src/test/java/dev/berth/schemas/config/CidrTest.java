package dev.berth.schemas.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CidrTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "10.1.2.3, 10.1.2.3, true",
        "10.1.2.3, 10.1.2.4, false",
        "192.168.4.0/22, 192.168.7.255, true",
        "192.168.4.0/22, 192.168.8.0, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, 2001:db8::1, false",
        "fd00::/8, fd12:3456::1, true",
        "fd00::/8, fe80::1, false",
        "2001:db8::1, 2001:db8:0:0:0:0:0:1, true",
        "2001:db8:0:0:0:0:0:1/127, 2001:db8::, true",
        "::/0, ::1, true"
    })
    void contains_address(String network, String address, boolean expected)
            throws UnknownHostException {
        assertThat(Cidr.parse(network).contains(InetAddress.getByName(address).getAddress()))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.0/8, true", "192.168.0.0/16, false"})
    void contains_ipv4InsideIpv6_countsAsIpv4(String network, boolean expected) {
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 1, 2, 3};

        assertThat(Cidr.parse(network).contains(mapped)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10.0.0",
                "10.0.0.0.0",
                "256.0.0.1",
                "10.0.0.0/33",
                "10.0.0.0/",
                "10.0.0.0/-1",
                "::1::",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "g::",
                "fd00::/129",
                "12345::",
                "localhost"
            })
    void parse_notANetwork_isRefused(String text) {
        assertThatThrownBy(() -> Cidr.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
