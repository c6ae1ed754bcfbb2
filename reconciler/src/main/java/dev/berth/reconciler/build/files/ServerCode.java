package dev.berth.reconciler.build.files;

import java.util.regex.Pattern;

/** Files that are programs of a server by their name, and what editors leave of such. */
public final class ServerCode {
    private static final String OTHERS = "phtml|phar|inc|pl|cgi|aspx?|ashx|asmx|jspx?";

    /** What editors and people put behind the name of a file that they keep a copy of. */
    public static final String COPY = "(?:~|[.](?:bak|old|orig|save|sw[a-z]|tmp))";

    /**
     * The end of a path that a server of PHP must not answer as a file: what else a server runs,
     * and copies of PHP's own. A pattern of Java and of Go alike, without a backslash, to be
     * matched in any case of letters.
     */
    public static final String BESIDE_PHP =
            "[.](?:(?:php[0-9a-z_]+|%s)%s?|php%s)$".formatted(OTHERS, COPY, COPY);

    private static final Pattern NAME =
            Pattern.compile(
                    ".*[.](?:php\\w*|%s)%s?".formatted(OTHERS, COPY),
                    Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private ServerCode() {}

    /**
     * Whether a file of that name must not be published: who asks for it would get its source.
     *
     * @param name without its directory, or with it
     */
    public static boolean isNamed(String name) {
        return NAME.matcher(name).matches();
    }
}
