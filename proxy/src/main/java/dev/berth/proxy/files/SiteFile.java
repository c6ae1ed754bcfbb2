package dev.berth.proxy.files;

import java.nio.file.Path;
import java.time.Instant;

/**
 * A file of a site as it was when the site was indexed; published files never change.
 *
 * @param path absolute and without symbolic links
 * @param size bytes
 * @param etag strong, with its quotes
 * @param lastModified whole seconds
 * @param contentType with charset for text
 * @param cacheControl value of the field
 */
public record SiteFile(
        Path path,
        long size,
        String etag,
        Instant lastModified,
        String contentType,
        String cacheControl) {}
