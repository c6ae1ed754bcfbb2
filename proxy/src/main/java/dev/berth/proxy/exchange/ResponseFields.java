package dev.berth.proxy.exchange;

import dev.berth.schemas.edge.Policy;
import io.netty.handler.codec.http.HttpHeaders;

/** The header fields that a policy wants on every answer. */
final class ResponseFields {
    private static final String HSTS = "Strict-Transport-Security";

    private ResponseFields() {}

    /**
     * Sets them.
     *
     * @param secure whether the request came over https; HSTS over http means nothing (RFC 6797
     *     section 7.2)
     */
    static void apply(Policy policy, boolean secure, HttpHeaders answer) {
        for (Policy.ResponseHeader field : policy.responseHeaders()) {
            if (field.value().isEmpty()) {
                answer.remove(field.name());
            } else if ((secure || !field.name().equalsIgnoreCase(HSTS))
                    && (field.overrides() || !answer.contains(field.name()))) {
                answer.set(field.name(), field.value());
            }
        }
    }
}
