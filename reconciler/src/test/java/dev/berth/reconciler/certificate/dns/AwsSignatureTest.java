package dev.berth.reconciler.certificate.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The vectors of AWS's own test suite for Signature Version 4. */
class AwsSignatureTest {
    @ParameterizedTest
    @CsvSource({
        "GET, /, 5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        "POST, /, 5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
        "GET, /?Param2=value2&Param1=value1, b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
    })
    void fields_vector_areAsAwsHasThem(String method, String target, String signature) {
        assertThat(
                        new AwsSignature("AKIDEXAMPLE", "us-east-1", "service")
                                .fields(
                                        "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                                        method,
                                        URI.create("https://example.amazonaws.com" + target),
                                        "",
                                        Instant.parse("2015-08-30T12:36:00Z")))
                .containsEntry("X-Amz-Date", "20150830T123600Z")
                .containsEntry(
                        "Authorization",
                        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature="
                                + signature);
    }
}
