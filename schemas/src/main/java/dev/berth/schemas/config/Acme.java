package dev.berth.schemas.config;

import java.net.URI;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A certificate authority that speaks ACME (RFC 8555), and who Berth is to it. Equal ones are one
 * account.
 *
 * @param email {@code null} = the authority knows no address
 * @param trust {@code null} = the authority's own server is trusted as any other on the web
 * @param profile {@code null} = the authority's usual one
 * @param externalAccount {@code null} = it needs none
 */
public record Acme(
        @Describe(
                        value =
                                "Where its directory is: letsencrypt, letsencrypt-staging, or a URL such as https://ca.example.com/acme/directory.",
                        examples = "letsencrypt-staging")
                @Default("letsencrypt")
                @Matches(
                        pattern = "letsencrypt(-staging)?|https://[^\\s/?#@]+(/[^\\s#]*)?",
                        says = "letsencrypt, letsencrypt-staging or an https URL without login",
                        mayHoldLogin = true)
                String directory,
        @Describe(value = "Address that the authority may write to.", examples = "ops@example.com")
                @Matches(
                        pattern = Alert.Email.ADDRESS,
                        says = "a mail address such as ops@example.com")
                @Nullable String email,
        @Describe(
                        value =
                                "File in this repo with certificates in PEM, by which an authority of your own is trusted.",
                        examples = "keys/ca.pem")
                @Matches(pattern = RepoPaths.PATTERN, says = RepoPaths.SAYS)
                @Nullable String trust,
        @Describe(
                        value = "The authority's name for a kind of certificate.",
                        examples = "shortlived")
                @Matches(pattern = PROFILE, says = PROFILE_SAYS)
                @Nullable String profile,
        @Describe("An account that is known to the authority already, if it asks for one.")
                @Nullable ExternalAccount externalAccount) {
    static final String PROFILE = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";
    static final String PROFILE_SAYS = "a name of letters, digits, '.', '_' and '-'";

    /** RFC 6761, RFC 8375, RFC 7686. */
    private static final Pattern INTERNAL =
            Pattern.compile(
                    "([^.]+|[0-9.]+|(.+\\.)?(localhost|test|local|internal|invalid|example|onion|home\\.arpa))");

    private static final String LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory";
    private static final String STAGING = "https://acme-staging-v02.api.letsencrypt.org/directory";

    /** The URL of the directory. */
    public URI url() {
        return URI.create(
                switch (directory) {
                    case "letsencrypt" -> LETS_ENCRYPT;
                    case "letsencrypt-staging" -> STAGING;
                    default -> directory;
                });
    }

    /** Whether it may know names that the internet does not. */
    public boolean ofYourOwn() {
        return !directory.startsWith("letsencrypt");
    }

    /** Whether it can sign a host, or every name below one. */
    public boolean signs(String host) {
        return ofYourOwn() || isKnownToAll(host);
    }

    /** Whether the internet can know a host, or those below one: no other is signed on the web. */
    public static boolean isKnownToAll(String host) {
        return !INTERNAL.matcher(host.startsWith("*.") ? host.substring(2) : host).matches();
    }

    /** How an account elsewhere is named (external account binding, RFC 8555 section 7.3.4). */
    public record ExternalAccount(
            @Describe(value = "Its key identifier.", examples = "kid-1")
                    @Matches(
                            pattern = "[\\x21-\\x7e]{1,256}",
                            says = "at most 256 printable ASCII characters without spaces")
                    String keyId,
            @Describe("Its HMAC key, in base64url as the authority gives it.")
                    EnvValue.FromSecret hmacKey) {}
}
