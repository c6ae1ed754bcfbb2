package dev.berth.webapp.page;

import dev.berth.webapp.http.Answers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The files that pages link to, read once. Their addresses carry a digest of their content, so they
 * can be kept for ever. Immutable.
 */
public final class Assets {
    private static final Map<String, String> TYPES =
            Map.of(
                    "berth.css", "text/css;charset=utf-8",
                    "berth.js", "text/javascript;charset=utf-8",
                    "favicon.svg", "image/svg+xml;charset=utf-8");

    private final Map<String, Asset> assets = new TreeMap<>();

    /** One file, all of them texts. */
    record Asset(String content, String type, String digest) {}

    public Assets() {
        TYPES.forEach((name, type) -> assets.put(name, load(name, type)));
    }

    /** The file of that name; {@code null} when there is none. */
    @Nullable Asset find(String name) {
        return assets.get(name);
    }

    /** Where a file is for ever. */
    String href(String name) {
        Asset asset = assets.get(name);
        if (asset == null) {
            throw new IllegalArgumentException("no such asset: " + name);
        }
        return "/assets/" + asset.digest() + "/" + name;
    }

    private static Asset load(String name, String type) {
        try (InputStream in =
                Assets.class.getResourceAsStream("/dev/berth/webapp/assets/" + name)) {
            if (in == null) {
                throw new IllegalStateException("not on the class path: " + name);
            }
            byte[] content = in.readAllBytes();
            return new Asset(
                    new String(content, StandardCharsets.UTF_8), type, Answers.digest(content));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
