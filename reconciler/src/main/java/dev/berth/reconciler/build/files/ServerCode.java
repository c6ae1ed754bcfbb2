package dev.berth.reconciler.build.files;

import java.util.regex.Pattern;

/** Files that are programs of a server by their name, and what editors leave of such. */
public final class ServerCode {
    private static final Pattern NAME =
            Pattern.compile(
                    ".*[.](?:php\\w*|phtml|phar|inc|pl|cgi|aspx?|ashx|asmx|jspx?)"
                            + "(?:~|[.](?:bak|old|orig|save|sw[a-z]|tmp))?",
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
