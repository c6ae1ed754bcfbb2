package dev.berth.liberty;

import dev.berth.reconciler.status.SamplePasses;
import dev.berth.reconciler.status.StatusOf;
import java.io.File;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** The WAR of the build, with what a test needs to run inside it. */
final class ControlArchive {
    /** Where Berth is shipped to be. */
    private static final String AT_ROOT =
            """
            <web-ext xmlns="http://websphere.ibm.com/xml/ns/javaee" version="1.1">
              <context-root uri="/"/>
            </web-ext>
            """;

    /** The shipped descriptor hides Arquillian's fragment, so its servlet is declared here. */
    private static final String WITH_TEST_RUNNER =
            """
            <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.1">
              <absolute-ordering/>
              <servlet>
                <servlet-name>ArquillianServletRunnerEE9</servlet-name>
                <servlet-class>org.jboss.arquillian.protocol.servlet5.runner.ServletTestRunner</servlet-class>
              </servlet>
              <servlet-mapping>
                <servlet-name>ArquillianServletRunnerEE9</servlet-name>
                <url-pattern>/ArquillianServletRunnerEE9</url-pattern>
              </servlet-mapping>
            </web-app>
            """;

    private ControlArchive() {}

    static WebArchive shipped(Class<?> test) {
        WebArchive war =
                ShrinkWrap.create(ZipImporter.class, "berth.war")
                        .importFrom(new File(System.getProperty("berth.war")))
                        .as(WebArchive.class);
        war.addClasses(
                test, ControlClient.class, SamplePasses.class, StatusOf.class, TestServer.class);
        war.addAsLibraries(jarOf(org.assertj.core.api.Assertions.class));
        war.addAsLibraries(jarOf(org.awaitility.Awaitility.class));
        war.addAsLibraries(jarOf(org.hamcrest.Matcher.class));
        war.addAsWebInfResource(new StringAsset(AT_ROOT), "ibm-web-ext.xml");
        war.setWebXML(new StringAsset(WITH_TEST_RUNNER));
        return war;
    }

    private static File jarOf(Class<?> type) {
        return new File(type.getProtectionDomain().getCodeSource().getLocation().getPath());
    }
}
