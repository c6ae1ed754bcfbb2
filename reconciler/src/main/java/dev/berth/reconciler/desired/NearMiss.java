package dev.berth.reconciler.desired;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Guesses which known word a misspelt one was meant to be. */
final class NearMiss {
    private static final int LONGEST = 40;

    private NearMiss() {}

    /**
     * {@code ", did you mean replicas?"}, or nothing when no word is near: one edit for up to 4
     * letters, two for up to 8, else three. A doubled, missing, wrong or swapped letter is one
     * edit; case is none.
     */
    static String hint(String word, Collection<String> known) {
        String nearest = nearest(word, known);
        return nearest == null ? "" : ", did you mean " + nearest + "?";
    }

    static @Nullable String nearest(String word, Collection<String> known) {
        if (word.isEmpty() || word.length() > LONGEST) {
            return null;
        }
        String lower = word.toLowerCase(Locale.ROOT);
        int most = word.length() <= 4 ? 1 : word.length() <= 8 ? 2 : 3;
        return known.stream()
                .filter(k -> distance(lower, k.toLowerCase(Locale.ROOT)) <= most)
                .min(
                        Comparator.<String>comparingInt(
                                        k -> distance(lower, k.toLowerCase(Locale.ROOT)))
                                .thenComparing(Comparator.naturalOrder()))
                .orElse(null);
    }

    /** Optimal string alignment distance. */
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                d[i][j] = i == 0 || j == 0 ? i + j : step(d, a, b, i, j);
            }
        }
        return d[a.length()][b.length()];
    }

    private static int step(int[][] d, String a, String b, int i, int j) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int best = Math.min(d[i - 1][j - 1] + change, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        boolean swapped =
                i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, d[i - 2][j - 2] + 1) : best;
    }
}
