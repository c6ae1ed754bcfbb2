package dev.berth.reconciler.webhook.kept;

/**
 * Something that Berth can't do at a forge now.
 *
 * @param repo the host and what is there: {@code github.com/acme/shop}
 * @param why what was asked, what came, and what to do; the newest of its kind, of one repo
 */
public record ForgeFault(String repo, Matter matter, String why) {
    /** What it keeps from being done. */
    public enum Matter {
        /** Nobody tells which pull requests and branches are open: they stay as they were seen. */
        PullRequests,
        /** Comments and statuses are not taken: they wait. */
        Posts
    }
}
