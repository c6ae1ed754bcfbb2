package dev.berth.schemas.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who may write the TXT records of some zones. Exactly one of the ways to do so is set. */
@ExactlyOne({"rfc2136", "cloudflare", "route53", "digitalocean", "hetzner", "webhook", "exec"})
public record DnsAccess(
        @Describe(
                        value = "Names that it counts for, with all below them. None = every name.",
                        examples = "[example.com]")
                @Matches(pattern = HostNames.PATTERN, says = HostNames.SAYS)
                List<String> zones,
        @Describe("Time in which a record must be seen at all servers of its zone.")
                @Default("2m")
                @Within(min = "1s", max = "1h")
                Duration propagation,
        @Describe("A server that takes dynamic updates (RFC 2136), such as BIND.")
                @Nullable Rfc2136 rfc2136,
        @Describe("Cloudflare.") @Nullable Token cloudflare,
        @Describe("Amazon Route 53.") @Nullable Route53 route53,
        @Describe("DigitalOcean.") @Nullable Token digitalocean,
        @Describe("Hetzner, by the API of its cloud.") @Nullable Token hetzner,
        @Describe("An HTTP endpoint of your own.") @Nullable Webhook webhook,
        @Describe("A program on the host.") @Nullable Exec exec) {
    public DnsAccess {
        zones = List.copyOf(zones);
    }

    /** Whether it counts for that host, which may start with {@code *.}. */
    public boolean covers(String host) {
        return zones.isEmpty()
                || zones.stream().anyMatch(z -> host.equals(z) || host.endsWith("." + z));
    }

    /**
     * A server of dynamic updates.
     *
     * @param key {@code null} = updates are not signed
     */
    public record Rfc2136(
            @Describe(
                            value = "Host and port; port 53 when not given.",
                            examples = "ns1.example.com:53")
                    @Matches(
                            pattern =
                                    "(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)(:[0-9]{1,5})?",
                            says = "a host such as ns1.example.com or 192.0.2.53:5353")
                    String server,
            @Describe("What updates are signed with (TSIG).") @Nullable Key key) {}

    /** A TSIG key (RFC 8945). */
    public record Key(
            @Describe(value = "Its name, as the server knows it.", examples = "berth")
                    @Matches(
                            pattern = "[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252})",
                            says = "a name of letters, digits, '.', '_' and '-'")
                    String name,
            @Describe("What the signature is made with.") @Default("hmac-sha256")
                    Algorithm algorithm,
            @Describe("The key, in base64.") EnvValue.FromSecret secret) {}

    /** What a TSIG signature is made with. */
    public enum Algorithm {
        @Describe("HMAC with SHA-256")
        HMAC_SHA256,
        @Describe("HMAC with SHA-384")
        HMAC_SHA384,
        @Describe("HMAC with SHA-512")
        HMAC_SHA512
    }

    /** An account with an API token. */
    public record Token(
            @Describe("A token of its API that may read zones and write records.")
                    EnvValue.FromSecret token) {}

    /** An account at AWS. */
    public record Route53(
            @Describe(value = "Its access key ID.", examples = "AKIAIOSFODNN7EXAMPLE")
                    @Matches(
                            pattern = "[A-Za-z0-9]{16,128}",
                            says = "an access key ID of letters and digits")
                    String accessKeyId,
            @Describe("Its secret access key.") EnvValue.FromSecret secretAccessKey) {}

    /**
     * An endpoint that takes a POST with JSON at {@code /present} and {@code /cleanup}.
     *
     * @param user {@code null} = no login; {@code password} is {@code null} with it
     */
    public record Webhook(
            @Describe(
                            value =
                                    "Gets a POST with {fqdn, value} at <url>/present and <url>/cleanup; any 2xx answer says that it is done.",
                            examples = "https://dns.example.com/acme")
                    @Matches(
                            pattern = "https?://[^\\s/?#@]+(/[^\\s?#]*)?",
                            says = "a URL such as https://dns.example.com/acme, without login",
                            mayHoldLogin = true)
                    String url,
            @Describe("Login, if it wants one (Basic).")
                    @Needs("password")
                    @Matches(
                            pattern = "[^\\s:]{1,256}",
                            says = "a login name without spaces and colons")
                    @Nullable String user,
            @Describe("Its password.") @Needs("user") EnvValue.@Nullable FromSecret password) {}

    /** A program, run as {@code <program> present|cleanup <fqdn> <value>}. */
    public record Exec(
            @Describe(
                            value =
                                    "Name of an executable file in keys/dns of Berth's home, which only who owns the host can put there.",
                            examples = "nsupdate.sh")
                    @Matches(
                            pattern = "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}",
                            says = "a file name of letters, digits, '.', '_' and '-'")
                    String program) {}
}
