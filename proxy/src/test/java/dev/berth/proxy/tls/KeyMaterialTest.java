package dev.berth.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.schemas.edge.Certificate;
import java.security.GeneralSecurityException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyMaterialTest {
    @ParameterizedTest
    @ValueSource(strings = {"secp256r1", "secp384r1", "RSA"})
    void of_certificateWithIntermediate_hasBothAndTheKey(String kind) throws Exception {
        KeyMaterial keys = KeyMaterial.of(TestCertificates.issued(kind, "a.test"));

        assertThat(keys.getCertificateChain(""))
                .extracting(c -> c.getSubjectX500Principal().getName())
                .containsExactly("CN=a.test", "CN=authority");
        assertThat(keys.getPrivateKey("").getAlgorithm())
                .isEqualTo(kind.equals("RSA") ? "RSA" : "EC");
    }

    @ParameterizedTest
    @ValueSource(strings = {"secp256r1", "secp384r1", "RSA"})
    void of_keyOfAnotherOfTheSameKind_isRefused(String kind) throws Exception {
        Certificate one = TestCertificates.issued(kind, "a.test");
        Certificate other = TestCertificates.issued(kind, "a.test");

        assertThatThrownBy(() -> KeyMaterial.of(mixed(one, other)))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessageContaining("key");
    }

    @Test
    void of_keyOfAnotherKind_isRefused() throws Exception {
        Certificate one = TestCertificates.issued("RSA", "a.test");
        Certificate other = TestCertificates.issued("secp256r1", "a.test");

        assertThatThrownBy(() -> KeyMaterial.of(mixed(one, other)))
                .isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() -> KeyMaterial.of(mixed(other, one)))
                .isInstanceOf(GeneralSecurityException.class);
    }

    @Test
    void of_curveOfAnother_isRefused() throws Exception {
        Certificate one = TestCertificates.issued("secp384r1", "a.test");
        Certificate other = TestCertificates.issued("secp256r1", "a.test");

        assertThatThrownBy(() -> KeyMaterial.of(mixed(one, other)))
                .isInstanceOf(GeneralSecurityException.class);
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

    private static Certificate mixed(Certificate one, Certificate other) {
        return new Certificate(one.names(), one.chain(), other.key());
    }
}
