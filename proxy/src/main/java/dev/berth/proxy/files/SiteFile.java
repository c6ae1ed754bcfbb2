package dev.berth.proxy.files;

import dev.berth.proxy.encode.Coding;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A file of a site as it was when the site was indexed; published files never change.
 *
 * @param path absolute and without symbolic links
 * @param size bytes
 * @param etag strong, with its quotes
 * @param lastModified whole seconds
 * @param contentType with charset for text
 * @param cacheControl value of the field
 * @param encoded the same content encoded beforehand, files beside it: {@code app.js.br}
 */
public record SiteFile(
        Path path,
        long size,
        String etag,
        Instant lastModified,
        String contentType,
        String cacheControl,
        Map<Coding, SiteFile> encoded) {
    public SiteFile {
        encoded = Collections.unmodifiableMap(new TreeMap<>(encoded));
    }

    /** A file with no encoded form. */
    public SiteFile(
            Path path,
            long size,
            String etag,
            Instant lastModified,
            String contentType,
            String cacheControl) {
        this(path, size, etag, lastModified, contentType, cacheControl, Map.of());
    }

    /** This content, encoded as in another file. */
    SiteFile encodedIn(SiteFile other) {
        return new SiteFile(
                other.path, other.size, other.etag, lastModified, contentType, cacheControl);
    }

    SiteFile withEncoded(Map<Coding, SiteFile> others) {
        return new SiteFile(path, size, etag, lastModified, contentType, cacheControl, others);
    }
}
