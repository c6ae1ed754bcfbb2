package dev.berth.schemas.config;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which certificate hosts have.
 *
 * @param profile {@code null} = that of who it is ordered from
 * @param acme {@code null} = who the Instance names
 * @param reissuedAt {@code null} = never
 * @param certificate {@code null} = one is ordered; {@code key} is {@code null} with it
 */
public record Tls(
        @Describe("How it is proven that the host is yours.") @Default("auto") Challenge challenge,
        @Describe(
                        value = "The authority's name for a kind of certificate.",
                        examples = "shortlived")
                @Matches(pattern = Acme.PROFILE, says = Acme.PROFILE_SAYS)
                @Nullable String profile,
        @Describe("Who it is ordered from, in place of spec.acme of the Instance.")
                @Nullable Acme acme,
        @Describe(
                        value =
                                "Change it to have a new key and certificate, and the one before revoked.",
                        examples = "2026-11-21T09:00:00Z")
                @Nullable Instant reissuedAt,
        @Describe(
                        "A certificate of your own in place of an ordered one: PEM, the host's own first, then those of the authorities between.")
                @Needs("key")
                EnvValue.@Nullable FromSecret certificate,
        @Describe("Its private key: PEM, not encrypted.") @Needs("certificate")
                EnvValue.@Nullable FromSecret key,
        @Describe("true orders no certificate.") @Default("false") boolean off) {
    /** What counts when nothing is said. */
    public static final Tls USUAL = new Tls(Challenge.AUTO, null, null, null, null, null, false);

    /** How an authority is shown that a host is ours (RFC 8555 section 8). */
    public enum Challenge {
        @Describe("by DNS for a wildcard, by HTTP for all others")
        AUTO,
        @Describe("an answer of the edge, at port 80 of the host")
        HTTP_01,
        @Describe("a record in DNS; needs spec.dns of the Instance")
        DNS_01
    }
}
