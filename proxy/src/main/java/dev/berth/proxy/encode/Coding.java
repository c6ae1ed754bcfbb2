package dev.berth.proxy.encode;

/** A content coding (RFC 9110 section 8.4.1), the cheapest to make for what it saves first. */
public enum Coding {
    /** RFC 8878. */
    ZSTD("zstd", ".zst"),
    /** RFC 7932. */
    BROTLI("br", ".br"),
    /** RFC 1952. */
    GZIP("gzip", ".gz");

    private final String token;
    private final String suffix;

    Coding(String token, String suffix) {
        this.token = token;
        this.suffix = suffix;
    }

    /** The value of Content-Encoding. */
    public String token() {
        return token;
    }

    /** What the names of files end with that were encoded beforehand. */
    public String suffix() {
        return suffix;
    }
}
