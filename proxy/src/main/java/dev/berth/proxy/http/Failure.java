package dev.berth.proxy.http;

/**
 * Every way in which the edge itself answers instead of an app, with the status that people get and
 * the {@code error} token of RFC 9209 that machines get. The closed list is also what the access
 * log says under {@code ended}.
 */
public enum Failure {
    BadRequest(400, "http_request_error", "The request is not valid HTTP"),
    PasswordNeeded(401, "http_request_denied", "A name and a password are needed"),
    AddressRefused(403, "http_request_denied", "Your address may not ask here"),
    TooManyRequests(429, "http_request_denied", "Too many requests"),
    BodyTooLarge(413, "http_request_denied", "The request is too large"),
    MethodRefused(405, "http_request_denied", "This method is not answered here"),
    RequestTimeout(408, "http_request_error", "The request took too long to arrive"),
    Misdirected(421, "http_request_denied", "This connection is for another host"),
    UriTooLong(414, "http_request_error", "The address in the request is too long"),
    HeadTooLarge(431, "http_request_error", "The header fields of the request are too large"),
    VersionRefused(505, "http_request_error", "Only HTTP/1.0 and HTTP/1.1 are spoken here"),
    UnknownHost(404, "destination_not_found", "Nothing is served at this address"),
    PathUnfit(404, "destination_not_found", "Nothing is served at this address"),
    FileNotFound(404, "destination_not_found", "There is no such page"),
    TooManyHeld(503, "destination_unavailable", "Too many requests wait for the app"),
    NoTarget(503, "destination_unavailable", "The app is not ready yet"),
    Unavailable(503, "destination_unavailable", "The app is not available"),
    ConnectFailed(502, "connection_refused", "The app cannot be reached"),
    ConnectTimeout(504, "connection_timeout", "The app cannot be reached"),
    UpstreamClosed(502, "connection_terminated", "The app broke off without an answer"),
    UpstreamProtocol(502, "http_protocol_error", "The app's answer is not valid HTTP"),
    UpstreamTimeout(504, "http_response_timeout", "The app took too long to answer"),
    Internal(500, "proxy_internal_error", "The edge failed; its log says why");

    private final int status;
    private final String token;
    private final String headline;

    Failure(int status, String token, String headline) {
        this.status = status;
        this.token = token;
        this.headline = headline;
    }

    /** The status code of the answer. */
    public int status() {
        return status;
    }

    /** The error type of RFC 9209 section 2.3. */
    public String token() {
        return token;
    }

    /** One sentence for people, without a full stop. */
    public String headline() {
        return headline;
    }
}
