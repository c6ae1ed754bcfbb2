package dev.berth.webapp.http;

/** Shows an error to a person. */
@FunctionalInterface
public interface ErrorPage {
    /** The page as HTML. */
    String render(Problem problem);
}
