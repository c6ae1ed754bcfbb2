package dev.berth.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.schemas.edge.Certificate;
import io.netty.handler.ssl.SslProvider;
import java.security.GeneralSecurityException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyMaterialTest {
    @ParameterizedTest
    @ValueSource(strings = {"secp256r1", "secp384r1", "RSA"})
    void of_certificateWithIntermediate_hasBothAndTheirKey(String kind) throws Exception {
        KeyMaterial keys = KeyMaterial.of(TestCertificates.issued(kind, "a.test"));
        keys.check();

        assertThat(keys.getCertificateChain(""))
                .extracting(c -> c.getSubjectX500Principal().getName())
                .containsExactly("CN=a.test", "CN=authority");
        assertThat(keys.getPrivateKey("").getAlgorithm())
                .isEqualTo(kind.equals("RSA") ? "RSA" : "EC");
    }

    @ParameterizedTest
    @CsvSource({
        "RSA, RSA",
        "secp256r1, secp256r1",
        "secp384r1, secp384r1",
        "secp384r1, secp256r1",
        "RSA, secp256r1",
        "secp256r1, RSA"
    })
    void check_keyOfAnother_isRefusedByEitherProvider(String kind, String otherKind)
            throws Exception {
        Certificate one = TestCertificates.issued(kind, "a.test");
        Certificate other = TestCertificates.issued(otherKind, "a.test");
        Certificate mixed = new Certificate(one.names(), one.chain(), other.key());

        for (SslProvider by : List.of(SslProvider.JDK, SslProvider.OPENSSL)) {
            TlsProvider provider = new TlsProvider("x", by);
            assertThatCode(() -> use(provider, one)).doesNotThrowAnyException();
            assertThatThrownBy(() -> use(provider, mixed))
                    .as(by.name())
                    .isInstanceOf(GeneralSecurityException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(Around.class)
    void of_keyWithOtherTextAround_isTakenByEitherProvider(Around around) throws Exception {
        Certificate plain = TestCertificates.issued("secp256r1", "a.test");
        String key = around.of(plain);
        Certificate given = new Certificate(plain.names(), plain.chain(), key);

        assertThat(KeyMaterial.of(given).getPrivateKey("").getEncoded())
                .isEqualTo(KeyMaterial.of(plain).getPrivateKey("").getEncoded());
        for (SslProvider by : List.of(SslProvider.JDK, SslProvider.OPENSSL)) {
            assertThatCode(() -> use(new TlsProvider("x", by), given))
                    .as(by.name())
                    .doesNotThrowAnyException();
        }
    }

    /** How tools write a key. */
    enum Around {
        BAG_ATTRIBUTES {
            @Override
            String of(Certificate plain) {
                return """
                        Bag Attributes
                            friendlyName: a.test
                            localKeyID: 8C 1F 0A 52
                        Key Attributes: <No Attributes>
                        """
                        + plain.key();
            }
        },
        CERTIFICATES_AFTER {
            @Override
            String of(Certificate plain) {
                return plain.key() + plain.chain();
            }
        },
        CERTIFICATES_BEFORE {
            @Override
            String of(Certificate plain) {
                return plain.chain() + plain.key() + "the end\n";
            }
        },
        CRLF {
            @Override
            String of(Certificate plain) {
                return "Bag Attributes\r\n" + plain.key().replaceAll("\\R", "\r\n");
            }
        },
        ONE_LINE {
            @Override
            String of(Certificate plain) {
                return plain.key()
                        .replaceAll("\\R", "")
                        .replace("KEY-----", "KEY-----\n")
                        .replace("-----END", "\n-----END");
            }
        };

        abstract String of(Certificate plain);
    }

    @Test
    void of_textThatIsNone_isRefused() {
        Certificate whole = TestCertificates.of("a.test");

        for (Certificate broken :
                List.of(
                        new Certificate(List.of("a.test"), "", whole.key()),
                        new Certificate(List.of("a.test"), whole.chain(), ""),
                        new Certificate(List.of("a.test"), whole.chain(), "-----"),
                        new Certificate(List.of("a.test"), whole.key(), whole.chain()))) {
            assertThatThrownBy(() -> KeyMaterial.of(broken))
                    .isInstanceOf(GeneralSecurityException.class);
        }
    }

    private static void use(TlsProvider provider, Certificate certificate) throws Exception {
        KeyMaterial keys = KeyMaterial.of(certificate);
        provider.check(provider.context(keys, List.of()), certificate, keys);
    }
}
