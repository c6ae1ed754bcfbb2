package dev.berth.proxy.files;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files of a published directory by their path. A request is answered from this index and never
 * by joining its path to a directory, so there is nothing that dots, links or encodings could climb
 * out of. Immutable.
 */
public final class Site {
    private final Map<String, SiteFile> files;
    private final Set<String> directories;
    private final Map<String, SiteFile> earlier;

    /**
     * An index.
     *
     * @param files by path from the root, {@code /css/main.css}
     * @param directories by path, {@code /css}; the root is the empty string
     * @param earlier assets of earlier releases, by path
     */
    Site(Map<String, SiteFile> files, Set<String> directories, Map<String, SiteFile> earlier) {
        this.files = Map.copyOf(files);
        this.directories = Set.copyOf(directories);
        this.earlier = Map.copyOf(earlier);
    }

    /** What a path of the site leads to. */
    public sealed interface Found {
        /** Send this file. */
        record File(SiteFile file) implements Found {}

        /** A directory was named without its slash: send the client to the path with it. */
        record Directory() implements Found {}

        /**
         * Nothing has this path.
         *
         * @param page the site's own 404 page
         */
        record Missing(@Nullable SiteFile page) implements Found {}
    }

    /**
     * Looks a path up.
     *
     * @param path in the form of {@link dev.berth.proxy.routing.RoutingPath}, still with
     *     percent-encodings
     * @param spa whether a path without a file is the app's: it gets /index.html
     */
    public Found find(String path, boolean spa) {
        String decoded = decode(path);
        if (decoded != null) {
            SiteFile file = files.get(decoded.endsWith("/") ? decoded + "index.html" : decoded);
            if (file != null) {
                return new Found.File(file);
            }
            if (directories.contains(decoded) && files.containsKey(decoded + "/index.html")) {
                return new Found.Directory();
            }
            SiteFile asset = earlier.get(decoded);
            if (asset != null) {
                return new Found.File(asset);
            }
            SiteFile index = files.get("/index.html");
            if (spa && index != null && !namesAsset(decoded)) {
                return new Found.File(index);
            }
        }
        return new Found.Missing(files.get("/404.html"));
    }

    /** How many files it has. */
    public int size() {
        return files.size();
    }

    /**
     * A missing script answered with a page would fail in the browser in a way that nobody
     * understands, so the fallback is for what looks like a page.
     */
    private static boolean namesAsset(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        int dot = name.lastIndexOf('.');
        if (dot <= 0) {
            return false;
        }
        String type = MediaTypes.of(name);
        return !type.startsWith("text/html") && !type.equals("application/octet-stream");
    }

    private static @Nullable String decode(String path) {
        if (path.indexOf('%') < 0) {
            return path;
        }
        byte[] bytes = new byte[path.length()];
        int length = 0;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%') {
                int high = i + 2 < path.length() ? Character.digit(path.charAt(i + 1), 16) : -1;
                int low = i + 2 < path.length() ? Character.digit(path.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    return null;
                }
                bytes[length++] = (byte) (high * 16 + low);
                i += 2;
            } else {
                bytes[length++] = (byte) c;
            }
        }
        CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
        try {
            return utf8.decode(ByteBuffer.wrap(bytes, 0, length)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
