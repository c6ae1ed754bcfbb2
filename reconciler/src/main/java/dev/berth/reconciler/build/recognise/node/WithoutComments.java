package dev.berth.reconciler.build.recognise.node;

/**
 * Settings that are programs, without what is commented out. Good enough to look for words in: it
 * knows strings, but no regular expressions. In one pass, whatever the text is.
 */
final class WithoutComments {
    private WithoutComments() {}

    static String of(String script) {
        StringBuilder out = new StringBuilder(script.length());
        char quote = 0;
        for (int i = 0; i < script.length(); i++) {
            char c = script.charAt(i);
            if (quote != 0) {
                boolean ends = c == quote || (c == '\n' && quote != '`');
                quote = ends ? 0 : quote;
                out.append(c);
            } else if (script.startsWith("//", i)) {
                int end = script.indexOf('\n', i);
                i = end < 0 ? script.length() : end - 1;
            } else if (script.startsWith("/*", i)) {
                int end = script.indexOf("*/", i + 2);
                i = end < 0 ? script.length() : end + 1;
            } else {
                quote = c == '"' || c == '\'' || c == '`' ? c : 0;
                out.append(c);
            }
        }
        return out.toString();
    }
}
