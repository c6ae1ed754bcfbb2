package dev.berth.reconciler.build.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerCodeTest {
    private static final Pattern BESIDE_PHP = Pattern.compile("(?i)" + ServerCode.BESIDE_PHP);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/config.php~",
                "/a/config.php.bak",
                "/config.php.old",
                "/config.php.orig",
                "/config.php.save",
                "/config.php.swp",
                "/config.PHP.swo",
                "/config.php.tmp",
                "/lib.inc",
                "/lib.inc.old",
                "/view.phtml",
                "/tool.phar",
                "/old.php5",
                "/send.cgi",
                "/page.jsp~"
            })
    void besidePhp_sourceOrCopyOfIt_isFoundAndNeverPublished(String path) {
        assertThat(BESIDE_PHP.matcher(path).find()).isTrue();
        assertThat(ServerCode.isNamed(path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/index.php", "/a/INDEX.PHP", "/logo.svg", "/app.js", "/php/a.css"})
    void besidePhp_whatIsServed_isNotFound(String path) {
        assertThat(BESIDE_PHP.matcher(path).find()).isFalse();
    }

    /** It stands in a line of the shell. */
    @ParameterizedTest
    @ValueSource(strings = {"\\", "'", " ", "{"})
    void besidePhp_signsOfAShell_areNotInIt(String sign) {
        assertThat(ServerCode.BESIDE_PHP).doesNotContain(sign);
    }
}
