package dev.berth.reconciler.certificate.dns;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests to AWS (Signature Version 4) by their host, time and body. Paths and queries must
 * be percent-encoded already. Pure.
 *
 * @param keyId of the access key
 * @param region such as {@code us-east-1}
 * @param service such as {@code route53}
 */
record AwsSignature(String keyId, String region, String service) {
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final String END = "aws4_request";
    private static final String SIGNED = "host;x-amz-date";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    /** The header fields that a request must have, beside those of every request. */
    Map<String, String> fields(String secret, String method, URI uri, String body, Instant now) {
        String time = TIME.format(now);
        String day = time.substring(0, 8);
        String scope = String.join("/", day, region, service, END);
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String request =
                String.join(
                        "\n",
                        method,
                        path,
                        query(uri),
                        "host:" + uri.getAuthority(),
                        "x-amz-date:" + time,
                        "",
                        SIGNED,
                        sha256(body));
        String toSign = String.join("\n", ALGORITHM, time, scope, sha256(request));
        byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
        for (String part : new String[] {day, region, service, END}) {
            key = hmac(key, part);
        }
        return Map.of(
                "X-Amz-Date",
                time,
                "Authorization",
                "%s Credential=%s/%s, SignedHeaders=%s, Signature=%s"
                        .formatted(
                                ALGORITHM,
                                keyId,
                                scope,
                                SIGNED,
                                HexFormat.of().formatHex(hmac(key, toSign))));
    }

    private static String query(URI uri) {
        String raw = uri.getRawQuery();
        return raw == null
                ? ""
                : Arrays.stream(raw.split("&", -1))
                        .map(pair -> pair.contains("=") ? pair : pair + "=")
                        .sorted()
                        .collect(Collectors.joining("&"));
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }
}
